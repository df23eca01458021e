// The browser's end of the video link: what its owner is asked, told and can press, and what happens when the browser, the
// network or another window stands in the way.

import { chromium, type Locator } from "@playwright/test";

import { expect, expectNoSideways, Person, speaks } from "./court";
import { keepsConnections, test } from "./link";
import settings from "./playwright.config";
import { CHEN } from "./script";
import type { Server } from "./server";
import { Wire } from "./wire";

/** After this step of the script the first statement begins: a1 has the floor. */
const A1_SPEAKS = 34;
const OPENS_MS = { timeout: 30_000 };
/** Two tries of a link that does not open, and the pauses between them. */
const BLOCKED_MS = { timeout: 90_000 };

/** A hearing at the wire, in which a1 has the floor. */
async function sits(server: Server): Promise<Wire> {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, A1_SPEAKS);
  return wire;
}

async function turnsOn(person: Person): Promise<void> {
  await person.part("video-on").click();
  await isOpen(person);
}

async function isOpen(person: Person): Promise<void> {
  await expect(person.part("video"), person.name).toHaveAttribute("data-state", "open", OPENS_MS);
}

/** Whose picture moves on the page of somebody. */
function moves(person: Person, seat: string) {
  return person.part(`tile-${seat}`).locator(".live");
}

test("whoever comes back without having touched the page is asked for one press, and hears", async ({ browser, server }) => {
  const wire = await sits(server);
  const speaker = await Person.comes(browser, "a1", server.origin);
  await wire.lends(speaker, "a1");
  await turnsOn(speaker);
  // As browsers come out of the box; but what looks at a page for a test counts as a touch, so the refusal is played.
  const { args, ...options } = settings.use!.launchOptions!;
  const plain = await chromium.launch({ ...options, args: args!.filter((arg) => !arg.startsWith("--autoplay-policy")) });
  const watcher = await Person.comes(plain, "o1", server.origin);
  await watcher.context.addInitScript(soundsOnlyWhenTouched);
  await wire.lends(watcher, "o1");
  await turnsOn(watcher);
  await expect(watcher.part("video-hear"), "a press was made").toBeHidden();
  await expect.poll(() => watcher.page.evaluate(sounds)).toBe(true);

  await watcher.page.reload();
  await isOpen(watcher);
  const hear = watcher.part("video-hear");
  await expect(hear).toBeVisible();
  await expect(hear).toHaveText("点这里打开声音");
  expect(await watcher.page.evaluate(sounds)).toBe(false);
  await hear.click();
  await expect(hear).toBeHidden();
  await expect.poll(() => watcher.page.evaluate(sounds)).toBe(true);
  expect([...watcher.complaints, ...speaker.complaints]).toEqual([]);
  await plain.close();
});

test("a refusal that passes is waited out, another turns the link off and is told", async ({ browser, server }) => {
  const wire = await sits(server);
  const party = await Person.comes(browser, "r1", server.origin);
  const refusals = ["link.too-often", "error.stopping"];
  await party.page.routeWebSocket(/\/room$/, (page) => {
    const room = page.connectToServer();
    page.onMessage((text) => {
      const { link } = JSON.parse(String(text));
      const code = link && refusals.shift();
      if (code === undefined) return room.send(text);
      const refusal = { code, article: "", article_en: "", zh: "接通视频的请求没有受理。", en: "The offer was not taken." };
      page.send(JSON.stringify({ refused: { id: link.id, refusal } }));
    });
  });
  await wire.lends(party, "r1");
  await turnsOn(party);
  expect(refusals, "both were met with patience").toEqual([]);
  await expect(party.part("refused")).toHaveCount(0);

  refusals.push("link.unreadable");
  await party.part("video-off").click();
  await party.part("video-on").click();
  await expect(party.part("refused")).toContainText("没有受理");
  await expect(party.part("video")).toHaveAttribute("data-state", "off");
});

test("a network that lets nothing through is told of after two tries, with what still works", async ({ browser, server }) => {
  test.setTimeout(360_000);
  const wire = await sits(server);
  const party = await Person.comes(browser, "r1", server.origin);
  await party.context.addInitScript(() => {
    const real = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
      // Where nobody listens.
      const sdp = description.sdp!.replace(/^(a=candidate:(?:\S+ ){5})\d+/gm, "$19");
      return real.call(this, { type: description.type, sdp });
    } as typeof real;
  });
  await wire.lends(party, "r1");
  await party.part("video-on").click();
  await expect(party.part("video-trouble")).toContainText("由书记员代读", BLOCKED_MS);
  await expect(party.part("video-trouble")).toContainText("12309");
  await expect(party.part("video"), "it goes on trying").toHaveAttribute("data-state", "lost");
  await party.part("language").first().click();
  await expect(party.part("video-trouble")).toContainText("the clerk reads it out");
});

test("a line that breaks stands in the record with what was missed, and the chair sees whose it is; one turned off does not", async ({ browser, server }) => {
  test.setTimeout(360_000);
  const wire = await sits(server);
  const [chair, party] = [await Person.comes(browser, "chair", server.origin), await Person.comes(browser, "r1", server.origin)];
  await party.context.addInitScript(keepsConnections);
  await wire.lends(chair, "chair");
  await wire.lends(party, "r1");
  await turnsOn(party);
  const stands = chair.part("line-r1");
  await test.step("it goes through, and how well is measured", async () => {
    await expect(stands).toContainText("视频：");
    await expect(stands).toHaveText("视频：● 流畅", { timeout: 40_000 });
  });
  await test.step("it breaks, and nobody has turned it off", async () => {
    // The page does not notice, as it would not where the network swallows all.
    await party.page.evaluate(() => (window as unknown as { made: RTCPeerConnection[] }).made.at(-1)!.close());
    await expect(stands).toHaveText("视频：✕ 中断", { timeout: 60_000 });
    for (const person of [chair, party]) await expect(person.part("record")).toContainText("〔视频连线中断〕");
  });
  await test.step("it is back", async () => {
    await party.part("video-sound-only").click();
    await isOpen(party);
    await expect(stands).toContainText("已中断1次，共");
    await expect(chair.part("record")).toContainText("〔视频连线恢复，中断");
    await chair.part("language").first().click();
    await expect(stands).toContainText("1 breaks, ");
  });
  await test.step("turned off", async () => {
    const gaps = await chair.part("record").getByText("video link lost").count();
    await party.part("video-off").click();
    await expect(stands).toContainText("Video: off");
    expect(await chair.part("record").getByText("video link lost").count()).toBe(gaps);
  });
  expect([...chair.complaints, ...party.complaints]).toEqual([]);
});

test("whoever leaves the browser's question open hears and sees the others, and is heard once they allow it", async ({ browser, server }) => {
  const wire = await sits(server);
  const [agent, party] = [await Person.comes(browser, "a2", server.origin), await Person.comes(browser, "a1", server.origin)];
  await wire.lends(agent, "a2");
  await turnsOn(agent);
  await party.context.addInitScript(holdsDevices);
  await wire.lends(party, "a1");
  await party.part("video-on").click();
  await expect(party.part("video-state")).toContainText("允许");
  await isOpen(party);
  await expect(moves(party, "a2")).toBeVisible();
  await expect(party.part("video-trouble")).toContainText("还在等您允许");
  await expect(moves(agent, "a1")).toHaveCount(0);

  await party.page.evaluate(allow);
  await expect(party.part("video-trouble")).toBeHidden();
  await expect(moves(agent, "a1")).toBeVisible({ timeout: 20_000 });
  expect(party.complaints).toEqual([]);
});

test("what comes later than it was wanted is let go of at once", async ({ browser, server }) => {
  const wire = await sits(server);
  const party = await Person.comes(browser, "a1", server.origin);
  await party.context.addInitScript(holdsDevices);
  await wire.lends(party, "a1");
  await test.step("the link is turned off while the browser asks", async () => {
    await party.part("video-on").click();
    await expect(party.part("video")).toHaveAttribute("data-state", "asking", OPENS_MS);
    await party.part("video-off").click();
    await party.page.evaluate(allow);
    await expect.poll(() => party.page.evaluate(given)).toEqual(["audio ended", "video ended"]);
    await expect(party.part("video")).toHaveAttribute("data-state", "off");
  });
  await test.step("the camera is turned off while the browser asks", async () => {
    await party.part("video-on").click();
    await expect(party.part("video")).toHaveAttribute("data-state", "asking");
    await party.part("video-camera").click();
    await party.page.evaluate(allow);
    await isOpen(party);
    expect(await party.page.evaluate(given)).toEqual(["audio live", "video ended"]);
  });
  await test.step("the link is turned off while the camera starts", async () => {
    await party.part("video-camera").click();
    await party.part("video-off").click();
    await party.page.evaluate(allow);
    await expect.poll(() => party.page.evaluate(given)).toEqual(["video ended"]);
  });
  await test.step("the page is left while the browser asks", async () => {
    await party.part("video-on").click();
    await expect(party.part("video")).toHaveAttribute("data-state", "asking");
    await party.page.goto("/");
    await party.page.goBack();
    await party.page.evaluate(allow).catch(() => {});
    await expect(party.part("video"), "it is asked again").toHaveAttribute("data-state", /asking|open/, OPENS_MS);
  });
});

test("a camera or microphone that is pulled out is followed by another, and nothing is pressed", async ({ browser, server }) => {
  const wire = await sits(server);
  const party = await Person.comes(browser, "r1", server.origin);
  await party.context.addInitScript(keepsConnections);
  await wire.lends(party, "r1");
  await turnsOn(party);
  const before = await party.page.evaluate(tracksThatAreSent);
  expect(before.filter(({ kind }) => kind === "video"), "in large and in small").toHaveLength(2);
  await party.page.evaluate(pullOut);
  await expect.poll(async () => {
    const now = await party.page.evaluate(tracksThatAreSent);
    return now.length === before.length && now.every(({ id, live }) => live && before.every((one) => one.id !== id));
  }).toBe(true);
  await expect(moves(party, "r1")).toBeVisible();
  await expect(party.part("video")).toHaveAttribute("data-state", "open");
  expect(party.complaints).toEqual([]);
});

test("a reload keeps the microphone closed that its owner closed", async ({ browser, server }) => {
  const wire = await sits(server);
  const party = await Person.comes(browser, "a1", server.origin);
  await party.context.addInitScript(keepsConnections);
  await wire.lends(party, "a1");
  await turnsOn(party);
  await expect(party.part("video-state")).toHaveText("大家现在能听到您");
  const open = () => party.page.evaluate(microphoneIsOpen);
  expect(await open()).toBe(true);
  await party.part("video-mute").click();
  await party.page.reload();
  await isOpen(party);
  await expect(party.part("video-state")).toContainText("静音");
  expect(await open()).toBe(false);
  await party.part("video-mute").click();
  expect(await open()).toBe(true);
});

test("a second window takes the link along; the first says so and takes it back by a press", async ({ browser, server }) => {
  const wire = await sits(server);
  const party = await Person.comes(browser, "r1", server.origin);
  await wire.lends(party, "r1");
  await turnsOn(party);
  const second = await party.context.newPage();
  await second.goto(party.page.url());
  await expect(second.getByTestId("video-on")).toBeVisible();
  await expect(party.part("video")).toHaveAttribute("data-state", "elsewhere");
  await expect(party.part("video-state")).toContainText("另一个窗口");
  await party.part("video-take").click();
  await isOpen(party);
  await expect(second.getByTestId("passive")).toBeVisible();
  await second.getByTestId("take").click();
  await expect(party.part("video")).toHaveAttribute("data-state", "elsewhere");
  await second.close();
});

test("whom nobody may see is not asked for a camera", async ({ browser, server }) => {
  const wire = await sits(server);
  const supervisor = await Person.comes(browser, "o1", server.origin);
  await supervisor.context.addInitScript(() => {
    const asked: unknown[] = [];
    Object.assign(window, { asked });
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      asked.push(wanted);
      throw new DOMException("", "NotFoundError");
    };
  });
  // The demonstration has none: its observer becomes one on this page.
  await supervisor.page.routeWebSocket(/\/room$/, (page) => {
    const room = page.connectToServer();
    room.onMessage((text) => page.send(String(text).replaceAll('"capacity":"observer"', '"capacity":"peoples-supervisor"')));
  });
  await wire.lends(supervisor, "o1");
  await turnsOn(supervisor);
  // The browser is asked to see to echo, noise and loudness, so that nobody needs a headset.
  expect(await supervisor.page.evaluate(() => (window as unknown as { asked: unknown[] }).asked))
    .toEqual([{ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } }]);
  await expect(supervisor.part("video-camera")).toBeHidden();
});

test("a part of the page that did not come is fetched under another address", async ({ browser, server }) => {
  const wire = await sits(server);
  const party = await Person.comes(browser, "r1", server.origin);
  const asked: string[] = [];
  await party.page.route(/\/pkg\/link\.js/, async (route) => {
    asked.push(new URL(route.request().url()).search);
    await (asked.length === 1 ? route.abort() : route.continue());
  });
  await speaks(party.context, server.origin, "en");
  await wire.lends(party, "r1");
  await party.part("video-on").click();
  await expect(party.part("video")).toContainText("did not load fully");
  await turnsOn(party);
  await expect(party.part("video-off"), "in the reader's language").toHaveText("Leave the video link");
  expect(asked).toEqual(["", "?tries=1"]);
});

test("that the hearing is recorded stands there before one comes in, and while it is, link or no link", async ({ browser, server }) => {
  const party = await Person.comes(browser, "a1", server.origin);
  const invitation = server.demo.seats.find(({ seat }) => seat === "a1")!;
  await party.page.goto(invitation.link);
  await expect(party.part("told-recorded")).toContainText("第十八条");
  await party.part("phone-tail").fill(invitation.phone_tail);
  await party.part("accept-invitation").click();
  await expect(party.part("arrival").getByTestId("told-recorded")).toContainText("第十八条");
  await party.part("accept").check();
  await party.part("arrive").click();

  const wire = await Wire.arrives(CHEN, server, ["a1"]);
  await wire.plays(1, 24);
  await expect(party.part("video-on")).toBeVisible();
  await expect(party.part("recorded")).toBeHidden();
  await wire.does({ by: "chair", do: "open" });
  await expect(party.part("recorded")).toHaveText("▲录音录像中");
  await wire.does({ by: "chair", do: "recess", reason: "休息" });
  await expect(party.part("recorded")).toBeHidden();
});

test("a face that is pressed stays in front; sound alone takes no pictures, and gives none", async ({ browser, server }) => {
  const wire = await sits(server);
  const people = new Map<string, Person>();
  for (const seat of ["a1", "r1", "p1"]) {
    const person = await Person.comes(browser, seat, server.origin);
    await person.context.addInitScript(keepsConnections);
    // An older browser does not say in its measurements which section they are of.
    if (seat === "p1") await person.context.addInitScript(namesNoSection);
    await wire.lends(person, seat);
    await turnsOn(person);
    people.set(seat, person);
  }
  const [speaker, panellist] = [people.get("a1")!, people.get("p1")!];
  const front = panellist.part("in-front");
  await test.step("the speaker is in front, with name and capacity, and the pictures move", async () => {
    await expect(front).toHaveAttribute("data-seat", "a1");
    await expect(front).toContainText("陈某某");
    await expect(front).toContainText("申请人");
    await expect(front.locator(".live video")).toBeVisible();
    await expect.poll(() => front.locator("video").evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0);
    for (const seat of ["a1", "r1"]) await expect(moves(panellist, seat)).toBeVisible();
  });
  await test.step("a face is kept in front, and let go of", async () => {
    const face = panellist.part("tile-r1").getByRole("button");
    await face.click();
    await expect(face).toHaveAttribute("aria-pressed", "true");
    await expect(front).toHaveAttribute("data-seat", "r1");
    await expect(people.get("r1")!.part("in-front"), "for this reader alone").toHaveAttribute("data-seat", "a1");
    await expect.poll(() => isLarger(front, panellist.part("tile-a1")), "it is sent in large, and the others in small").toBe(true);
    await face.click();
    await expect(front).toHaveAttribute("data-seat", "a1");
    await expect.poll(() => isLarger(front, panellist.part("tile-r1")), "now the other way round").toBe(true);
  });
  await test.step("on a phone all of it fits", async () => {
    await panellist.page.setViewportSize({ width: 360, height: 740 });
    await expectNoSideways(panellist, "p1 on a phone");
    await panellist.page.setViewportSize({ width: 1440, height: 900 });
  });
  await test.step("sound alone", async () => {
    await panellist.part("video-sound-only").click();
    await isOpen(panellist);
    await expect(front).toBeHidden();
    await expect(moves(speaker, "p1"), "it is not seen any more").toHaveCount(0);
    await expect.poll(() => panellist.page.evaluate(kindsThatMove)).toEqual(["audio"]);
    await expect(panellist.part("video-camera")).toBeHidden();
    await panellist.page.reload();
    await isOpen(panellist);
    await expect(panellist.part("video-sound-only"), "a reload keeps it").toHaveText("恢复画面");
    await panellist.part("video-sound-only").click();
    await expect(moves(speaker, "p1")).toBeVisible({ timeout: 20_000 });
    await expect(moves(panellist, "a1")).toBeVisible({ timeout: 20_000 });
  });
  expect([...people.values()].flatMap(({ complaints }) => complaints)).toEqual([]);
});

/** Whether every sound on the page plays. */
function sounds(): boolean {
  const all = [...document.querySelectorAll("audio")];
  return all.length > 0 && all.every(({ paused }) => !paused);
}

/** Refuses to make a sound before the page was pressed, as browsers do. */
function soundsOnlyWhenTouched(): void {
  let touched = false;
  addEventListener("click", ({ isTrusted }) => (touched ||= isTrusted), { capture: true });
  Object.defineProperty(HTMLAudioElement.prototype, "autoplay", { set: () => {} });
  const real = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = async function () {
    if (!touched && !this.muted) throw new DOMException("", "NotAllowedError");
    return real.call(this);
  };
}

/** Camera and microphone come when the test allows it. */
function holdsDevices(): void {
  const page = Object.assign(window as unknown as { waiting: (() => void)[]; given: MediaStreamTrack[] }, { waiting: [], given: [] });
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    await new Promise<void>((done) => page.waiting.push(done));
    const stream = await real(wanted);
    page.given = stream.getTracks();
    return stream;
  };
}

function allow(): void {
  for (const done of (window as unknown as { waiting: (() => void)[] }).waiting.splice(0)) done();
}

/** What the browser gave last, and whether it still gives something. */
function given(): string[] {
  return (window as unknown as { given: MediaStreamTrack[] }).given.map(({ kind, readyState }) => `${kind} ${readyState}`).sort();
}

function microphoneIsOpen(): boolean {
  const lines = (window as unknown as { made: RTCPeerConnection[] }).made.filter(({ connectionState }) => connectionState === "connected");
  return lines.flatMap((line) => line.getSenders()).some(({ track }) => track?.kind === "audio" && track.enabled);
}

function namesNoSection(): void {
  const real = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function (this: RTCPeerConnection) {
    const report = await real.call(this);
    return new Map([...report.entries()].map(([id, { mid, ...rest }]) => [id, rest])) as unknown as RTCStatsReport;
  } as typeof real;
}

/** Of which kinds something goes in or out within a second. */
async function kindsThatMove(): Promise<string[]> {
  const { made } = window as unknown as { made: RTCPeerConnection[] };
  const counted = async () => {
    const open = made.filter(({ connectionState }) => connectionState === "connected");
    const reports = await Promise.all(open.map((line) => line.getStats()));
    const sections = reports.flatMap((report) => [...report.values()]).filter(({ type }) => type === "inbound-rtp" || type === "outbound-rtp");
    return new Map(sections.map(({ id, kind, bytesSent, bytesReceived }) => [id, { kind, bytes: bytesSent ?? bytesReceived }]));
  };
  const before = await counted();
  await new Promise((done) => setTimeout(done, 1_000));
  const moved = [...(await counted())].filter(([id, { bytes }]) => bytes > (before.get(id)?.bytes ?? 0));
  return [...new Set(moved.map(([, { kind }]) => kind))].sort();
}

/** Whether the picture in one place comes more than twice as wide as the one in another. */
async function isLarger(one: Locator, other: Locator): Promise<boolean> {
  const [width, than] = await Promise.all([one, other].map((place) => place.locator("video").evaluate((video: HTMLVideoElement) => video.videoWidth)));
  return than! > 0 && width! > 2 * than!;
}

function tracksThatAreSent(): { id: string; kind: string; live: boolean }[] {
  const line = (window as unknown as { made: RTCPeerConnection[] }).made.at(-1)!;
  return line.getSenders().flatMap(({ track }) => (track === null ? [] : [{ id: track.id, kind: track.kind, live: track.readyState === "live" }]));
}

/** As a browser does it when a device is gone: the track is over, and says so. */
function pullOut(): void {
  const line = (window as unknown as { made: RTCPeerConnection[] }).made.at(-1)!;
  for (const track of new Set(line.getSenders().map((sender) => sender.track))) {
    track?.stop();
    track?.dispatchEvent(new Event("ended"));
  }
}
