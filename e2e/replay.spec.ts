// A hearing heard and seen again: by those who keep the file all of it, by whoever was cut off what it missed.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { Page } from "@playwright/test";

import { barriers, expect, expectNoSideways, Person, testWith } from "./court";
import { CHEN, type Step } from "./script";
import { Server } from "./server";
import { takenOver } from "./staff";
import { Play } from "./verbs";
import { Wire } from "./wire";

const OPTIONS = ["--media", "127.0.0.1:0", "--lease-ms", "4000", "--ping-every-ms", "1000", "--recording-segment-ms", "1000"];
/** How long something is said. */
const SAID_MS = 3_000;
/** How far sound and picture may be from where they should be, in milliseconds. */
const ASTRAY_MS = 300;

const test = testWith(OPTIONS);

test("a line that is pressed is heard and seen; whoever was cut off reads and hears what it missed", async ({ browser, server }) => {
  test.setTimeout(480_000);
  const { play, wire, chair, party } = await court(browser, server);
  const does = async (...steps: Step[]) => {
    for (const step of steps) await (play.people.has(step.by) ? play.does(step) : wire.does(step));
  };
  await does({ by: "chair", do: "open" }, { by: "chair", do: "advance", to: "introduction" }, { by: "chair", do: "give-floor", seat: "handler" });
  await chair.page.waitForTimeout(SAID_MS);
  await does({ by: "handler", do: "say", text: "现介绍案件基本情况。" }, { by: "chair", do: "advance", to: "statements" });

  await test.step("the party is cut off while somebody speaks", async () => {
    await party.context.setOffline(true);
    await expect(party.part("lost")).toBeVisible({ timeout: 30_000 });
    await expect(chair.part("record")).toContainText("中断", { timeout: 30_000 });
    await does({ by: "chair", do: "give-floor", seat: "r1" });
    await chair.page.waitForTimeout(SAID_MS);
    await does({ by: "r1", do: "say", text: "缺席时说的话。" });
    await party.context.setOffline(false);
    await expect(party.part("lost")).toHaveCount(0, { timeout: 30_000 });
    await expect(chair.part("record")).toContainText("恢复", { timeout: 30_000 });
  });
  await does({ by: "chair", do: "give-floor", seat: "a1" });
  await chair.page.waitForTimeout(SAID_MS);
  await does({ by: "a1", do: "say", text: "回来以后说的话。" });
  await does({ by: "chair", do: "recess", reason: "休息" });

  await test.step("the chair hears any line again", async () => {
    await replays(chair);
    await expect(chair.part("replay-lines").locator("li")).not.toHaveCount(0);
    await press(chair, "缺席时说的话。");
    await expect(chair.part("transport")).toHaveAttribute("data-plays", "true");
    await moves(chair.page, "chair");
    await expect(chair.page.locator("li.now")).toContainText("缺席时说的话。");
    await chair.part("play").click();
    await expect(chair.part("transport")).toHaveAttribute("data-plays", "false");
    await expect.poll(async () => Math.abs((await stands(chair.page, "chair")).apart), { message: "sound and picture are at the moment that is shown" })
      .toBeLessThan(ASTRAY_MS);
    expect((await stands(chair.page, "chair")).width, "there is a picture").toBeGreaterThan(0);
    expect(await barriers(chair.page)).toEqual([]);
  });
  await test.step("it ends by itself, and goes back to the beginning", async () => {
    await chair.part("rate-2").check();
    await press(chair, "回来以后说的话。");
    await expect(chair.part("transport")).toHaveAttribute("data-plays", "false", { timeout: 30_000 });
    await chair.part("play").click();
    await expect(chair.part("transport")).toHaveAttribute("data-plays", "true");
    await moves(chair.page, "chair");
    await chair.part("play").click();
  });
  await test.step("another player reads it too", async () => {
    const file = await chair.page.evaluate(async () => {
      const answer = await fetch(document.querySelector<HTMLVideoElement>("#reel-chair")!.src);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
    });
    const path = test.info().outputPath("chair.webm");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(file, "base64"));
    const probe = spawnSync("ffprobe", ["-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of", "csv", path], { encoding: "utf8" });
    expect(probe.error).toBe(undefined);
    expect(probe.stderr).toBe("");
    expect(probe.stdout).toMatch(/opus[^]*vp8/);
    expect(Number(/format,([\d.]+)/.exec(probe.stdout)![1]), "it says how long it is").toBeGreaterThan((3 * SAID_MS) / 1000);
  });
  await test.step("the party reads what it missed, then hears that and no more", async () => {
    const [opened] = await Promise.all([party.context.waitForEvent("page"), party.part("record").getByTestId("missed").click()]);
    await expect(opened.getByTestId("absence"), "from its line of the record").toBeVisible();
    await opened.close();
    await replays(party);
    const missed = party.part("absence");
    await expect(missed).toContainText("缺席时说的话。");
    await expect(missed).not.toContainText("回来以后说的话。");
    expect(await barriers(party.page)).toEqual([]);
    await party.part("catch-up").click();
    await moves(party.page, "chair");
    // A little faster or slower, so that all stay together.
    await expect.poll(async () => Math.abs((await stands(party.page, "chair")).rate - 1.5)).toBeLessThan(0.1);
    await expect(party.part("transport")).toHaveAttribute("data-plays", "false", { timeout: 60_000 });
    // The moment it stopped at is when it was back: nothing after it is played.
    const at = Number(await party.part("transport").getAttribute("data-at"));
    const back = await party.page.locator("#replay-lines li", { hasText: "恢复" }).getAttribute("data-at");
    expect(Math.abs(at - Number(back))).toBeLessThan(ASTRAY_MS);
    await party.page.setViewportSize({ width: 360, height: 740 });
    await expectNoSideways(party, "the replay on a phone");
  });
  await test.step("whoever missed nothing reads the record", async () => {
    const panellist = await Person.comes(browser, "p1", server.origin);
    await wire.lends(panellist, "p1");
    await panellist.page.goto(address(await hearing(chair.page), "p1"));
    await expect(panellist.part("replay-text-alone")).toBeVisible();
    await expect(panellist.part("replay-lines")).toContainText("缺席时说的话。");
    await expect(panellist.page.locator("video")).toHaveCount(0);
    expect(await barriers(panellist.page)).toEqual([]);
  });
  await test.step("whoever is nobody is shown nothing", async () => {
    const stranger = await Person.comes(browser, "stranger", server.origin);
    await stranger.page.goto(`/hearings/${await hearing(chair.page)}/replay`);
    await expect(stranger.part("replay-signed-out")).toBeVisible();
    expect(await stranger.received.holds("缺席时说的话。")).toBe(false);
  });
  expect([...chair.complaints, ...party.complaints]).toEqual([]);
});

/** Everybody is let in; chair and first party have turned the link on. */
async function court(browser: Parameters<typeof Person.comes>[0], server: Server) {
  const wire = await Wire.arrives(CHEN, server, ["chair", "a1"]);
  const people = new Map<string, Person>();
  for (const seat of ["chair", "a1"]) people.set(seat, await Person.comes(browser, seat, server.origin));
  const play = new Play(CHEN, server.demo.seats, people);
  for (const seat of people.keys()) await play.does({ by: seat, do: "arrive" });
  for (const seat of CHEN.seats.map(({ id }) => id).filter((id) => id !== "chair" && id !== "clerk" && id !== "r2")) {
    await wire.does({ by: "clerk", do: "admit", seat });
  }
  for (const person of people.values()) await person.part("video-on").click();
  for (const person of people.values()) {
    await expect(person.part("video"), person.name).toHaveAttribute("data-state", "open", { timeout: 30_000 });
  }
  return { play, wire, chair: play.person("chair"), party: play.person("a1") };
}

async function hearing(page: Page): Promise<string> {
  return page.evaluate(() => location.pathname.split("/")[2]!);
}

function address(hearing: string, seat: string): string {
  return `/hearings/${hearing}/replay?seat=${seat}`;
}

/** Opens the replay in a window of its own, once everything that was recorded is in the log. */
async function replays(person: Person): Promise<void> {
  await person.page.goto(address(await hearing(person.page), person.name));
  await takenOver(person.page);
  await expect(person.part("replay")).toBeVisible();
  await expect(async () => {
    await person.page.reload();
    await expect(person.part("stage").locator("figure")).not.toHaveCount(0, { timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}

async function press(person: Person, text: string): Promise<void> {
  await person.part("replay-lines").locator("li", { hasText: text }).getByRole("button").click();
}

/** Waits until what is played of a seat goes on: time that has gone further, in an element that plays. One that is set to its moment also has another time. */
async function moves(page: Page, seat: string): Promise<void> {
  const goes = (seat: string) =>
    new Promise<boolean>((told) => {
      const video = document.querySelector<HTMLVideoElement>(`#reel-${seat}`)!;
      const before = video.currentTime;
      const played = () => told(!video.paused && !video.seeking && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && video.currentTime > before && video.currentTime < before + 2);
      video.addEventListener("timeupdate", played, { once: true });
      setTimeout(played, 1_000);
    });
  await expect.poll(() => page.evaluate(goes, seat), { timeout: 20_000 }).toBe(true);
}

/** How far what is played of a seat is from the moment that is shown, in milliseconds; how large and how fast it is. */
async function stands(page: Page, seat: string): Promise<{ apart: number; width: number; rate: number }> {
  return page.evaluate(async (seat) => {
    const [, , hearing] = location.pathname.split("/");
    const me = new URLSearchParams(location.search).get("seat");
    const key = localStorage.getItem(`fengqiao.seat.${hearing}.${me}`);
    const answer = await fetch(`/api/hearings/${hearing}/recordings`, { headers: { authorization: `Bearer ${key}` } });
    const video = document.querySelector<HTMLVideoElement>(`#reel-${seat}`)!;
    const part = Number(new URL(video.src).pathname.split("/").at(-1));
    const files: { seat: string; part: number; from: number }[] = await answer.json();
    const { from } = files.find((file) => file.seat === seat && file.part === part)!;
    const shown = Number(document.querySelector<HTMLElement>("[data-testid=transport]")!.dataset.at);
    return { apart: from + video.currentTime * 1000 - shown, width: video.videoWidth, rate: video.playbackRate };
  }, seat);
}
