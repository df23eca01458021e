// The door: from the link to the seat in plain words, one thing at a time, open to everybody on a phone, also a slow one.

import type { Browser } from "@playwright/test";

import { expect, expectOpenToAll, heldBack, Person, test } from "./court";
import { CHEN } from "./script";
import type { Server } from "./server";
import { Wire } from "./wire";

const PHONE = { viewport: { width: 360, height: 780 } };

test("from the link to the desk, with a word of the clerk in between", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, ["a1"]);
  const person = await Person.comes(browser, "a1", server.origin, PHONE);
  const invitation = server.demo.seats.find(({ seat }) => seat === "a1")!;

  await person.page.goto(invitation.link);
  await expect(person.part("step")).toContainText("第 1 步");
  await expectOpenToAll(person, "the invitation");
  await person.part("phone-tail").fill("0000");
  await person.part("accept-invitation").click();
  await expect(person.part("entry-refused")).toBeVisible();
  await person.part("phone-tail").fill(invitation.phone_tail);
  await person.part("accept-invitation").click();

  await expect(person.part("arrival")).toContainText("第 2 步");
  await expect(person.part("arrive")).toHaveAttribute("aria-disabled", "true");
  await expect(person.part("arrive")).toHaveAccessibleDescription(/勾选/);
  await expectOpenToAll(person, "discipline and rights");
  await person.part("accept").check();
  await person.part("arrive").click();

  await expect(person.part("waiting-room")).toContainText("请稍候");
  await expectOpenToAll(person, "the waiting room");
  await wire.seat("clerk").does({ roll: { "turn-away": { seat: "a1", reason: "请先到前台核对身份证件" } } });
  await expect(person.part("sent-back")).toContainText("请先到前台核对身份证件");
  await expectOpenToAll(person, "sent back");
  await person.part("accept").check();
  await person.part("arrive").click();
  await expect(person.part("waiting-room")).toBeVisible();
  await wire.seat("clerk").does({ roll: { admit: { seat: "a1" } } });
  await expect(person.part("turn")).toContainText("听证还没有开始");

  // Sent out by the chair: said, with the reason; and nothing of the room is left on the page.
  await wire.plays(14, 26);
  await wire.seat("chair").does({ roll: { remove: { seat: "a1", reason: "两次警告后仍大声喧哗" } } });
  await expect(person.part("gone")).toContainText("两次警告后仍大声喧哗");
  await expect(person.part("record")).toHaveCount(0);
  await expectOpenToAll(person, "gone");
});

test("a panellist declares to have no interest before coming in", async ({ server, browser }) => {
  await Wire.arrives(CHEN, server, CHEN.seats.map(({ id }) => id).filter((id) => id !== "clerk"));
  const person = await Person.comes(browser, "p1", server.origin, PHONE);
  const invitation = server.demo.seats.find(({ seat }) => seat === "p1")!;
  await person.page.goto(invitation.link);
  await person.part("phone-tail").fill(invitation.phone_tail);
  await person.part("accept-invitation").click();
  await person.part("accept").check();
  await expect(person.part("arrive")).toHaveAttribute("aria-disabled", "true");
  await person.part("declare").check();
  await expectOpenToAll(person, "the declaration");
  await person.part("arrive").click();
  await expect(person.part("waiting-room")).toBeVisible();
});

test("a device without the key of the seat is told where to go", async ({ server, browser }) => {
  const stranger = await Person.comes(browser, "stranger", server.origin, PHONE);
  await stranger.page.goto(`/hearings/${server.demo.hearing}/seats/a1`);
  await expect(stranger.part("ended")).toContainText("没有本席位的入席凭证");
  await expectOpenToAll(stranger, "no key");
  await stranger.part("to-enter").click();
  await expect(stranger.part("entry-code")).toBeVisible();
});

test("what is typed and pressed on a slow phone before the page has come whole is done when it has", async ({ server, browser }) => {
  const { person, invitation, comes } = await slowly(browser, server);
  await person.part("phone-tail").pressSequentially(invitation.phone_tail);
  // It looks dead as yet.
  await marked(person, "accept-invitation", () => person.part("accept-invitation").click({ force: true }));
  comes();
  await expect(person.part("arrival")).toBeVisible();
});

test("so is Enter", async ({ server, browser }) => {
  const { person, invitation, comes } = await slowly(browser, server);
  await person.part("phone-tail").pressSequentially(invitation.phone_tail);
  await marked(person, "phone-tail", () => person.part("phone-tail").press("Enter"));
  comes();
  await expect(person.part("arrival")).toBeVisible();
});

test("what was pressed and then thought better of is not", async ({ server, browser }) => {
  const { person, invitation, comes } = await slowly(browser, server);
  const field = person.part("phone-tail");
  await field.pressSequentially(invitation.phone_tail);
  await marked(person, "accept-invitation", () => person.part("accept-invitation").click({ force: true }));
  await field.press("End");
  await field.press("Backspace");
  await field.press("0");
  // The caret is where it was, too.
  await field.press("ArrowLeft");
  comes();
  await expect(person.page.locator("html")).toHaveAttribute("data-ready", "");
  await expect(field).toBeFocused();
  await field.press("9");
  await expect(field).toHaveValue(`${invitation.phone_tail.slice(0, 3)}90`);
  await expect(person.part("entry-refused")).toHaveCount(0);
});

test("no key is lost while the page takes the place of the server's", async ({ server, browser }) => {
  const { person, comes } = await slowly(browser, server);
  const field = person.part("phone-tail");
  await field.focus();
  let typed = "";
  const types = async (digit: string) => {
    await person.page.keyboard.press(digit);
    typed += digit;
  };
  for (let at = 0; at < 10; at++) await types(String(at));
  comes();
  const ready = () => person.page.locator("html").getAttribute("data-ready");
  for (let at = 0; (await ready()) === null; at++) await types(String(at % 10));
  for (let at = 0; at < 10; at++) await types(String(at));
  await expect(field).toHaveValue(typed);
  await expect(field).toBeFocused();
});

/** Does it until the page, of which little has come, has noted that it was pressed. */
async function marked(person: Person, part: string, does: () => Promise<void>) {
  await expect(async () => {
    await does();
    await expect(person.part(part)).toHaveAttribute("data-pressed", "", { timeout: 200 });
  }).toPass();
}

/** Somebody with an invitation, whose program does not come until it is let to. */
async function slowly(browser: Browser, server: Server) {
  const person = await Person.comes(browser, "a1", server.origin, PHONE);
  const invitation = server.demo.seats.find(({ seat }) => seat === "a1")!;
  const comes = await heldBack(person.page);
  await person.page.goto(invitation.link, { waitUntil: "commit" });
  return { person, invitation, comes };
}
