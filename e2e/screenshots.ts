// Makes the pictures of docs/screenshots/: each desk at the moment when it has most to do, in both languages, on a
// wide screen and on a phone. Each picture has a palette of 256 colours, so that the folder stays small.

import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Locator } from "@playwright/test";
import UPNG from "upng-js";

import { expect, Person, speaks, test, type Language } from "./court";
import { CHEN, type Script, type Step } from "./script";
import { Server } from "./server";
import { signIn } from "./staff";
import { draws, find, Play } from "./verbs";
import { Wire } from "./wire";

const FOLDER = resolve(import.meta.dirname, "../docs/screenshots");
const LANGUAGES: Language[] = ["zh-CN", "en"];
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 360, height: 800 } };
/** No picture may be larger. */
const BYTES_MAX = 150_000;
const COLOURS = 256;

/** After which step whose desk is taken, under what name, and what stands open or written in it. */
const PICTURES: [step: number, seat: string, name: string, before?: (person: Person) => Promise<void>][] = [
  [43, "chair", "chair"],
  [43, "clerk", "clerk", async (person) => person.part("editor").fill("每月租金六百元，水电另算")],
  [43, "o1", "gallery"],
  [44, "a2", "party"],
  [51, "a1", "question"],
  [51, "p2", "panel"],
  [63, "p3", "deliberation", async (person) => {
    await person.part("position-i1-agree").check();
    await person.part("sheet-i1").fill("租房合同、社保记录、工资流水三项相互印证。");
  }],
  [85, "chair", "decision", async (person) => void (await find(person, person.part("when-now")))],
  [87, "a1", "signing"],
];

/** What happens at the wire besides the script, so that the desks have something to show. */
const BESIDES: Record<number, Step[]> = {
  43: [
    { by: "chair", do: "give-floor", seat: "a2" },
    { by: "r1", do: "raise-hand" },
    { by: "r2", do: "raise-hand" },
  ],
  63: [
    { by: "p1", do: "opine", issue: "i1", position: "agree", reason: "工资流水很有说服力。" },
    { by: "p4", do: "opine", issue: "i1", position: "agree", reason: "同意。" },
  ],
};

test("the replay", async ({ browser }) => {
  test.setTimeout(300_000);
  const server = await Server.start(["--media", "127.0.0.1:0", "--lease-ms", "4000", "--ping-every-ms", "1000", "--recording-segment-ms", "1000"]);
  mkdirSync(FOLDER, { recursive: true });
  const seats = ["chair", "a1", "r1"];
  const wire = await Wire.arrives(SHOWN, server, seats);
  const people = new Map<string, Person>();
  for (const seat of seats) people.set(seat, await Person.comes(browser, seat, server.origin));
  const play = new Play(SHOWN, server.demo.seats, people);
  const does = async (first: number, last: number) => {
    for (const step of SHOWN.steps.slice(first - 1, last).filter((step) => !step.refused)) {
      await (people.has(step.by) ? play.does(step) : wire.does(step));
      play.knows(step);
      if (step.by !== "clerk") await people.get("chair")!.page.waitForTimeout(800);
    }
  };
  for (const seat of seats) await play.does({ by: seat, do: "arrive" });
  await does(14, 24);
  for (const person of people.values()) {
    await person.part("video-on").click();
    await expect(person.part("video")).toHaveAttribute("data-state", "open", { timeout: 30_000 });
  }
  await does(26, 39);
  const [chair, party] = [people.get("chair")!, people.get("a1")!];
  await party.context.setOffline(true);
  await expect(chair.part("record")).toContainText("中断", { timeout: 30_000 });
  await does(40, 43);
  await party.context.setOffline(false);
  await expect(chair.part("record")).toContainText("恢复", { timeout: 30_000 });
  await play.does({ by: "chair", do: "recess", reason: "休息十分钟" });
  for (const [person, name] of [[chair, "replay"], [party, "replay-missed"]] as const) {
    const hearing = new URL(person.page.url()).pathname.split("/")[2];
    await person.page.goto(`/hearings/${hearing}/replay?seat=${person.name}`);
    await picture(person, name, async ({ page }) => {
      if (name === "replay-missed") {
        // What was missed is heard; pictures are not of it.
        await person.part("catch-up").click();
        await expect(page.locator(".reel.on").first()).toBeVisible({ timeout: 20_000 });
      } else {
        const lines = person.part("replay-lines").locator("li").filter({ has: page.getByRole("button") });
        await lines.nth(Math.floor((await lines.count()) * 0.6)).getByRole("button").click();
        await expect(page.locator(".reel.live").first()).toBeVisible({ timeout: 20_000 });
      }
      await person.part("play").click();
    });
  }
  await server.end();
});

/** The hearing without the marks by which the tests look for what must not get out. */
const SHOWN: Script = JSON.parse(JSON.stringify(CHEN).replace(/SECRET-[A-Z]+-\d+\s*/g, ""));

test("the desks", async ({ server, browser }) => {
  test.setTimeout(600_000);
  mkdirSync(FOLDER, { recursive: true });
  const wire = await Wire.arrives(SHOWN, server, []);
  const people = new Map<string, Person>();
  let played = 0;
  for (const [step, seat, name, before] of PICTURES) {
    await wire.plays(played + 1, step);
    if (played !== step) for (const more of BESIDES[step] ?? []) await wire.does(more);
    played = step;
    const person = people.get(seat) ?? (await Person.comes(browser, seat, server.origin));
    if (!people.has(seat)) await wire.lends(person, seat);
    people.set(seat, person);
    await picture(person, name, before);
  }
});

test("the video link", async ({ browser }) => {
  test.setTimeout(300_000);
  const server = await Server.start(["--media", "127.0.0.1:0", "--lease-ms", "4000", "--ping-every-ms", "1000"]);
  mkdirSync(FOLDER, { recursive: true });
  const wire = await Wire.arrives(SHOWN, server, []);
  await wire.plays(1, 34);
  const people = new Map<string, Person>();
  for (const seat of ["chair", "clerk", "p1", "a1", "r1", "o1"]) {
    const person = await Person.comes(browser, seat, server.origin);
    await wire.lends(person, seat);
    await person.part("video-on").click();
    await expect(person.part("video")).toHaveAttribute("data-state", "open", { timeout: 30_000 });
    people.set(seat, person);
  }
  for (const [seat, name] of [["chair", "video-chair"], ["clerk", "video-clerk"], ["p1", "video-panel"], ["a1", "video-party"], ["o1", "video-gallery"]] as const) {
    const person = people.get(seat)!;
    // On the phone of the clerk, whose page begins with the keys, the pictures come further down.
    await picture(person, name, films, seat === "clerk" ? person.part("video") : undefined);
  }
  const [chair, party, gallery] = ["chair", "a1", "o1"].map((seat) => people.get(seat)!) as [Person, Person, Person];
  const shields = async (person: Person) => {
    await films(person);
    const seat = await find(person, person.part("seat-a1"));
    if (!(await person.part("alter-a1").isVisible())) await seat.locator("summary").click();
  };
  await picture(chair, "video-shield", shields, chair.part("alter-a1"));
  await shields(chair);
  await chair.part("alter-a1").click();
  await picture(party, "video-shielded", films, party.part("video-trouble"));
  await chair.page.setViewportSize(SIZES.phone);
  await expect(chair.part("cut-off"), "within reach, on a phone too").toBeInViewport();
  await chair.page.setViewportSize(SIZES.wide);
  await (await find(chair, chair.part("cut-off"))).click();
  await picture(gallery, "video-cut-off", async () => expect(gallery.part("is-cut-off")).not.toHaveText(""));
  await server.end();
});

test("the door", async ({ server, browser }) => {
  mkdirSync(FOLDER, { recursive: true });
  const person = await Person.comes(browser, "a1", server.origin);
  const invitation = server.demo.seats.find(({ seat }) => seat === "a1")!;
  await person.page.goto(invitation.link);
  await picture(person, "entry");
  await person.part("phone-tail").fill(invitation.phone_tail);
  await person.part("accept-invitation").click();
  await expect(person.part("arrival")).toBeVisible();
  await picture(person, "arrival", async () => person.part("accept").check());
  await person.part("arrive").click();
  await expect(person.part("waiting-room")).toBeVisible();
  await picture(person, "waiting");
});

test("the equipment check", async ({ browser }) => {
  test.setTimeout(300_000);
  const server = await Server.start(["--media", "127.0.0.1:0"]);
  mkdirSync(FOLDER, { recursive: true });
  const wire = await Wire.arrives(SHOWN, server, ["a1", "r1", "w1"]);
  const party = await Person.comes(browser, "a1", server.origin);
  const invitation = server.demo.seats.find(({ seat }) => seat === "a1")!;
  await party.page.goto(invitation.link);
  await party.part("phone-tail").fill(invitation.phone_tail);
  await party.part("accept-invitation").click();
  await party.part("check-first").click();
  await expect(party.part("begin")).not.toHaveAttribute("aria-disabled", "true");
  await picture(party, "check");
  const looks = async () => {
    await party.part("begin").click();
    await expect(party.part("questions")).toBeVisible({ timeout: 40_000 });
  };
  await picture(party, "check-looking", looks);
  await picture(party, "check-done", async () => {
    await looks();
    for (const question of ["seen", "heard", "smooth"]) await party.part(`${question}-yes`).check();
    await party.part("finish").click();
    await expect(party.part("kept")).toHaveText(/已告诉|has been told/);
  });
  const clerk = await Person.comes(browser, "clerk", server.origin);
  await wire.lends(clerk, "clerk");
  await picture(clerk, "check-roll", async () => clerk.part("tab-roll").click());
  await party.context.addInitScript(() => {
    MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  await picture(party, "check-denied", async () => {
    await party.part("begin").click();
    await expect(party.part("trouble")).toBeVisible();
  });
  await party.context.addInitScript(() => Object.defineProperty(Navigator.prototype, "mediaDevices", { get: () => undefined }));
  await picture(party, "check-inside", async () => expect(party.part("trouble")).toBeVisible());
  await server.end();
});

test("the office and the board of notices", async ({ server, browser }) => {
  mkdirSync(FOLDER, { recursive: true });
  const { accounts, hearing } = server.demo;
  const reader = await Person.comes(browser, "reader", server.origin);
  for (const [name, path] of [["notices", "/"], ["notice", `/notices/${hearing}`]] as const) {
    await reader.page.goto(path);
    await picture(reader, name);
  }
  const handler = await Person.comes(browser, "handler", server.origin);
  const { name, password } = accounts.find((account) => account.name === "handler")!;
  await signIn(handler, name, password);
  for (const [page, path] of [
    ["hearings", "/office"],
    ["prepare", "/office/hearings/new"],
    ["hearing", `/office/hearings/${hearing}`],
    ["pool", "/office/pool"],
  ] as const) {
    await handler.page.goto(path);
    await picture(handler, page);
  }
});

test("the papers", async ({ browser, server }) => {
  test.setTimeout(300_000);
  mkdirSync(FOLDER, { recursive: true });
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, CHEN.steps.length);
  const handler = await Person.comes(browser, "handler", server.origin);
  const { name, password } = server.demo.accounts.find((account) => account.name === "handler")!;
  await signIn(handler, name, password);
  await handler.page.goto(`/hearings/${wire.seat("clerk").hearing}/papers`);
  await picture(handler, "papers", async () => {
    await handler.part("look-notice-a1").click();
    await expect(handler.page.frameLocator("iframe").locator("h1")).toHaveText("听证通知书");
  });
  const party = await Person.comes(browser, "a1", server.origin);
  await wire.lends(party, "a1");
  await party.page.goto(`/hearings/${wire.seat("clerk").hearing}/papers?seat=a1`);
  await picture(party, "papers-party");
});

test("signing the record", async ({ browser, server }) => {
  test.setTimeout(300_000);
  mkdirSync(FOLDER, { recursive: true });
  const wire = await Wire.arrives(SHOWN, server, []);
  await wire.plays(1, 87);
  const person = await Person.comes(browser, "a1", server.origin);
  await wire.lends(person, "a1");
  const tail = server.demo.seats.find(({ seat }) => seat === "a1")!.phone_tail;
  await person.page.goto(`/hearings/${wire.seat("a1").hearing}/sign?seat=a1`);
  const identifies = async () => {
    await person.part("sign-next").click();
    await person.part("sign-tail").fill(tail);
  };
  await picture(person, "sign-read", async () => expect(person.part("record-to-sign")).toBeVisible());
  await picture(person, "sign-who", identifies);
  await picture(person, "sign-paper", async () => {
    await identifies();
    await person.part("sign-how-paper").check();
    await person.part("sign-on").click();
  });
  await picture(person, "sign-hand", async () => {
    await identifies();
    await person.part("sign-on").click();
    await draws(person);
  });
  await person.part("sign").click();
  await expect(person.part("sign-done")).toBeVisible();
  await picture(person, "sign-done", async () => expect(person.part("drawn")).toBeVisible());
});

test("exhibits, page by page", async ({ browser, server }) => {
  mkdirSync(FOLDER, { recursive: true });
  const wire = await Wire.arrives(SHOWN, server, []);
  await wire.plays(1, 60);
  const person = await Person.comes(browser, "a1", server.origin);
  await wire.lends(person, "a1");
  await person.page.goto(`/hearings/${wire.seat("a1").hearing}/exhibits?seat=a1`);
  await picture(person, "exhibits", async () => (await find(person, person.part("read-1"))).click());
});

test("deliveries and the archive", async ({ browser, server }) => {
  test.setTimeout(300_000);
  mkdirSync(FOLDER, { recursive: true });
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, CHEN.steps.length);
  const { hearing } = wire.seat("clerk");
  const handler = await Person.comes(browser, "handler", server.origin);
  const { name, password } = server.demo.accounts.find((account) => account.name === "handler")!;
  await signIn(handler, name, password);
  await handler.page.goto(`/office/hearings/${hearing}/deliveries`);
  await picture(handler, "deliveries", async () => expect(handler.part("deliveries")).toBeVisible());
  await handler.page.goto("/office/archive?text=%E5%B1%85%E4%BD%8F");
  await picture(handler, "archive", async () => expect(handler.part(`archived-${hearing}`)).toBeVisible({ timeout: 30_000 }));
  await handler.page.goto(`/office/archive/${hearing}`);
  await picture(handler, "archive-file", async () => expect(handler.part("retention")).toBeVisible());
});

/** `shown` is what the picture is to show, wherever the page has it. */
async function picture(person: Person, name: string, before?: (person: Person) => Promise<void>, shown?: Locator): Promise<void> {
  const { page, context } = person;
  for (const language of LANGUAGES) {
    await speaks(context, new URL(page.url()).origin, language);
    await page.reload();
    await page.locator("html[data-ready]").waitFor();
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    if (page.url().includes("/seats/") && !page.url().endsWith("/check")) await person.isConnected();
    await before?.(person);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.evaluate(() => document.fonts.ready);
      if (shown) await (await find(person, shown)).evaluate((part) => part.scrollIntoView({ block: "center" }));
      const shot = await page.screenshot({ animations: "disabled" });
      const file = resolve(FOLDER, `${name}-${language.slice(0, 2)}-${size}.png`);
      writeFileSync(file, small(shot, file));
    }
    await page.setViewportSize(SIZES.wide);
  }
}

/** The link is open again, and every face on the page moves. */
async function films(person: Person): Promise<void> {
  await expect(person.part("video")).toHaveAttribute("data-state", "open", { timeout: 30_000 });
  // Where nobody stands in front, as on the desk of the clerk, faces are all there is.
  const front = person.page.locator(".in-front .live video");
  const seen = person.page.locator(".faces .live video").or(front);
  await expect.poll(() => seen.count(), { timeout: 60_000 }).toBeGreaterThan(2);
  if (person.name !== "clerk") await expect(front).toBeVisible({ timeout: 60_000 });
  await seen.evaluateAll(async (videos) => {
    const frame = (video: HTMLVideoElement) => new Promise((done) => video.requestVideoFrameCallback(done));
    await Promise.all((videos as HTMLVideoElement[]).map(async (video) => {
      await frame(video);
      await frame(video);
    }));
  });
}

/** The same picture with a palette. */
function small(png: Buffer, file: string): Buffer {
  const read = UPNG.decode(png);
  const bytes = Buffer.from(UPNG.encode(UPNG.toRGBA8(read), read.width, read.height, COLOURS));
  expect(bytes.length, file).toBeLessThanOrEqual(BYTES_MAX);
  return bytes;
}
