// A whole hearing from invitation to verified file, one browser a seat, with one reload, one lost network and one
// power failure in the middle. Nobody may have received a byte that was not theirs.

import { barriers, expect, Person, test } from "./court";
import { CHEN } from "./script";
import { Server } from "./server";
import { find, Play } from "./verbs";

/** Short, so that a lost network is noticed while somebody waits for it. */
const OPTIONS = ["--lease-ms", "4000", "--ping-every-ms", "1000"];

test("the hearing of Chen, from invitation to verified file", async ({ browser }, testInfo) => {
  test.setTimeout(600_000);
  const server = await Server.start(OPTIONS);
  try {
    const people = new Map<string, Person>();
    for (const { id } of CHEN.seats) people.set(id, await Person.comes(browser, id, server.origin));
    const play = new Play(CHEN, server.demo.seats, people);

    for (const [n, step] of CHEN.steps.entries()) {
      await test.step(`${n + 1} ${step.by} ${step.do}`, async () => {
        await MISHAPS[n + 1]?.(play, server);
        if (step.refused) await play.cannot(step);
        else await play.does(step);
      });
      if (LOOKS.has(n + 1)) await test.step("no barriers", () => looks(people));
    }

    await test.step("the record is the same for everybody who reads it anew", async () => {
      for (const person of people.values()) {
        const before = await recordOf(person);
        expect(before.length, person.name).toBeGreaterThanOrEqual(CHEN.expect.record_lines.at_least);
        await person.page.reload();
        await expect.poll(() => recordOf(person), { message: person.name }).toEqual(before);
      }
    });

    await test.step("the case file verifies, and a changed byte is found", () => fileHolds(play, server, testInfo));

    await test.step("nobody received what was not theirs", async () => {
      for (const { text, seen_by } of CHEN.expect.secrets) {
        for (const person of people.values()) {
          expect(await person.received.holds(text), `${text} at ${person.name}`).toBe(seen_by.includes(person.name));
        }
      }
      for (const person of people.values()) {
        expect(person.received.unread, person.name).toEqual([]);
        expect(person.complaints, person.name).toEqual([]);
        expect(person.received.bytes, person.name).toBeGreaterThan(0);
      }
    });
  } finally {
    if (testInfo.error !== undefined) await testInfo.attach("server", { body: server.log });
    await server.end();
  }
});

/** What goes wrong before a step, by its number. */
const MISHAPS: Record<number, (play: Play, server: Server) => Promise<void>> = {
  // Somebody reloads the page while writing: the draft is still there.
  49: async (play) => {
    const { page } = play.person("p2");
    const draft = play.person("p2").part("ask");
    await expect(draft).toBeVisible();
    await draft.fill("工资是现金还是");
    await page.reload();
    await expect(draft).toHaveValue("工资是现金还是");
  },
  // The respondent's network is gone for longer than the lease; what happened meanwhile is there when it is back.
  54: async (play) => {
    await play.person("r2").context.setOffline(true);
    await expect(play.person("clerk").part("record")).toContainText("中断", { timeout: 30_000 });
    await play.person("r2").context.setOffline(false);
    await expect(play.person("r2").page.getByTestId("lost")).toHaveCount(0, { timeout: 30_000 });
  },
  // The power fails while the panel is alone.
  63: async (play, server) => {
    await server.kill();
    await expect(play.person("p3").page.getByTestId("lost")).toBeVisible();
    await server.run();
    for (const person of play.people.values()) {
      await expect(person.page.getByTestId("lost"), person.name).toHaveCount(0, { timeout: 60_000 });
    }
  },
};

/** Steps after which every kind of desk is looked at for barriers, in both languages. */
const LOOKS = new Set([13, 31, 57, 67, 87]);

async function looks(people: Map<string, Person>): Promise<void> {
  for (const seat of ["chair", "clerk", "p1", "a1", "o1"]) {
    const person = people.get(seat);
    if (person === undefined) continue;
    for (const _ of ["one language", "the other"]) {
      expect.soft(await barriers(person.page), seat).toEqual([]);
      await person.part("language").first().click();
    }
  }
}

/** The lines of the record as the page shows them, by number. */
async function recordOf(person: Person): Promise<string[]> {
  const lines = person.page.locator('[data-testid="record"] [data-line] p');
  return await lines.allInnerTexts();
}

async function fileHolds(play: Play, server: Server, testInfo: { outputPath: (name: string) => string }): Promise<void> {
  const clerk = play.person("clerk");
  const coming = clerk.page.waitForEvent("download");
  await (await find(clerk, clerk.part("download-confidential"))).click();
  const file = testInfo.outputPath("file.zip");
  await (await coming).saveAs(file);
  const verdict = await server.verify(file);
  expect(verdict.status, verdict.said).toBe(0);
  await expectVerdict(clerk, file, true);
  const { readFileSync, writeFileSync } = await import("node:fs");
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  const broken = testInfo.outputPath("broken.zip");
  writeFileSync(broken, bytes);
  expect((await server.verify(broken)).status).toBe(1);
  await expectVerdict(clerk, broken, false);
}

/** The page that verifies in the browser says the same. */
async function expectVerdict(person: Person, file: string, holds: boolean): Promise<void> {
  await person.page.goto("/verify");
  await person.page.locator('input[type="file"]').setInputFiles(file);
  await expect(person.part("verdict")).toHaveAttribute("data-holds", String(holds), { timeout: 30_000 });
}
