// A hearing by video: who receives the sound and the picture of whom, counted by the browsers themselves, in every phase.

import type { Page } from "@playwright/test";

import { barriers, expect, expectNoSideways, type Person } from "./court";
import { Court, HEARD, loudness, PRESENTED, silence, speakAgain, switchOff, test, type Received, type Receives } from "./link";

/** How long a link is cut. */
const CUT_MS = 8_000;
const SEEN = ["chair", "p1", "p2", "a1", "a2"];

test("in every phase each hears and sees those whom the rules let them, and nobody else", async ({ browser, server }) => {
  test.setTimeout(900_000);
  const court = await Court.sits(browser, server, ["chair", "p1", "p2", "a1", "a2", "o1"], ["a2"]);

  await test.step("before the opening the chair is heard, and all who take part are seen", () =>
    court.receives(inCourt(["chair"])));

  await court.does(...PRESENTED, { by: "chair", do: "give-floor", seat: "a1" });
  await test.step("with the floor a party is heard", () => court.receives(inCourt(["chair", "a1"])));
  await test.step("no barriers, and nothing wider than the screen", async () => {
    for (const seat of ["chair", "p1", "a1", "o1"]) {
      const person = court.person(seat);
      await expect(person.page.locator(".faces .live").first(), `${seat} sees faces`).toBeVisible();
      expect.soft(await barriers(person.page), seat).toEqual([]);
      await person.page.setViewportSize({ width: 360, height: 740 });
      await expectNoSideways(person, `${seat} on a phone`);
      await person.page.setViewportSize({ width: 1440, height: 900 });
    }
  });
  await court.does({ by: "a1", do: "say", text: "我在县城上班。" }, { by: "a2", do: "raise-hand" });
  await test.step("a raised hand opens no microphone, whatever the browser sends", async () => {
    await court.receives(inCourt(["chair", "a1"]));
    expect(await court.sends("a2"), "the client that does not obey sends all the while").toBeGreaterThan(0);
  });
  await court.does({ by: "chair", do: "give-floor", seat: "a2" });
  await test.step("the floor goes to another, and so does the sound", () => court.receives(inCourt(["chair", "a2"])));

  await expect(court.person("p1").part("in-front")).toHaveAttribute("data-seat", "a2");
  await court.does({ by: "chair", do: "recess", reason: "休息" });
  await test.step("in a break each is with its own", () => court.receives(apart));
  await test.step("who speaks in one's own room is in front, and nobody of another", async () => {
    await expect(court.person("p1").part("in-front")).toHaveAttribute("data-seat", "p2");
    for (const person of court.people) {
      const front = await person.part("in-front").getAttribute("data-seat");
      expect(["", ...apart(person.name).seen], person.name).toContain(front);
    }
  });
  await court.does({ by: "chair", do: "resume" });
  await test.step("after it the floor is where it was", () => court.receives(inCourt(["chair", "a2"])));

  await court.does(...HEARD, { by: "p2", do: "ask", to: "a1", text: "工资怎么发放？", as: "q" });
  await test.step("a question that is not put is not heard", () => court.receives(inCourt(["chair"])));
  await court.does({ by: "chair", do: "admit-question", of: "q" });
  await test.step("who asked and who may answer are heard", () => court.receives(inCourt(["chair", "p2", "a1", "a2"])));
  await court.does({ by: "a1", do: "answer", of: "q", text: "都是转账。" });
  await test.step("answered, both are closed again", () => court.receives(inCourt(["chair"])));

  await court.does({ by: "chair", do: "advance", to: "deliberation" });
  await test.step("the panel deliberates alone", () => court.receives(apart));
  const sheets = ["p1", "p2", "p3", "p4", "p5"].flatMap((by) => ["i1", "i2"].map((issue) => ({ by, do: "opine", issue, position: "agree", reason: "证据相互印证" })));
  await court.does(...sheets, { by: "p1", do: "choose-speaker", seat: "p2" }, { by: "chair", do: "advance", to: "opinion" });
  await test.step("who reads for the panel is heard by all", () => court.receives(inCourt(["chair", "p2"])));
  await court.does({ by: "p2", do: "deliver-opinion", text: "多数意见同意。" }, { by: "chair", do: "advance", to: "final-statements" });
  await court.does({ by: "chair", do: "give-floor", seat: "a2" });
  await test.step("the last statements", () => court.receives(inCourt(["chair", "a2"])));
  await court.does({ by: "a2", do: "say", text: "请求依法监督。" }, { by: "chair", do: "give-floor", seat: "r1" }, { by: "r1", do: "say", text: "愿意协商。" });
  await court.does({ by: "chair", do: "advance", to: "summary" });
  await test.step("the chair sums up alone", () => court.receives(inCourt(["chair"])));
  for (const person of court.people) await person.part("video-off").click();
  await test.step("whoever leaves the link is received by nobody", () => court.receives(() => ({ heard: [], seen: [] })));
  expect(court.complaints).toEqual([]);
});

test("a speaker is cut off for eight seconds: the floor is kept, the clock stands, the gap is in the record", async ({ browser, server }) => {
  test.setTimeout(360_000);
  const court = await Court.sits(browser, server, ["p1", "a1"], []);
  await court.does(...PRESENTED, { by: "chair", do: "give-floor", seat: "a1" });
  const both = (seat: string) => (seat === "p1" ? { heard: ["a1"], seen: ["a1"] } : { heard: [], seen: ["p1"] });
  await court.receives(both);
  const [speaker, panellist] = [court.person("a1"), court.person("p1")];

  const left = async () => {
    const [minutes, seconds] = (await panellist.part("clock").first().innerText()).split(":").map(Number) as [number, number];
    return minutes * 60 + seconds;
  };
  await test.step("the network is gone", async () => {
    const before = await left();
    await speaker.context.setOffline(true);
    await expect(speaker.part("lost")).toBeVisible({ timeout: 30_000 });
    await expect(panellist.part("record")).toContainText("中断", { timeout: 30_000 });
    await court.receives(() => ({ heard: [], seen: [] }), "now");
    await expect(panellist.part("speaker")).toHaveAttribute("data-holder", "a1");
    // What passed until it was noticed is given back.
    expect(await left(), "seconds left of the turn").toBeGreaterThanOrEqual(before - 3);
    const stands = await panellist.part("clock").first().innerText();
    await panellist.page.waitForTimeout(CUT_MS);
    await expect(panellist.part("clock").first()).toHaveText(stands);
  });
  await test.step("it is back, and so are sound and picture, without a press", async () => {
    await speaker.context.setOffline(false);
    await expect(speaker.part("lost")).toHaveCount(0, { timeout: 30_000 });
    await expect(speaker.part("video")).toHaveAttribute("data-state", "open", { timeout: 30_000 });
    await court.receives(both);
  });
  await expect(speaker.part("turn")).toHaveAttribute("data-mine", "true");
  await expect(panellist.part("record")).toContainText("恢复");
  const goesOn = await left();
  await expect.poll(left, "the clock goes on").toBeLessThan(goesOn);
  expect(court.complaints).toEqual([]);
});

test("what the court hears and sees is recorded and plays; a microphone that falls silent is missed aloud", async ({ browser, server }) => {
  test.setTimeout(360_000);
  const court = await Court.sits(browser, server, ["chair", "a1"], []);
  await expect(court.person("chair").part("recorded"), "nothing is recorded before the opening").toBeHidden();
  await court.does(...PRESENTED, { by: "chair", do: "give-floor", seat: "a1" });
  await court.receives((seat) => (seat === "chair" ? { heard: ["a1"], seen: ["a1"] } : { heard: ["chair"], seen: ["chair"] }));
  const [chair, party] = [court.person("chair"), court.person("a1")];
  await expect(party.part("recorded")).toBeVisible();
  await expect(chair.part("unheard"), "nobody is missed who is heard").toHaveCount(0);

  await test.step("the alarm", async () => {
    await party.page.evaluate(silence);
    await expect(chair.part("unheard")).toContainText("没有收到 陈某某");
    await expect(party.part("unheard")).toContainText("没有收到您的声音");
    await party.page.evaluate(speakAgain);
    await expect(chair.part("unheard")).toHaveCount(0);
    await expect(party.part("unheard")).toHaveCount(0);
  });
  await test.step("the alarm, where the browser sends on and sends silence", async () => {
    // The chair is silent before the party is, and for longer; but need not speak.
    await chair.page.evaluate(switchOff, true);
    await party.page.evaluate(switchOff, true);
    await expect(chair.part("unheard")).toContainText("没有收到 陈某某", { timeout: 5_000 });
    await party.page.evaluate(switchOff, false);
    await expect(chair.part("unheard")).toHaveCount(0);
    await chair.page.evaluate(switchOff, false);
  });

  await court.does({ by: "chair", do: "recess", reason: "休息" });
  await expect(party.part("recorded")).toBeHidden();
  await test.step("the files are in the log to the last byte, and play", async () => {
    const player = await browser.newPage();
    await expect.poll(async () => (await recordings(chair.page)).map(({ seat, bytes, noted_bytes }) => `${seat} ${bytes > 0 && bytes === noted_bytes}`).sort())
      .toEqual(["a1 true", "chair true"]);
    for (const { seat, part } of await recordings(chair.page)) {
      const played = await player.evaluate(plays, await recording(chair.page, seat, part));
      // A browser sends smaller pictures while the line is new.
      expect(played.width / played.height, seat).toBeCloseTo(16 / 9, 1);
      expect(played.pictures, `${seat} is seen`).toBeGreaterThan(10);
      expect(played.sound, `${seat} is heard`).toBeGreaterThan(1_000);
    }
    await player.close();
  });
  expect(court.complaints).toEqual([]);
});

test("whoever is shielded is seen by nobody and heard with another voice; cut off, the gallery has neither", async ({ browser, server }) => {
  test.setTimeout(480_000);
  const court = await Court.sits(browser, server, ["chair", "a1", "p1", "o1"], []);
  await court.does(...PRESENTED, { by: "chair", do: "give-floor", seat: "a1" });
  const [chair, party, panellist, gallery] = ["chair", "a1", "p1", "o1"].map((seat) => court.person(seat)) as [Person, Person, Person, Person];
  const others = (of: string[]) => (seat: string) => of.filter((other) => other !== seat);
  const all = (seen: string[]): Receives => (seat) => ({ heard: others(["chair", "a1"])(seat), seen: others(seen)(seat) });
  await court.receives(all(["chair", "a1", "p1"]));
  expect(await court.sends("a1")).toBeGreaterThan(0);
  expect(await party.page.evaluate(whatIsSent)).not.toContain("MediaStreamAudioDestinationNode");

  await test.step("not seen, and with another voice", async () => {
    await chair.part("seat-a1").locator("summary").click();
    await expect(chair.part("alter-a1"), "what was opened is in sight as a whole").toBeInViewport({ ratio: 1 });
    await court.changes("shield", () => chair.part("alter-a1").click());
    await court.receives(all(["chair", "p1"]));
    expect(await party.page.evaluate(whatIsSent), "what is sent is not what the microphone gives")
      .toEqual(["MediaStreamAudioDestinationNode"]);
    const before = await panellist.page.evaluate(loudness);
    await expect.poll(async () => (await panellist.page.evaluate(loudness)) - before, "and it sounds").toBeGreaterThan(0.001);
    await expect(party.part("video-trouble")).toContainText("改变后的声音");
    await expect(party.part("video-camera")).toBeHidden();
    await expect(party.page.locator(".own .live"), "its camera is off").toHaveCount(0);
    await expect(panellist.part("record")).toContainText("不暴露外貌、真实声音参加听证");
    await expect(panellist.part("tile-a1")).toHaveCount(0);
    for (const person of [chair, party]) expect.soft(await barriers(person.page), person.name).toEqual([]);
  });
  await test.step("seen again", async () => {
    await court.changes("shield", () => chair.part("shield-a1").click());
    await court.receives(all(["chair", "a1", "p1"]));
    expect(await party.page.evaluate(whatIsSent)).not.toContain("MediaStreamAudioDestinationNode");
  });
  await test.step("the gallery is cut off, and reads on", async () => {
    await court.changes("shield", () => chair.part("cut-off").click());
    const cut = all(["chair", "a1", "p1"]);
    await court.receives((seat) => (seat === "o1" ? { heard: [], seen: [] } : cut(seat)));
    await expect(gallery.part("is-cut-off")).toContainText("暂时切断");
    await expect(gallery.part("in-front"), "no dark box beside the words").toBeHidden();
    await expect(panellist.part("is-cut-off")).toHaveText("");
    await court.does({ by: "clerk", do: "record", speaker: "a1", text: "记录照常。" });
    await expect(gallery.part("record")).toContainText("记录照常");
    await gallery.page.setViewportSize({ width: 360, height: 740 });
    await expectNoSideways(gallery, "the gallery on a phone");
    await court.changes("shield", () => chair.part("cut-off").click());
    await court.receives(cut);
    await expect(gallery.part("is-cut-off")).toHaveText("");
  });
  expect(court.complaints).toEqual([]);
});

test("in a mediation the chair is alone with the sides, in a caucus with one of them, and nobody else hears or sees it", async ({ browser, server }) => {
  test.setTimeout(480_000);
  const court = await Court.sits(browser, server, ["chair", "a1", "r1", "p1", "o1"], []);
  await court.does(...PRESENTED);
  const room = (...inside: string[]): Receives => (seat) => {
    const others = inside.includes(seat) ? inside.filter((other) => other !== seat) : [];
    return { heard: others, seen: others };
  };
  const inSession = (seat: string): Received => {
    const others = (of: string[]) => of.filter((other) => other !== seat);
    return { heard: others(["chair"]), seen: others(["a1", "chair", "p1", "r1"]) };
  };
  await court.receives(inSession);
  for (const party of ["a1", "r1"]) await court.says(party, { mediation: { consent: { given: true } } });
  await test.step("the sides and the chair", async () => {
    await court.changes("mediation", () => court.says("chair", { mediation: { open: {} } }));
    await court.receives(room("chair", "a1", "r1"));
  });
  await test.step("a caucus with the one side", async () => {
    await court.changes("mediation", () => court.says("chair", { mediation: { caucus: { with: "applicant" } } }), ["o1"]);
    await court.receives(room("chair", "a1"));
  });
  await test.step("and with the other", async () => {
    await court.changes("mediation", () => court.says("chair", { mediation: { caucus: { with: "respondent" } } }), ["o1"]);
    await court.receives(room("chair", "r1"));
  });
  await test.step("after it the court is as it was", async () => {
    await court.changes("mediation", () => court.says("chair", { mediation: { end: { outcome: "not-agreed" } } }));
    await court.receives(inSession);
  });
  expect(court.complaints).toEqual([]);
});

/** The names of the sources of the sound that a page sends. */
async function whatIsSent(): Promise<string[]> {
  const open = (window as unknown as { made: RTCPeerConnection[] }).made.filter((line) => line.connectionState === "connected");
  return open.flatMap((line) => line.getSenders()).filter(({ track }) => track?.kind === "audio").map(({ track }) => track!.label);
}

/** Panel, office and each party with its agent, all for themselves. */
function apart(seat: string): Received {
  const room = [["p1", "p2"], ["a1", "a2"]].find((room) => room.includes(seat)) ?? [];
  const others = room.filter((other) => other !== seat);
  return { heard: others, seen: others };
}

/** In court everybody who takes part is seen by all, and these are heard. */
function inCourt(heard: string[]): Receives {
  const others = (of: string[]) => (seat: string) => of.filter((other) => other !== seat);
  return (seat) => ({ heard: others(heard)(seat), seen: others(SEEN)(seat) });
}

interface Recorded {
  seat: string;
  part: number;
  bytes: number;
  noted_bytes: number;
}

/** The recordings as the chair gets them, by the key of the seat. */
async function recordings(page: Page): Promise<Recorded[]> {
  return JSON.parse(Buffer.from(await fetched(page, ""), "base64").toString());
}

/** A recording, in base64. */
async function recording(page: Page, seat: string, part: number): Promise<string> {
  return fetched(page, `/${seat}/${part}`);
}

async function fetched(page: Page, path: string): Promise<string> {
  return page.evaluate(async (path) => {
    const [, , hearing, , seat] = location.pathname.split("/");
    const key = localStorage.getItem(`fengqiao.seat.${hearing}.${seat}`);
    const answer = await fetch(`/api/hearings/${hearing}/recordings${path}`, { headers: { authorization: `Bearer ${key}` } });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
  }, path);
}

/** Plays a recording from its beginning to its end, and tells what came of it. */
async function plays(base64: string): Promise<{ width: number; height: number; pictures: number; sound: number }> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const video = document.createElement("video");
  document.body.append(video);
  video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
  video.playbackRate = 4;
  await video.play();
  await new Promise((done) => video.addEventListener("ended", done));
  const told = video as unknown as { webkitDecodedFrameCount: number; webkitAudioDecodedByteCount: number };
  return {
    width: video.videoWidth,
    height: video.videoHeight,
    pictures: told.webkitDecodedFrameCount,
    sound: told.webkitAudioDecodedByteCount,
  };
}
