// The equipment check: before the hearing everybody tries camera, microphone and network, is told what to do where
// something fails, and the clerk knows.

import { chromium, type Browser } from "@playwright/test";

import config from "./playwright.config";
import { expect, expectOpenToAll, Person, testWith } from "./court";
import type { Invitation } from "./script";
import { Server } from "./server";
import { signIn } from "./staff";

const PHONE = { viewport: { width: 360, height: 780 } };
/** A busy machine makes the line to itself uneven: then it is usable, and no more than that is asked of it here. */
const FIT = /设备正常|勉强可用/;
const FIT_TO_STAFF = /设备：(正常|勉强，网络)/;
/** The line opens, and eight seconds are measured. */
const MEASURED_MS = 40_000;
const { args, executablePath } = config.use!.launchOptions!;

const test = testWith(["--media", "127.0.0.1:0"]);

test("days ahead a party checks, hears and sees itself, and the clerk and the office know, also after a restart", async ({ server, browser }) => {
  test.setTimeout(360_000);
  const clerk = await enters(browser, server, "clerk");
  await arrives(clerk);
  const party = await enters(browser, server, "a1", PHONE);
  await expect(party.part("arrival")).toBeVisible();
  await party.part("check-first").click();
  await expect(party.part("begin")).toBeEnabled();
  await expect(party.part("begin")).not.toHaveAttribute("aria-disabled", "true");
  await expectOpenToAll(party, "before the check");

  await party.part("begin").click();
  await expect(party.part("network")).toContainText("网络检测完毕", { timeout: MEASURED_MS });
  await test.step("the own picture moves, and so does the bar", async () => {
    await expect.poll(() => moves(party, "own")).toBeGreaterThan(0);
    await expect.poll(() => party.part("level").evaluate((bar: HTMLMeterElement) => bar.value)).toBeGreaterThan(0);
  });
  await test.step("picture and sound come back from the server", async () => {
    await expect.poll(() => moves(party, "back")).toBeGreaterThan(0);
    expect(await party.part("back").evaluate((video: HTMLVideoElement) => (video.srcObject as MediaStream).getTracks().map(({ kind, muted }) => `${kind} ${muted}`).sort()))
      .toEqual(["audio false", "video false"]);
  });
  await test.step("devices are known by name and can be changed", async () => {
    await expect(party.part("camera").locator("option").first()).toContainText("fake");
    const others = await party.part("microphone").locator("option").evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    await party.part("microphone").selectOption(others.at(-1)!);
    await expect(party.part("microphone")).toHaveValue(others.at(-1)!);
    await expect.poll(() => party.part("level").evaluate((bar: HTMLMeterElement) => bar.value)).toBeGreaterThan(0);
    await party.part("tone").click();
  });
  await expectOpenToAll(party, "during the check");
  await expect(party.part("finish")).toHaveAttribute("aria-disabled", "true");
  for (const question of ["seen", "heard", "smooth"]) await party.part(`${question}-yes`).check();
  await party.part("finish").click();
  await expect(party.part("verdict")).toContainText(FIT);
  await expect(party.part("figures")).toContainText("毫秒");
  await expect(party.part("kept")).toContainText("已告诉书记员");
  await expectOpenToAll(party, "after the check");

  await test.step("the clerk sees it at once, and that others have not checked", async () => {
    await clerk.part("tab-roll").click();
    await expect(clerk.part("equipment-a1")).toContainText(FIT_TO_STAFF);
    await expect(clerk.part("equipment-r1")).toContainText("设备：未检测");
    await expect(clerk.part("equipment-o1")).toHaveCount(0);
  });
  await test.step("whoever is no part of the office does not", async () => {
    const other = await enters(browser, server, "r1");
    await expect(other.part("arrival")).toBeVisible();
    expect(await other.received.holds("round_trip_ms")).toBe(false);
  });
  await test.step("the handling prosecutor sees it on the page of the hearing", async () => {
    const handler = await Person.comes(browser, "handler", server.origin);
    const { name, password } = server.demo.accounts.find((account) => account.name === "handler")!;
    await signIn(handler, name, password);
    await handler.page.goto(`/office/hearings/${server.demo.hearing}`);
    await expect(handler.part("equipment-a1")).toContainText(FIT_TO_STAFF);
  });
  await test.step("a restart forgets nothing, and the person sees it again", async () => {
    await server.kill();
    await server.run();
    await expect(clerk.part("equipment-a1")).toContainText(FIT_TO_STAFF, { timeout: 30_000 });
    await party.page.reload();
    await expect(party.part("last")).toContainText(FIT_TO_STAFF, { timeout: 30_000 });
  });
  await party.part("begin").click();
  await expect(party.part("network")).toContainText("网络检测完毕", { timeout: MEASURED_MS });
  await party.part("seen-yes").check();
  await party.part("heard-yes").check();
  await party.part("smooth-no").check();
  await party.part("finish").click();
  await expect(party.part("verdict")).toContainText("勉强可用");
  await expect(party.part("advice")).toContainText("路由器");
  await expect(clerk.part("equipment-a1")).toContainText("不流畅");
  await party.part("to-room").click();
  await expect(party.part("arrival")).toBeVisible();
  expect([...party.complaints, ...clerk.complaints]).toEqual([]);
});

test("whoever does not allow camera and microphone is shown how to, and can take part all the same", async ({ server }) => {
  // Without this, nobody is asked and everything is allowed.
  await inBrowser(args!.filter((arg) => !arg.startsWith("--use-fake-ui")), async (browser) => {
    const person = await checks(browser, server, "a1");
    await expect(person.part("trouble")).toContainText("没有允许使用摄像头和麦克风");
    await expect(person.page.getByRole("img", { name: /地址栏/ })).toBeVisible();
    await expect(person.part("kept")).toContainText("已告诉书记员");
    await expectOpenToAll(person, "not allowed");
    await person.context.grantPermissions(["camera", "microphone"]);
    await person.part("again").click();
    await expect(person.part("network"), "allowed after all").toContainText("网络检测完毕", { timeout: MEASURED_MS });
  });
});

test("whoever has no device is told so and goes in without", async ({ server }) => {
  await inBrowser(args!.filter((arg) => !arg.startsWith("--use-fake-device")), async (browser) => {
    const person = await checks(browser, server, "a1");
    await expect(person.part("trouble").first()).toContainText("没有找到麦克风");
    await expect(person.part("trouble").last()).toContainText("没有找到摄像头");
    await expect(person.page.locator("main")).toContainText("没有设备也可以参加听证");
    await expectOpenToAll(person, "no device");
    await person.part("to-room").click();
    await expect(person.part("arrival")).toBeVisible();
  });
});

test("inside a program that gives no camera, the way to the browser is shown; where nothing gets through, that is said", async ({ server, browser }) => {
  test.setTimeout(120_000);
  const inside = await enters(browser, server, "a1", PHONE);
  await inside.context.addInitScript(() => Object.defineProperty(Navigator.prototype, "mediaDevices", { get: () => undefined }));
  await inside.part("check-first").click();
  await expect(inside.part("trouble")).toContainText("在浏览器打开");
  await expect(inside.page.getByRole("img", { name: /三个点/ })).toBeVisible();
  await expect(inside.part("kept")).toContainText("已告诉书记员");
  await expectOpenToAll(inside, "inside another program");

  const cut = await enters(browser, server, "r1");
  await cut.context.addInitScript(reachesNobody);
  await cut.part("check-first").click();
  await cut.part("begin").click();
  await expect(cut.part("failed")).toContainText("传不到服务器", { timeout: MEASURED_MS });
  for (const question of ["seen", "heard", "smooth"]) await cut.part(`${question}-yes`).check();
  await cut.part("finish").click();
  await expect(cut.part("verdict")).toContainText("还不能正常使用");
  await expect(cut.part("advice")).toContainText("手机流量");
});

test("whoever only watches has nothing to check, and a stranger is told where to go", async ({ server, browser }) => {
  const watches = await enters(browser, server, "o1");
  await watches.page.goto(`${new URL(watches.page.url()).pathname}/check`);
  await expect(watches.part("watches")).toBeVisible();
  const stranger = await Person.comes(browser, "stranger", server.origin, PHONE);
  await stranger.page.goto(`/hearings/${server.demo.hearing}/seats/a1/check`);
  await expect(stranger.part("to-enter")).toBeVisible();
  await expectOpenToAll(stranger, "no key");
});

/** Comes with the link of the invitation, up to the page of the seat. */
async function enters(browser: Browser, server: Server, seat: string, options = {}): Promise<Person> {
  const person = await Person.comes(browser, seat, server.origin, options);
  const invitation: Invitation = server.demo.seats.find((one) => one.seat === seat)!;
  await person.page.goto(invitation.link);
  await person.part("phone-tail").fill(invitation.phone_tail);
  await person.part("accept-invitation").click();
  await person.page.waitForURL(/seats/);
  await person.page.locator("html[data-ready]").waitFor();
  return person;
}

async function arrives(person: Person): Promise<void> {
  await person.part("accept").check();
  await person.part("arrive").click();
  await expect(person.part("arrival")).toHaveCount(0);
}

/** Comes and begins the check. */
async function checks(browser: Browser, server: Server, seat: string): Promise<Person> {
  const person = await enters(browser, server, seat, PHONE);
  await person.part("check-first").click();
  await person.part("begin").click();
  return person;
}

/** Does something in a browser that was started otherwise. */
async function inBrowser(args: string[], act: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({ executablePath, args });
  try {
    await act(browser);
  } finally {
    await browser.close();
  }
}

/** How many pictures an element shows in a while. */
async function moves(person: Person, id: string): Promise<number> {
  const shown = () => person.part(id).evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
  const before = await shown();
  await person.page.waitForTimeout(1_000);
  return (await shown()) - before;
}

/** A network that lets nothing through: every address of the answer is one at which nobody is. */
function reachesNobody(): void {
  const real = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp?.replace(/(a=candidate:.* )\d+( typ host)/g, "$19$2");
    return real.call(this, { ...description, type: description.type, sdp });
  } as typeof real;
}
