// Debian's Firefox beside Chromium in one hearing by video: it is heard and seen, and receives whom the rules let it.

import { existsSync } from "node:fs";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

import { expect } from "./court";
import {
  Court, HEARD, keepsConnections, loudness, notesChanges, PRESENTED, test as base,
  type Asks, type Guest, type Received, type Receives,
} from "./link";
import type { Invitation } from "./script";

const FIREFOX = process.env.FENGQIAO_FIREFOX || "/usr/bin/firefox-esr";
/** A camera and a microphone for the video link, which is reached on this machine; all else as it comes out of the box. */
const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "permissions.default.camera": 1,
  "permissions.default.microphone": 1,
  "media.peerconnection.ice.loopback": true,
  "media.gmp-manager.updateEnabled": false,
};
const SLOW_MS = { timeout: 60_000 };

/** Somebody at Firefox. Playwright drives only a Firefox of its own, so another hand turns the pages here. */
class Fox implements Guest {
  readonly complaints: string[] = [];

  private constructor(
    readonly seat: string,
    private readonly origin: string,
    private readonly browser: Browser,
    private readonly page: Page,
  ) {
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => void (message.type() === "error" && this.complaints.push(message.text())));
  }

  static async comes(seat: string, origin: string): Promise<Fox> {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: FIREFOX,
      extraPrefsFirefox: PREFERENCES,
      defaultViewport: { width: 1440, height: 900 },
      timeout: SLOW_MS.timeout,
    });
    const page = await browser.newPage();
    page.setDefaultTimeout(SLOW_MS.timeout);
    await page.evaluateOnNewDocument(keepsConnections);
    await page.evaluateOnNewDocument(notesChanges);
    return new Fox(seat, origin, browser, page);
  }

  async arrives({ link, phone_tail }: Invitation): Promise<void> {
    await this.page.goto(new URL(link, this.origin).href);
    await this.part("phone-tail").fill(phone_tail);
    for (const id of ["accept-invitation", "accept", "arrive"]) await this.part(id).click();
    await expect.poll(() => this.shows("arrival"), SLOW_MS).toBe(false);
  }

  async turnsOn(): Promise<void> {
    await this.part("video-on").click();
    await expect.poll(() => this.stands("video", "data-state"), SLOW_MS).toBe("open");
  }

  asks: Asks = (question) => this.page.evaluate(question) as never;

  /** Whether the part, or what is sought within it, is to be seen. */
  shows(id: string, within = ""): Promise<boolean> {
    const seen = (sought: string) => [...document.querySelectorAll(sought)].some((found) => found.checkVisibility());
    return this.page.evaluate(seen, `[data-testid="${id}"] ${within}`);
  }

  /** What stands in an attribute of the part. */
  stands(id: string, attribute: string): Promise<string | null> {
    const read = (part: string, attribute: string) => document.querySelector(part)?.getAttribute(attribute) ?? null;
    return this.page.evaluate(read, `[data-testid="${id}"]`, attribute);
  }

  async leaves(): Promise<void> {
    await this.browser.close();
  }

  private part(id: string) {
    return this.page.locator(`[data-testid="${id}"]`);
  }
}

const test = base.extend<{ fox: Fox }>({
  fox: async ({ server }, use) => {
    const fox = await Fox.comes("a1", server.origin);
    await use(fox);
    await fox.leaves();
  },
});

// A machine without Debian's packages has none; where every change is tested it must be there.
test.skip(!existsSync(FIREFOX) && process.env.CI === undefined, `no ${FIREFOX}`);

test("a party at Firefox is heard and seen by people at Chromium, and receives those whom the rules let it, and nobody else", async ({ browser, server, fox }) => {
  test.setTimeout(900_000);
  const court = await Court.sits(browser, server, ["chair", "p1", "p2", "o1"], [], fox);
  await test.step("before the opening the chair is heard, and all who take part are seen", () => court.receives(inCourt(["chair"])));

  await court.does(...PRESENTED, { by: "chair", do: "give-floor", seat: "a1" });
  await expect.poll(() => fox.stands("turn", "data-mine"), { message: "its page knows", ...SLOW_MS }).toBe("true");
  await test.step("with the floor it is heard and seen", () => court.receives(inCourt(["chair", "a1"])));
  await test.step("what comes is sound and pictures, on both sides", async () => {
    // Each of them hears the other and nobody else.
    for (const seat of ["a1", "chair"]) {
      const before = await court.asks(seat)(loudness);
      await expect.poll(async () => (await court.asks(seat)(loudness)) - before, { message: `${seat} hears`, ...SLOW_MS }).toBeGreaterThan(0.001);
    }
    for (const seat of ["chair", "p1", "p2"]) await expect.poll(() => fox.shows(`tile-${seat}`, ".live"), { message: seat, ...SLOW_MS }).toBe(true);
    for (const person of court.people) await expect(person.part("tile-a1").locator(".live"), person.name).toBeVisible(SLOW_MS);
  });
  await test.step("and nothing on its page waits for a press to be heard", async () => {
    const silent = await fox.asks(() => [...document.querySelectorAll("audio")].map(({ paused }) => paused));
    expect(silent.length).toBeGreaterThan(0);
    expect(silent).not.toContain(true);
    expect(await fox.shows("video-hear")).toBe(false);
  });

  await court.does({ by: "chair", do: "give-floor", seat: "a2" });
  await test.step("without the floor it is seen and not heard", () => court.receives(inCourt(["chair"])));
  await expect.poll(() => fox.stands("turn", "data-mine"), { message: "its page goes on", ...SLOW_MS }).not.toBe("true");
  await court.does(...HEARD, { by: "chair", do: "advance", to: "deliberation" });
  await test.step("the panel deliberates without it", () => court.receives(deliberating));
  expect([...court.complaints, ...fox.complaints]).toEqual([]);
});

function inCourt(heard: string[]): Receives {
  const others = (of: string[]) => (seat: string) => of.filter((other) => other !== seat);
  return (seat) => ({ heard: others(heard)(seat), seen: others(["chair", "p1", "p2", "a1"])(seat) });
}

/** The panel hears and sees itself; nobody else has anything of anybody. */
function deliberating(seat: string): Received {
  const panel = ["p1", "p2"];
  const others = panel.includes(seat) ? panel.filter((other) => other !== seat) : [];
  return { heard: others, seen: others };
}
