// A hearing by video, from the opening to the sealed case file: the recordings prove themselves by the file, play, and a
// changed byte is found.

import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Page } from "@playwright/test";

import { expect } from "./court";
import { Court, test } from "./link";
import { CHEN } from "./script";
import type { Seat } from "./wire";

/** The steps of the script from the opening to the seal. */
const [OPENS, SEALED] = [26, 103];

test("recordings play from the sealed case file, and their hashes verify", async ({ browser, server }, testInfo) => {
  test.setTimeout(600_000);
  const court = await Court.sits(browser, server, ["p1", "r1"], []);
  await court.does({ by: "clerk", do: "admit", seat: "r2" });
  for (const step of CHEN.steps.slice(OPENS - 1, SEALED)) {
    if (step.refused) continue;
    await court.does(step);
    // What is said aloud takes a moment, and a file of it is to be more than its head.
    if (step.do === "give-floor") await court.person("p1").page.waitForTimeout(1_500);
  }
  const clerk = court.at("clerk");
  const [whole, folder] = [testInfo.outputPath("whole.zip"), testInfo.outputPath("recordings")];
  mkdirSync(folder);
  writeFileSync(whole, await fetched(clerk, "file?volume=whole"));
  const listed = JSON.parse((await fetched(clerk, "recordings")).toString()) as { seat: string; part: number; bytes: number; noted_bytes: number }[];
  expect(new Set(listed.map(({ seat }) => seat))).toEqual(new Set(["p1", "r1"]));
  for (const { seat, part, bytes, noted_bytes } of listed) {
    expect(noted_bytes, `${seat} ${part} is noted to the last byte`).toBe(bytes);
    writeFileSync(join(folder, `${seat}-${part}.webm`), await fetched(clerk, `recordings/${seat}/${part}`));
  }
  await test.step("the file names and proves each of them", async () => {
    const verdict = await server.verify(whole, folder);
    expect(verdict.status, verdict.said).toBe(0);
  });
  await test.step("they play, in a browser and in what others use", async () => {
    const player = await browser.newPage();
    await player.goto(server.origin);
    for (const { seat, part } of listed) {
      const path = join(folder, `${seat}-${part}.webm`);
      expect(await player.evaluate(plays, (await fetched(clerk, `recordings/${seat}/${part}`)).toString("base64")), `${seat} ${part}`).toBeGreaterThan(0);
      await expectProbed(path);
    }
    await player.close();
  });
  await test.step("a changed byte, and a file that is missing, are found", async () => {
    const [{ seat, part }] = listed as [{ seat: string; part: number }];
    const path = join(folder, `${seat}-${part}.webm`);
    const bytes = await fetched(clerk, `recordings/${seat}/${part}`);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(path, bytes);
    const verdict = await server.verify(whole, folder);
    expect(verdict.status, verdict.said).toBe(1);
    rmSync(path);
    const missing = await server.verify(whole, folder);
    expect(missing.status, missing.said).toBe(1);
  });
  expect(court.complaints).toEqual([]);
});

/** What a seat at the wire fetches of its hearing. */
async function fetched(seat: Seat, path: string): Promise<Buffer> {
  const answer = await fetch(`${seat.origin}/api/hearings/${seat.hearing}/${path}`, { headers: { authorization: `Bearer ${seat.key}` } });
  expect(answer.status, path).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

/** Plays a recording to its end, and says how many pictures and bytes of sound were decoded. */
async function plays(base64: string): Promise<number> {
  const video = document.createElement("video");
  document.body.append(video);
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
  video.playbackRate = 8;
  await video.play();
  await new Promise((done, failed) => {
    video.addEventListener("ended", done);
    video.addEventListener("error", () => failed(new Error(video.error?.message)));
  });
  const told = video as unknown as { webkitDecodedFrameCount: number; webkitAudioDecodedByteCount: number };
  return told.webkitDecodedFrameCount + told.webkitAudioDecodedByteCount;
}

/** Another player finds nothing wrong and a known codec. */
async function expectProbed(path: string): Promise<void> {
  const { stdout, stderr } = await promisify(execFile)("ffprobe", ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path]);
  expect(stderr, path).toBe("");
  expect(stdout.trim().split("\n").every((codec) => ["opus", "vp8"].includes(codec.trim().replace(/,$/, ""))), stdout).toBe(true);
}
