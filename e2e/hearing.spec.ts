// Whole hearings from invitation to verified file, one browser a seat. Nobody may have received a byte that was not
// theirs.

import { readFileSync, writeFileSync } from "node:fs";

import type { Browser, TestInfo } from "@playwright/test";

import { expect, expectOpenToAll, Person, test } from "./court";
import { prepare } from "./office";
import { CHEN, ZHOU, type Expected, type Invitation, type Script } from "./script";
import { Server } from "./server";
import { find, Play } from "./verbs";

/** Short, so that a lost network is noticed while somebody waits for it. */
const OPTIONS = ["--lease-ms", "4000", "--ping-every-ms", "1000"];

test("the hearing of Chen, with a reload, a lost network and a power failure", async ({ browser }, testInfo) => {
  test.setTimeout(900_000);
  await withServer(testInfo, async (server) => {
    const play = await everybody(browser, server, CHEN, server.demo.seats);
    await plays(play, server, MISHAPS, LOOKS);
    await recordIsTheSame(play);
    await fileHolds(play, server, testInfo);
    await nobodyReceivedMore(play);
  });
});

test("the closed hearing of Zhou, with a recusal and a party that was gone", async ({ browser }, testInfo) => {
  test.setTimeout(600_000);
  await withServer(testInfo, async (server) => {
    const play = await everybody(browser, server, ZHOU, await prepare(server, ZHOU));
    await plays(play, server, {}, new Map());
    await recordIsTheSame(play);
    await fileHolds(play, server, testInfo);
    await nobodyReceivedMore(play);
  });
});

async function withServer(testInfo: TestInfo, body: (server: Server) => Promise<void>): Promise<void> {
  const server = await Server.start(OPTIONS);
  try {
    await body(server);
  } catch (reason) {
    await testInfo.attach("server", { body: server.log });
    throw reason;
  } finally {
    await server.end();
  }
}

/** Everybody who is invited, each at a browser of their own. */
async function everybody(browser: Browser, server: Server, script: Script, invitations: Invitation[]): Promise<Play> {
  const people = new Map<string, Person>();
  for (const { seat } of invitations) people.set(seat, await Person.comes(browser, seat, server.origin));
  return new Play(script, invitations, people);
}

type Mishaps = Record<number, (play: Play, server: Server) => Promise<void>>;

async function plays(play: Play, server: Server, mishaps: Mishaps, looks: Map<number, string[]>): Promise<void> {
  for (const [n, step] of play.script.steps.entries()) {
    await test.step(`${n + 1} ${step.by} ${step.do}`, async () => {
      await mishaps[n + 1]?.(play, server);
      if (step.refused) await play.cannot(step);
      else await play.does(step);
    });
    const seats = looks.get(n + 1);
    if (seats !== undefined) await test.step("no barriers", () => look(play, seats));
  }
}

/** What goes wrong before a step of Chen, by its number. */
const MISHAPS: Mishaps = {
  // Somebody reloads the page while writing: the draft is still there.
  49: async (play) => {
    const person = play.person("p2");
    const draft = await find(person, person.part("ask"));
    await draft.fill("工资是现金还是");
    await person.page.reload();
    await expect(await find(person, person.part("ask"))).toHaveValue("工资是现金还是");
  },
  // The respondent's network is gone for longer than the lease; what happened meanwhile is there when it is back.
  54: async (play) => {
    const { context, page } = play.person("r2");
    await context.setOffline(true);
    await expect(page.getByTestId("lost")).toBeVisible({ timeout: 30_000 });
    await expect(play.person("clerk").part("record")).toContainText("中断", { timeout: 30_000 });
    await context.setOffline(false);
    await expect(page.getByTestId("lost")).toHaveCount(0, { timeout: 30_000 });
    await expect(page.getByTestId("record")).toContainText("恢复");
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

/** Steps of Chen after which desks are looked at for barriers, in both languages. */
const LOOKS = new Map([
  [13, ["chair", "clerk", "p1", "a1", "o1"]],
  [31, ["chair", "clerk", "handler", "p1", "a1", "o1"]],
  [55, ["chair", "clerk", "p1", "r2", "o1"]],
  [67, ["chair", "clerk", "handler", "p1", "p4", "a1", "o1"]],
  [85, ["chair", "p1"]],
  [88, ["chair", "clerk", "p1", "a1", "o1"]],
  [103, ["chair", "clerk", "p1", "a1", "o1"]],
]);

async function look(play: Play, seats: string[]): Promise<void> {
  for (const seat of seats) await expectOpenToAll(play.person(seat), seat);
}

/** Whoever reads the record anew reads what they read before. */
async function recordIsTheSame(play: Play): Promise<void> {
  await test.step("the record is the same for everybody who reads it anew", async () => {
    for (const person of play.people.values()) {
      if (await person.part("gone").isVisible()) continue;
      const before = await recordOf(person);
      expect(before.length, person.name).toBeGreaterThanOrEqual(play.script.expect.record_lines?.at_least ?? 1);
      await person.page.reload();
      await expect.poll(() => recordOf(person), { message: person.name }).toEqual(before);
    }
  });
}

/** The lines of the record as the page shows them. */
async function recordOf(person: Person): Promise<string[]> {
  return person.page.locator('[data-testid="record"] [data-line] p').allTextContents();
}

async function fileHolds(play: Play, server: Server, testInfo: TestInfo): Promise<void> {
  await test.step("the case file verifies, and a changed byte is found", async () => {
    const clerk = play.person("clerk");
    const main = await download(clerk, "main", testInfo);
    const whole = await download(clerk, "whole", testInfo);
    const expected = play.script.expect.file;
    const [inMain, inAll] = [readFileSync(main), readFileSync(whole)];
    for (const text of expected.main_volume_has ?? []) expect(inMain.includes(text), text).toBe(true);
    for (const text of expected.main_volume_lacks ?? []) expect(inMain.includes(text), text).toBe(false);
    for (const text of expected.confidential_volume_has ?? []) expect(inAll.includes(text), text).toBe(true);
    for (const file of [main, whole]) {
      const verdict = await server.verify(file);
      expect(verdict.status, verdict.said).toBe(0);
    }
    const bytes = readFileSync(whole);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    const broken = testInfo.outputPath("broken.zip");
    writeFileSync(broken, bytes);
    expect((await server.verify(broken)).status).toBe(1);
    await expectVerdict(clerk, whole, true);
    await expectVerdict(clerk, broken, false);
  });
}

async function download(person: Person, volume: string, testInfo: TestInfo): Promise<string> {
  const button = await find(person, person.part(`download-${volume}`));
  const coming = person.page.waitForEvent("download");
  await button.click();
  const file = testInfo.outputPath(`${volume}.zip`);
  await (await coming).saveAs(file);
  return file;
}

/** The page that verifies in the browser says the same. */
async function expectVerdict(person: Person, file: string, holds: boolean): Promise<void> {
  await person.page.goto("/verify");
  await person.page.locator("html[data-ready]").waitFor();
  const published = (await (await person.page.request.get("/api/seal-key")).json()) as { key: string; sm2_fingerprint: string };
  await person.part("case-file").setInputFiles(file);
  await person.part("seal-key").fill(published.key);
  await person.part("seal-key-sm2").fill(published.sm2_fingerprint);
  await person.part("verify").click();
  await expect(person.part("verify-result")).toContainText(holds ? "全部相符" : "不可信", { timeout: 30_000 });
  await expect(person.page.locator("main")).toContainText("国密公钥（SM2）就是所要求的公钥");
}

async function nobodyReceivedMore(play: Play): Promise<void> {
  await test.step("nobody received what was not theirs", async () => {
    for (const secret of play.script.expect.secrets) await keptFrom(play, secret);
    for (const person of play.people.values()) {
      expect(person.received.unread, person.name).toEqual([]);
      expect(person.complaints, person.name).toEqual([]);
      expect(person.received.bytes, person.name).toBeGreaterThan(0);
    }
  });
}

async function keptFrom(play: Play, { text, seen_by }: Expected["secrets"][number]): Promise<void> {
  for (const person of play.people.values()) {
    expect(await person.received.holds(text), `${text} at ${person.name}`).toBe(seen_by.includes(person.name));
  }
}
