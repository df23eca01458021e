// Makes the pictures of docs/screenshots/: each desk at the moment when it has most to do, in both languages, on a
// wide screen and on a phone.

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";

import { expect, Person, speaks, test, type Language } from "./court";
import { CHEN } from "./script";
import { Play } from "./verbs";

const FOLDER = resolve(import.meta.dirname, "../docs/screenshots");
const LANGUAGES: Language[] = ["zh-CN", "en"];
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 360, height: 780 } };

/** After which step whose desk is taken, and under what name. */
const PICTURES: Record<number, [seat: string, name: string][]> = {
  13: [["a2", "waiting"]],
  44: [["chair", "chair"], ["clerk", "clerk"], ["o1", "gallery"]],
  51: [["a1", "party"]],
  70: [["p3", "panel"]],
};

test("the desks", async ({ server, browser }) => {
  test.setTimeout(600_000);
  mkdirSync(FOLDER, { recursive: true });
  const people = new Map<string, Person>();
  for (const { id } of CHEN.seats) people.set(id, await Person.comes(browser, id, server.origin));
  const play = new Play(CHEN, server.demo.seats, people);
  for (const [n, step] of CHEN.steps.entries()) {
    if (!step.refused) await play.does(step);
    for (const [seat, name] of PICTURES[n + 1] ?? []) await picture(play.person(seat), name);
    if (n + 1 === 70) break;
  }
  const reader = await Person.comes(browser, "reader", server.origin);
  for (const [path, name] of [["/", "notices"], ["/verify", "verify"], ["/office", "office"]] as const) {
    await reader.page.goto(path);
    await picture(reader, name);
  }
});

async function picture(person: Person, name: string): Promise<void> {
  const { page, context } = person;
  for (const language of LANGUAGES) {
    await speaks(context, new URL(page.url()).origin, language);
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.locator("h1").first()).toBeVisible();
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: resolve(FOLDER, `${name}-${language.slice(0, 2)}-${size}.png`), animations: "disabled" });
    }
    await page.setViewportSize(SIZES.wide);
  }
}
