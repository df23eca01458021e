// Five people sign the record on their phones: by hand, again after a correction, on paper, and one refuses. The sealed file
// shows all of it, and three verifiers that share no code say so.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";

import type { Browser, TestInfo } from "@playwright/test";

import { barriers, expect, expectNoSideways, Person, test } from "./court";
import { CHEN } from "./script";
import type { Server } from "./server";
import { draws, signsByHand } from "./verbs";
import { Wire, type Seat } from "./wire";

/** Up to the step in which the record is signed, and where everybody else has. */
const [SIGNING, CLOSES, SEALED] = [87, 102, 103];
const PHONE = { width: 360, height: 740 };
const SCRIPT = resolve(import.meta.dirname, "../docs/examples/verify_case_file.py");

test("five people sign on their phones, one refuses, one asks for a correction, and the file proves it", async ({ server, browser }, testInfo) => {
  test.setTimeout(240_000);
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, SIGNING);
  const people = new Map<string, Person>();
  for (const seat of ["a1", "a2", "r1", "r2", "p1"]) people.set(seat, await atThePage(browser, server, wire, seat));
  const at = (seat: string) => people.get(seat)!;

  await test.step("one signs what it has read", async () => {
    await looks(at("r1"), "reading");
    await signsByHand(at("r1"), tail(server, "r1"));
    await expect(at("r1").part("drawn")).toBeVisible();
    await looks(at("r1"), "signed");
  });
  await test.step("the wrong digits sign nothing", async () => {
    const agent = at("a2");
    await agent.part("sign-next").click();
    await agent.part("sign-tail").fill("0000");
    await agent.part("sign-on").click();
    await looks(agent, "drawing");
    await expect(agent.part("sign")).toHaveAttribute("aria-disabled", "true");
    await draws(agent);
    await agent.part("sign").click();
    await expect(agent.part("sign-failed")).toContainText("手机号码后四位不符");
    await agent.part("sign-back").click();
    await expect(agent.part("sign-tail")).toBeVisible();
  });
  await test.step("one asks for a correction; when it is granted, who was about to sign and who had signed read again", async () => {
    const party = at("a1");
    const asks = () => party.part("record-to-sign").locator("[data-line]").filter({ hasText: "判决却说我是农民" }).getByTestId(/^correct-/).click();
    await asks();
    await party.part("correct-text").fill("我二〇二一年三月就到县城的家具厂上班。");
    await party.part("correct-reason").fill("补充月份");
    // What was written is still there after a reload, for that line and no other.
    await party.page.reload();
    await party.part("record-to-sign").getByTestId(/^correct-/).first().click();
    await expect(party.part("correct-text")).not.toHaveValue(/家具厂/);
    await expect(party.part("correct-reason")).toHaveValue("");
    await party.page.keyboard.press("Escape");
    await asks();
    await expect(party.part("correct-text")).toHaveValue("我二〇二一年三月就到县城的家具厂上班。");
    await expect(party.part("correct-reason")).toHaveValue("补充月份");
    await party.part("correct-send").click();
    await expect(party.part("asked-for")).toContainText("待处理");
    const drawn = at("a2");
    await drawn.part("sign-tail").fill(tail(server, "a2"));
    await drawn.part("sign-on").click();
    await draws(drawn);
    const clerk = wire.seat("clerk");
    const view = await seen(clerk);
    const [{ id }] = view.record.corrections as [{ id: string }];
    await clerk.does({ record: { "rule-correction": { of: id, granted: true, reason: "与录音一致" } } });
    // What was signed is no longer the record: the page of who had signed goes back to reading by itself.
    await expect(at("r1").part("record-to-sign")).toContainText("二〇二一年三月");
    await expect(at("r1").part("sign-corrected")).toBeVisible();
    // And whoever was about to sign reads first what it is now.
    await expect(drawn.part("record-to-sign")).toContainText("二〇二一年三月");
    await expect(party.part("asked-for")).toContainText("已更正");
    for (const seat of ["a1", "a2", "r1"]) await signsByHand(at(seat), tail(server, seat));
  });
  await test.step("one signs on paper and hands every page in", async () => {
    const panellist = at("p1");
    await panellist.part("sign-next").click();
    await panellist.part("sign-tail").fill(tail(server, "p1"));
    await panellist.part("sign-how-paper").check();
    await panellist.part("sign-on").click();
    await looks(panellist, "on paper");
    const coming = panellist.page.waitForEvent("download");
    await panellist.part("sign-print").click();
    const printed = testInfo.outputPath("signed.pdf");
    await (await coming).saveAs(printed);
    const page = testInfo.outputPath("page.png");
    writeFileSync(page, ONE_PIXEL);
    await panellist.part("sign-scans").setInputFiles(page);
    await expect(panellist.part("sign-taken")).toContainText("共 1 页");
    await panellist.part("sign-hand-in").click();
    await expect(panellist.part("sign-failed")).toContainText("少于打印的笔录");
    await panellist.part("sign-scans").setInputFiles(printed);
    await expect(panellist.part("sign-taken")).toContainText("2 个文件");
    await panellist.part("sign-hand-in").click();
    await expect(panellist.part("sign-way")).toContainText("在纸上签名");
  });
  await test.step("one refuses, and why stands there", async () => {
    const insurer = at("r2");
    await insurer.part("sign-refuse").click();
    await insurer.part("refuse-reason").fill("需报总公司审核");
    await insurer.part("refuse-send").click();
    await expect(insurer.part("sign-refused")).toBeVisible();
    await looks(insurer, "refused");
  });

  for (const seat of ["chair", "handler", "clerk", "p2", "p3", "p4", "p5"]) await wire.does({ by: seat, do: "sign-record" });
  await wire.plays(CLOSES, SEALED);
  const [whole, own] = [testInfo.outputPath("whole.zip"), testInfo.outputPath("own.zip")];
  writeFileSync(whole, await fetched(wire.seat("clerk"), "file?volume=whole"));
  writeFileSync(own, await fetched(wire.seat("a1"), "file"));
  for (const file of [whole, own]) await verifiesThreeWays(browser, server, file);
  await test.step("a party's own copy holds nothing that was not for it", async () => {
    const bytes = readFileSync(own);
    const secrets = CHEN.expect.secrets.filter(({ seen_by }) => !seen_by.includes("a1"));
    expect(secrets.length).toBeGreaterThan(0);
    for (const { text } of secrets) expect(bytes.includes(text), text).toBe(false);
  });
  for (const person of people.values()) expect(person.complaints).toEqual([]);
});

test("where the browser can make no key, it says so, and paper is a way", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, SIGNING);
  const person = await atThePage(browser, server, wire, "a1", () => Object.defineProperty(crypto, "subtle", { value: undefined }));
  await person.part("sign-next").click();
  await person.part("sign-tail").fill(tail(server, "a1"));
  await person.part("sign-on").click();
  await expect(person.part("sign-no-keys")).toContainText("改用纸上签名");
  await draws(person);
  await person.part("sign").click();
  await expect(person.part("sign-done")).toHaveCount(0);
  expect((await seen(wire.seat("a1"))).record.signatures).toEqual({});
});

/** Somebody at the page where the record is signed, on a phone. */
async function atThePage(browser: Browser, server: Server, wire: Wire, seat: string, before?: () => void): Promise<Person> {
  const person = await Person.comes(browser, seat, server.origin, { viewport: PHONE });
  if (before !== undefined) await person.context.addInitScript(before);
  const { hearing, key } = wire.seat(seat);
  await person.context.addInitScript(([name, key]) => {
    // A frame in which nothing may run keeps nothing either.
    if (window.origin !== "null") localStorage.setItem(name!, key!);
  }, [`fengqiao.seat.${hearing}.${seat}`, key]);
  await person.page.goto(`/hearings/${hearing}/sign?seat=${seat}`);
  await expect(person.part("record-to-sign")).toBeVisible();
  return person;
}

async function looks(person: Person, when: string): Promise<void> {
  expect.soft(await barriers(person.page), when).toEqual([]);
  await expectNoSideways(person, when);
}

function tail(server: Server, seat: string): string {
  return server.demo.seats.find((invited) => invited.seat === seat)!.phone_tail;
}

async function seen(seat: Seat): Promise<any> {
  return JSON.parse((await fetched(seat, "")).toString());
}

async function fetched(seat: Seat, path: string): Promise<Buffer> {
  const address = `${seat.origin}/api/hearings/${seat.hearing}${path === "" ? "" : `/${path}`}`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${seat.key}` } });
  expect(answer.status, path).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

/** By the command, by the script of a stranger, and in the browser: all say who signed, which way, and who refused. */
async function verifiesThreeWays(browser: Browser, server: Server, file: string): Promise<void> {
  const byCommand = await server.verify(file);
  expect(byCommand.status, byCommand.said).toBe(0);
  const { stdout } = await promisify(execFile)("python3", [SCRIPT, file]);
  const codes = new Set(stdout.split("\n").map((line) => line.split("\t")[1]));
  for (const code of ["record", "signature.earlier", "signature.device", "signature.paper", "signature.refused"]) expect(codes, code).toContain(code);
  const reader = await Person.comes(browser, "reader", server.origin);
  await reader.page.goto("/verify");
  await reader.page.locator("html[data-ready]").waitFor();
  await reader.part("case-file").setInputFiles(file);
  await reader.part("verify").click();
  await expect(reader.part("verify-result")).toContainText("全部相符", { timeout: 30_000 });
  const result = reader.page.locator("main");
  for (const words of ["席位r2拒绝签名，理由：需报总公司审核", "席位p1在纸质笔录上签名", "席位a1在自己的设备上手写签名", "席位r1曾经在更正以前的笔录上签名"]) {
    await expect(result, words).toContainText(words);
    expect(byCommand.said, words).toContain(words);
  }
  await reader.context.close();
}

/** A picture of one pixel: a page, but not as many as were printed. */
const ONE_PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
