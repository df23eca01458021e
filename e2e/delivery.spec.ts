// Service of papers: the office says where a party can be reached and sends the notice; the party opens the link of the
// text message on a phone, with and without a script, reads it and confirms; the office sees it, and the proof has the times.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { barriers, expect, expectNoSideways, expectOpenToAll, Person, test } from "./court";
import { prepare } from "./office";
import { CHEN } from "./script";
import { looks, opens, signIn } from "./staff";
import type { Server } from "./server";

const MOBILE = "13812342001";
const TAIL = "2001";
const PHONE = { width: 360, height: 780 };

interface Face {
  id: string;
  number: string;
  notified: boolean;
}

interface Sms {
  id: string;
  to: string;
  text: string;
}

/** The text messages that lie in the outbox. */
function outbox(server: Server): Sms[] {
  const folder = join(server.folder, "outbox");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

/** The link in a text message, as a path of this server. */
function link({ text }: Sms): string {
  const found = /\/d\/[\w-]+/u.exec(text);
  if (found === null) throw new Error(`no link: ${text}`);
  return found[0];
}

test("a notice is sent, read on a phone, confirmed, and proved", async ({ browser, server }, testInfo) => {
  test.setTimeout(180_000);
  await prepare(server, CHEN);
  const handler = await Person.comes(browser, "handler", server.origin);
  const { name: account, password } = server.demo.accounts.find(({ name }) => name === "handler")!;
  await signIn(handler, account, password);
  const faces: Face[] = await (await handler.page.request.get("/api/hearings")).json();
  const hearing = faces.find(({ number, notified }) => notified && number === CHEN.case.number)!.id;

  await test.step("the office enters where the applicant can be reached, and sees it masked from then on", async () => {
    await opens(handler.page, `/office/hearings/${hearing}`);
    await handler.part("deliveries-link").click();
    await expect(handler.part("deliveries")).toBeVisible();
    await expect(handler.part("without-address")).toBeVisible();
    await expect(handler.part("send-to-all"), "nobody can be reached yet").toHaveAttribute("aria-disabled", "true");
    await handler.part("contact-a1").click();
    await handler.part("contact-a1-mobile").fill(MOBILE);
    await handler.part("contact-a1-mail").fill("chen@example.com");
    await handler.page.getByTestId("contact-a1-consent").check();
    expect(await barriers(handler.page)).toEqual([]);
    await handler.part("contact-a1-keep").click();
    const row = handler.part("deliveries-a1");
    await expect(row).toContainText("138****2001");
    await expect(row).toContainText("c***@example.com");
    await expect(row).not.toContainText(MOBILE);
  });
  await test.step("it looks at the message and sends it to all who can be reached", async () => {
    await handler.part("preview-letter").click();
    await expect(handler.part("letter-preview")).toContainText("听证通知书");
    await expect(handler.part("letter-preview")).toContainText("Notice of hearing");
    await handler.page.keyboard.press("Escape");
    await handler.part("send-to-all").click();
    const row = handler.part("deliveries-a1");
    await expect(row.locator("li")).toHaveCount(2, { timeout: 30_000 });
    await expect(row.getByText("已放入发件箱")).toHaveCount(2, { timeout: 30_000 });
    await looks(handler);
  });

  const [message] = outbox(server);
  expect(message.to).toBe(MOBILE);
  await test.step("who previews the link, without a script, has read nothing", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL: server.origin, viewport: PHONE });
    const page = await context.newPage();
    await page.goto(link(message));
    await expect(page).toHaveURL(/\/deliveries\//u);
    await expect(page.getByTestId("delivery-from")).toBeVisible();
    await page.getByTestId("phone-tail").fill("9999");
    await page.getByTestId("open-delivery").click();
    await expect(page.getByTestId("delivery-wrong")).toBeVisible();
    await handler.page.reload();
    await expect(handler.part("deliveries-a1").getByText("已查阅")).toHaveCount(0);
    // The same without a script with the right digits.
    await page.getByTestId("phone-tail").fill(TAIL);
    await page.getByTestId("open-delivery").click();
    await expect(page.getByTestId("delivery-paper")).toHaveText("听证通知书");
    await context.close();
  });
  await test.step("the party reads it on a phone and confirms", async () => {
    const party = await Person.comes(browser, "a1", server.origin, { viewport: PHONE });
    await party.page.goto(link(message));
    await expectOpenToAll(party, "the digits");
    await party.part("phone-tail").fill(TAIL);
    await party.part("open-delivery").click();
    await expect(party.part("delivery-paper")).toHaveText("听证通知书");
    await expect(party.page.frameLocator("iframe").locator("body")).toContainText("现通知你以申请人的身份参加");
    await expectNoSideways(party, "the paper at its link");
    for (const [button, begins] of [["delivery-pdf", "%PDF"], ["delivery-calendar", "BEGIN:VCALENDAR"]] as const) {
      const downloads = party.page.waitForEvent("download");
      await party.part(button).click();
      const path = await (await downloads).path();
      expect(readFileSync(path).subarray(0, begins.length).toString()).toBe(begins);
    }
    await party.part("confirm-delivery").click();
    await expect(party.part("delivery-confirmed")).toBeVisible();
    expect(party.complaints).toEqual([]);
  });

  await test.step("the office sees it, on a phone too, and the proof of service has the times", async () => {
    await opens(handler.page, `/office/hearings/${hearing}/deliveries`);
    const [confirmed, unread] = ["已确认收到", "已放入发件箱"].map((stand) => handler.part("delivery-a1").filter({ hasText: stand }));
    await expect(confirmed).toBeVisible();
    // What has arrived is not taken back.
    await expect(confirmed.getByTestId("withdrawn-a1")).toHaveCount(0);
    await expect(unread.getByTestId("withdrawn-a1")).toBeVisible();
    await handler.page.setViewportSize(PHONE);
    await expectOpenToAll(handler, "the deliveries of a hearing");
    const answer = await handler.page.request.get(`/api/hearings/${hearing}/papers/proof-of-delivery?to=a1&as=pdf`);
    expect(answer.status()).toBe(200);
    const path = testInfo.outputPath("proof.pdf");
    writeFileSync(path, await answer.body());
    const said = execFileSync("pdftotext", ["-raw", path, "-"]).toString().replaceAll(/\s/gu, "");
    for (const words of ["听证通知书：短信", "138****2001", "首次查阅", "确认收到", "已确认收到"]) {
      expect(said).toContain(words.replaceAll(/\s/gu, ""));
    }
    expect(said).toMatch(/确认收到\d{4}年\d{1,2}月\d{1,2}日\d\d:\d\d/u);
    expect(said).not.toContain(MOBILE);
  });
});

test("what goes by hand is entered and noted, in English", async ({ browser, server }) => {
  await prepare(server, CHEN);
  const handler = await Person.comes(browser, "handler", server.origin, { language: "en" });
  const { name: account, password } = server.demo.accounts.find(({ name }) => name === "handler")!;
  await signIn(handler, account, password);
  const faces: Face[] = await (await handler.page.request.get("/api/hearings")).json();
  const hearing = faces.find(({ number, notified }) => notified && number === CHEN.case.number)!.id;
  await opens(handler.page, `/office/hearings/${hearing}/deliveries`);
  await handler.part("by-hand-a1").click();
  await handler.part("by-hand-a1-form").selectOption("notice");
  await handler.part("by-hand-a1-way").selectOption("in-person");
  expect(await barriers(handler.page)).toEqual([]);
  await handler.part("by-hand-a1-send").click();
  const row = handler.part("deliveries-a1");
  await expect(row).toContainText("To be served", { timeout: 30_000 });
  await handler.part("delivered-a1").click();
  const dialog = handler.page.locator("dialog[open]");
  await dialog.getByTestId(/-to$/).fill("陈某某");
  await dialog.getByTestId(/-send$/).click();
  await expect(row).toContainText("Handed over");
  await expect(row).toContainText("陈某某");
});
