// What is typed is never lost and never sent by mistake: input methods, drafts, reloads, pushes, a lost line, a second
// window, a refusal.

import type { CDPSession, WebSocketRoute } from "@playwright/test";

import { expect, Person, test } from "./court";
import { CHEN } from "./script";
import { find } from "./verbs";
import { Wire } from "./wire";

const STATEMENTS = 35;
const QUESTIONS = 51;
const DELIBERATION = 62;
const OPINION = 78;
const SUMMARY = 85;

/** Keys while an input method is composing: the code 229 says that the key is the input method's. */
async function composes(cdp: CDPSession, text: string): Promise<void> {
  await cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
}

async function keyOfTheInputMethod(cdp: CDPSession, code: string, modifiers = 0): Promise<void> {
  for (const type of ["rawKeyDown", "keyUp"] as const) {
    await cdp.send("Input.dispatchKeyEvent", { type, key: code, code, windowsVirtualKeyCode: 229, modifiers });
  }
}

const ALT = 1;
const CTRL = 2;

test("keys of an input method commit nothing, change nothing and lose nothing", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const clerk = await Person.comes(browser, "clerk", server.origin);
  await wire.lends(clerk, "clerk");
  const editor = clerk.part("editor");
  const lines = clerk.part("record").locator("[data-line]");
  const cdp = await clerk.context.newCDPSession(clerk.page);
  await expect(editor).toBeFocused();
  const before = await lines.count();
  const speaker = clerk.part("pen").locator("strong").first();
  const said = await speaker.innerText();

  await composes(cdp, "wo er");
  await keyOfTheInputMethod(cdp, "Enter");
  await keyOfTheInputMethod(cdp, "Enter", CTRL);
  await keyOfTheInputMethod(cdp, "Digit2", ALT);
  await keyOfTheInputMethod(cdp, "F2");
  await keyOfTheInputMethod(cdp, "Semicolon", CTRL);
  // Meanwhile the hearing goes on: the floor changes and somebody speaks.
  await wire.does({ by: "chair", do: "give-floor", seat: "a2" });
  await wire.does({ by: "a2", do: "say", text: "补充一句。" });
  await expect(clerk.part("record")).toContainText("补充一句。");

  await expect(editor).toHaveValue("wo er");
  await expect(clerk.part("phrases")).toBeHidden();
  expect(await speaker.innerText()).toBe(said);
  await cdp.send("Input.insertText", { text: "我二〇二一年" });
  await expect(editor).toHaveValue("我二〇二一年");
  await clerk.page.keyboard.press("Enter");
  await clerk.page.keyboard.type("三月");
  await expect(editor).toHaveValue("我二〇二一年\n三月");
  expect(await lines.count()).toBe(before + 1); // the sentence of the other, nothing of the clerk
  await clerk.page.keyboard.press("Control+Enter");
  await expect(editor).toHaveValue("");
  await expect(lines.last()).toContainText(said);
  await expect(lines.last()).toContainText("我二〇二一年\n三月");
});

test("a line of the clerk is still its speaker's after a reload", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const clerk = await Person.comes(browser, "clerk", server.origin);
  await wire.lends(clerk, "clerk");
  const pen = clerk.part("pen").locator("strong").first();
  await expect(pen).toContainText("陈某某");
  for (const choose of ["", "Alt+2"]) {
    if (choose) await clerk.page.keyboard.press(choose);
    const speaker = await pen.innerText();
    await clerk.part("editor").fill(`说到一半 ${choose}`);
    await clerk.page.reload();
    await expect(clerk.part("editor")).toHaveValue(`说到一半 ${choose}`);
    await expect(pen).toHaveText(speaker);
    await expect(clerk.part("pen").locator("small").first()).toHaveText(choose ? "手动选择" : "自动跟随发言人");
    await clerk.page.keyboard.press("Control+Enter");
    await expect(clerk.part("record").locator("[data-line]").last()).toContainText(speaker);
  }
});

/** Every kind of draft: after which step, in which seat, which fields, and where a choice goes with it. */
const DRAFTS: [step: number, seat: string, fields: string[], choices?: Record<string, string>][] = [
  [STATEMENTS, "chair", ["say"]],
  [STATEMENTS, "clerk", ["editor"]],
  [STATEMENTS, "a1", ["say", "lay-title", "lay-text", "motion"], { "motion-kind": "new-evidence" }],
  [STATEMENTS, "handler", ["say", "lay-text"]],
  [QUESTIONS, "p2", ["ask", "notes"], { "ask-to": "r2" }],
  [QUESTIONS, "a1", ["to-answer"]],
  [DELIBERATION, "p2", ["discuss"]],
  [OPINION, "p2", ["deliver"]],
  [SUMMARY, "chair", ["decision-reasons", "decision-text"]],
];

test("drafts of every kind survive a reload and a push", async ({ server, browser }) => {
  test.setTimeout(300_000);
  const wire = await Wire.arrives(CHEN, server, []);
  let played = 0;
  const people = new Map<string, Person>();
  for (const [step, seat, fields, choices] of DRAFTS) {
    await wire.plays(played + 1, step);
    played = step;
    await test.step(`${seat} after step ${step}`, async () => {
      const person = people.get(seat) ?? (await Person.comes(browser, seat, server.origin));
      if (people.has(seat)) await useHere(person);
      else await wire.lends(person, seat);
      people.set(seat, person);
      for (const [id, value] of Object.entries(choices ?? {})) {
        await (await find(person, person.part(id))).selectOption(value);
      }
      for (const id of fields) await (await find(person, field(person, id))).fill(draftOf(id));
      if (step === DELIBERATION) await wire.does({ by: "p3", do: "discuss", text: "请再看一遍。" });
      else await wire.does({ by: "clerk", do: "record", text: "（旁注）" }).then(() => useHere(person));
      await expectDrafts(person, fields, choices);
      await person.page.reload();
      await expectDrafts(person, fields, choices);
    });
  }
});

/** The panel's sheet and the forms behind buttons: a reason. */
test("a sheet half filled and a reason half given survive a reload", async ({ server, browser }) => {
  test.setTimeout(240_000);
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, DELIBERATION);
  const panellist = await Person.comes(browser, "p2", server.origin);
  await wire.lends(panellist, "p2");
  await panellist.part("position-i1-other").check();
  await panellist.part("sheet-i1").fill("需再核对");
  await panellist.page.reload();
  await expect(panellist.part("position-i1-other")).toBeChecked();
  await expect(panellist.part("sheet-i1")).toHaveValue("需再核对");

  const chair = await Person.comes(browser, "chair", server.origin);
  await wire.lends(chair, "chair");
  await chair.part("recess").click();
  await chair.part("recess-reason").fill("因一名听证员身体不适");
  await chair.page.reload();
  await chair.part("recess").click();
  await expect(chair.part("recess-reason")).toHaveValue("因一名听证员身体不适");
  await chair.page.keyboard.press("Escape");
});

test("what is sent while the line is gone waits, shows that it waits, and is delivered once", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const party = await Person.comes(browser, "a1", server.origin);
  await wire.lends(party, "a1");
  await server.kill();
  await expect(party.part("lost")).toBeVisible();
  await party.part("say").fill("断线时写下的一句。");
  await party.part("say-send").click();
  await expect(party.part("unsent")).toBeVisible();
  await party.part("say").fill("还没有写完的");
  await party.page.reload().catch(() => undefined); // the page itself comes from the server: nothing is shown, nothing lost
  await server.run();
  await party.page.reload();
  await party.isConnected();
  await expect(party.part("unsent")).toBeHidden();
  await expect(party.part("record").getByText("断线时写下的一句。")).toHaveCount(1);
  await expect(party.part("say")).toHaveValue("还没有写完的");
});

test("what the server refuses comes back before what has been typed since", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const party = await Person.comes(browser, "a1", server.origin);
  const line = await slowLine(party);
  await wire.lends(party, "a1");
  await party.part("say").fill("我再补充");
  line.holds();
  await party.part("say-send").click();
  await expect(party.part("say")).toHaveValue("");
  await party.part("say").fill("新写的");
  await wire.does({ by: "chair", do: "give-floor", seat: "r1" });
  await expect(party.part("turn")).toHaveAttribute("data-mine", "false");
  line.goesOn();
  await expect(party.part("refused")).toContainText("条");
  await expect(party.part("say")).toHaveValue("我再补充\n新写的");
});

test("a wait of more than a second shows that something is on its way", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const party = await Person.comes(browser, "r1", server.origin);
  const line = await slowLine(party);
  await wire.lends(party, "r1");
  line.holds();
  await party.part("raise-hand").click();
  await expect(party.part("raise-hand")).toHaveAttribute("aria-busy", "true");
  const late = party.page.locator("progress.late");
  await expect(late).toBeVisible();
  await expect(party.part("unsent")).toBeVisible();
  line.goesOn();
  await expect(party.part("lower-hand")).toBeVisible();
  await expect(late).toBeHidden();
});

/** A line to the room on which what the page says can be held up. Before the page is opened. */
async function slowLine({ page }: Person): Promise<{ holds: () => void; goesOn: () => void }> {
  let held: (string | Buffer)[] | undefined;
  let server: WebSocketRoute | undefined;
  await page.routeWebSocket(/\/room$/, (socket) => {
    server = socket.connectToServer();
    socket.onMessage((message) => void (held === undefined ? server?.send(message) : held.push(message)));
  });
  return {
    holds: () => (held = []),
    goesOn: () => {
      for (const message of held ?? []) server?.send(message);
      held = undefined;
    },
  };
}

test("of two windows of a seat one acts, and drafts are the same in both", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const party = await Person.comes(browser, "a1", server.origin);
  await wire.lends(party, "a1");
  const first = party.page;
  const second = await party.context.newPage();
  await second.goto(first.url());
  await expect(second.getByTestId("say")).toBeVisible();
  await expect(first.getByTestId("passive")).toBeVisible();
  await expect(first.getByTestId("say-send")).toHaveAttribute("aria-disabled", "true");
  await expect(first.locator("#say-send-why")).toContainText("在此使用");
  await second.getByTestId("say").fill("在第二个窗口写的");
  await expect(first.getByTestId("say")).toHaveValue("在第二个窗口写的");
  await first.getByTestId("take").click();
  await expect(first.getByTestId("passive")).toBeHidden();
  await expect(second.getByTestId("passive")).toBeVisible();
  await first.getByTestId("say-send").click();
  await expect(second.getByTestId("record")).toContainText("在第二个窗口写的");
  await expect(second.getByTestId("say")).toHaveValue("");
  // A window that looks on does not take over because its line was lost.
  await server.kill();
  await expect(second.getByTestId("lost")).toBeVisible();
  await server.run();
  for (const page of [first, second]) await expect(page.getByTestId("lost")).toHaveCount(0, { timeout: 30_000 });
  await expect(first.getByTestId("passive")).toBeHidden();
  await expect(second.getByTestId("passive")).toBeVisible();
});

async function useHere(person: Person): Promise<void> {
  const take = person.part("take");
  if (await take.isVisible()) await take.click();
}

function draftOf(id: string): string {
  return `草稿 ${id} 一二三`;
}

function field(person: Person, id: string) {
  return id === "to-answer" ? person.part("to-answer").locator("textarea") : person.part(id);
}

async function expectDrafts(person: Person, fields: string[], choices: Record<string, string> = {}): Promise<void> {
  for (const id of fields) await expect(await find(person, field(person, id)), id).toHaveValue(draftOf(id));
  for (const [id, value] of Object.entries(choices)) {
    await expect(await find(person, person.part(id)), id).toHaveValue(value);
  }
}
