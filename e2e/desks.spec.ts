// The desks in use: dead buttons that say why, the keyboard alone, large text, narrow and wide screens.

import { barriers, expect, expectNoSideways, Person, speaks, test, type Language } from "./court";
import { CHEN } from "./script";
import { Wire } from "./wire";

const ARRIVED = 13;
const STATEMENTS = 35;
const ADMITTED = 24;

test("a dead button says why and by which article, and does nothing", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const chair = await Person.comes(browser, "chair", server.origin);
  await wire.lends(chair, "chair");
  const next = chair.part("next");
  await expect(next).toHaveAttribute("aria-disabled", "true");
  await expect(chair.part("blocks")).toContainText("被申请人一方");
  await expect(chair.part("blocks")).toContainText("第十五条");
  await next.click({ force: true }); // the eye sees that it is dead, the finger presses all the same
  await expect(chair.part("steps")).toHaveAttribute("data-phase", "Statements");
  // A button without room for its reason tells it to whoever reaches it.
  await chair.page.keyboard.press("Tab");
  await next.focus();
  await expect(why(chair, "next")).toBeInViewport();
  await expect(why(chair, "next")).toContainText("条");

  const party = await Person.comes(browser, "r1", server.origin);
  await wire.lends(party, "r1");
  const send = party.part("say-send");
  await expect(send).toHaveAttribute("aria-disabled", "true");
  await expect(send).toHaveAccessibleDescription(/条/);
  await expect(why(party, "say-send")).toBeVisible();
  const lines = party.part("record").locator("[data-line]");
  const before = await lines.count();
  await party.part("say").fill("我方不同意。");
  await send.click({ force: true });
  await party.part("say").press("Control+Enter");
  await expect(party.part("say")).toHaveValue("我方不同意。");
  await wire.does({ by: "chair", do: "give-floor", seat: "r1" });
  await expect(send).not.toHaveAttribute("aria-disabled", "true");
  expect(await lines.count()).toBeLessThanOrEqual(before + 1); // the turn given, at most
});

test("only one's own turn interrupts; the record is polite", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const party = await Person.comes(browser, "r1", server.origin);
  await wire.lends(party, "r1");
  await expect(party.page.getByRole("log", { name: "听证笔录" })).toHaveAttribute("aria-live", "polite");
  const alert = party.page.getByRole("alert");
  await expect(alert).toHaveText("");
  await expect(party.part("turn")).toHaveAttribute("data-mine", "false");
  await wire.does({ by: "chair", do: "give-floor", seat: "r1" });
  await expect(alert).toHaveText("现在请您发言");
  await expect(party.part("turn")).toContainText("现在请您发言");
});

test("the chair opens and leads with the keyboard alone", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, ADMITTED);
  const chair = await Person.comes(browser, "chair", server.origin);
  await wire.lends(chair, "chair");
  const { keyboard } = chair.page;
  await tabTo(chair, "next");
  await keyboard.press("Enter"); // opens
  await expect(chair.part("steps")).toHaveAttribute("data-phase", "RollCall");
  await keyboard.press("Enter"); // the focus stays on the one button
  await expect(chair.part("steps")).toHaveAttribute("data-phase", "Introduction");
  await wire.does({ by: "handler", do: "raise-hand" });
  await tabTo(chair, "tab-hands");
  await tabTo(chair, "give-handler");
  await keyboard.press("Enter");
  await expect(chair.part("speaker")).toHaveAttribute("data-holder", "handler");
  await wire.does({ by: "handler", do: "say", text: "现介绍案情。" });
  await tabTo(chair, "next");
  await keyboard.press("Enter");
  await expect(chair.part("steps")).toHaveAttribute("data-phase", "Statements");
  // From tab to tab with the arrows.
  await tabTo(chair, "tab-hands");
  await keyboard.press("End");
  await expect(chair.part("tab-script")).toBeFocused();
  await keyboard.press("Home");
  await expect(chair.part("tab-hands")).toBeFocused();
  // A reason in a dialog: Escape takes back, Ctrl and Enter send.
  await tabTo(chair, "recess");
  await keyboard.press("Enter");
  await tabTo(chair, "recess-reason");
  await keyboard.type("休息十分钟");
  await keyboard.press("Escape");
  await expect(chair.part("recess-dialog")).toBeHidden();
  await expect(chair.part("recess")).toBeFocused();
  await keyboard.press("Enter");
  await expect(chair.part("recess-reason")).toHaveValue("休息十分钟");
  await tabTo(chair, "recess-reason");
  await keyboard.press("Control+Enter");
  await expect(chair.part("standstill")).toContainText("休息十分钟");
  await tabTo(chair, "resume");
  await keyboard.press("Enter");
  await expect(chair.part("standstill")).toBeHidden();
});

test("the clerk writes with the keyboard alone", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const clerk = await Person.comes(browser, "clerk", server.origin);
  await wire.lends(clerk, "clerk");
  const { keyboard } = clerk.page;
  const editor = clerk.part("editor");
  const last = clerk.part("record").locator("[data-line]").last();
  await expect(editor).toBeFocused();
  // It follows whoever has the floor, until a speaker is chosen.
  await expect(clerk.part("pen")).toContainText("陈某某");
  await keyboard.type("第一行");
  await keyboard.press("Enter");
  await keyboard.type("第二行");
  await keyboard.press("Control+Enter");
  await expect(last).toContainText("第一行\n第二行");
  await expect(last).toContainText("陈某某");
  await keyboard.press("Alt+1");
  await expect(clerk.part("speaker-1")).toHaveAttribute("aria-pressed", "true");
  await keyboard.press("Alt+ArrowDown");
  await expect(clerk.part("speaker-2")).toHaveAttribute("aria-pressed", "true");
  await keyboard.press("Alt+0");
  await expect(clerk.part("speaker-0")).toHaveAttribute("aria-pressed", "true");
  await keyboard.press("F2");
  await expect(clerk.part("phrase")).toBeFocused();
  await keyboard.type("qxjd");
  await keyboard.press("Enter");
  await expect(editor).toBeFocused();
  await expect(editor).toHaveValue("（情绪激动，主持人予以安抚）");
  await keyboard.press("Control+;");
  await expect(editor).toHaveValue(/^（情绪激动，主持人予以安抚）〔\d\d:\d\d:\d\d〕$/);
  await keyboard.press("Control+Enter");
  await expect(last).toContainText("情绪激动");
  // The map of keys, from within the field and from without.
  await keyboard.press("Control+/");
  await expect(clerk.part("key-map")).toBeVisible();
  await keyboard.press("Escape");
  await expect(clerk.part("key-map")).toBeHidden();
  await keyboard.press("F6");
  await keyboard.press("?");
  await expect(clerk.part("key-map")).toBeVisible();
});

test("large text is kept, and nothing is cut off by it", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const party = await Person.comes(browser, "a1", server.origin, { viewport: { width: 360, height: 780 } });
  await wire.lends(party, "a1");
  const size = () => party.page.evaluate(() => parseFloat(getComputedStyle(document.querySelector("main")!).fontSize));
  const normal = await size();
  await party.part("size").first().click();
  expect(await size()).toBeGreaterThanOrEqual(normal * 1.2);
  await party.page.reload();
  await expect(party.part("say")).toBeVisible();
  expect(await size()).toBeGreaterThanOrEqual(normal * 1.2);
  await expectNoSideways(party, "large");
  for (const id of ["say-send", "yield"]) {
    const box = await party.part(id).boundingBox();
    expect(box?.height, id).toBeGreaterThanOrEqual(48);
  }
  expect(await barriers(party.page)).toEqual([]);
});

const SEATS = ["chair", "clerk", "handler", "p2", "a1", "o1"];
const LANGUAGES: Language[] = ["zh-CN", "en"];
const MOMENTS = { "at the door": ARRIVED, statements: 46, questions: 51, deliberation: 70, opinion: 79, summary: 86, signing: 88 };

test("no desk is wider than a phone of 360 px, in any step, language or size", async ({ server, browser }) => {
  test.setTimeout(600_000);
  const wire = await Wire.arrives(CHEN, server, []);
  const people = new Map<string, Person>();
  let played = 0;
  for (const [moment, step] of Object.entries(MOMENTS)) {
    await wire.plays(played + 1, step);
    played = step;
    for (const seat of SEATS) {
      const known = people.get(seat);
      const person = known ?? (await Person.comes(browser, seat, server.origin, { viewport: { width: 360, height: 780 } }));
      if (known === undefined) await wire.lends(person, seat);
      people.set(seat, person);
      for (const language of LANGUAGES) {
        await speaks(person.context, server.origin, language);
        await person.page.reload();
        await person.isConnected();
        for (const _ of ["normal", "large"]) {
          await expectNoSideways(person, `${seat}, ${moment}, ${language}`);
          await person.part("size").first().click();
        }
      }
    }
  }
});

test("the chair has everything on one screen of 1366 by 768", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, STATEMENTS);
  const chair = await Person.comes(browser, "chair", server.origin, { viewport: { width: 1366, height: 768 } });
  await wire.lends(chair, "chair");
  for (const language of LANGUAGES) {
    await speaks(chair.context, server.origin, language);
    await chair.page.reload();
    for (const id of ["steps", "next", "blocks", "roll", "speaker", "clock", "hands", "record", "take-floor", "recess"]) {
      await expect(chair.part(id), id).toBeInViewport({ ratio: 0.5 });
    }
    const over = await chair.page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    expect(over).toBeLessThanOrEqual(0);
    await expectNoSideways(chair, language);
  }
});

/** Where a dead button says why. */
function why(person: Person, id: string) {
  return person.page.locator(`[id="${id}-why"]`);
}

/** Presses Tab until the part has the keyboard, as far as the whole page goes round. */
async function tabTo(person: Person, id: string): Promise<void> {
  const { page } = person;
  await expect(person.part(id).first()).toBeVisible();
  const here = () => page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  for (let n = 0; n < 150 && (await here()) !== id; n += 1) await page.keyboard.press("Tab");
  await expect(person.part(id)).toBeFocused();
}
