// A court for a test: one server, one browser context for each seat, and every byte that each of them received.

import { test as base, expect, type Browser, type BrowserContext, type Page } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";

import { Server } from "./server";

export { expect };

/** The request after whose answer a page goes elsewhere at once. */
const LEAVES = "**/api/invitations/accept";

/** Everything that one context was sent: answers to requests and messages of the room. */
export class Received {
  private readonly pieces: Buffer[] = [];
  private readonly waiting = new Set<Promise<void>>();
  /** Answers whose bytes could not be had; a test that looks for secrets must not pass over them. */
  readonly unread: string[] = [];

  constructor(context: BrowserContext) {
    context.on("page", (page) => this.listen(page));
  }

  /** The page leaves as soon as it has this answer, and the browser forgets it: it is read on its way. */
  async readsOnTheWay(context: BrowserContext): Promise<void> {
    await context.route(LEAVES, async (route) => {
      const answer = await route.fetch();
      this.pieces.push(await answer.body());
      await route.fulfill({ response: answer });
    });
  }

  private listen(page: Page): void {
    page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => this.pieces.push(Buffer.from(payload))));
    page.on("response", (response) => {
      if (response.url().includes("/pkg/")) return; // the same bytes for everybody
      if (response.url().endsWith(LEAVES.slice(2))) return; // read on its way
      const empty = response.status() === 204 || (response.status() >= 300 && response.status() < 400);
      const body = response.body().then(
        (bytes) => void this.pieces.push(bytes),
        () => void (empty || this.unread.push(response.url())),
      );
      this.waiting.add(body);
      void body.finally(() => this.waiting.delete(body));
      this.pieces.push(Buffer.from(JSON.stringify(response.headers())));
    });
  }

  async holds(text: string): Promise<boolean> {
    await Promise.all(this.waiting);
    const escaped = JSON.stringify(text).slice(1, -1);
    return this.pieces.some((piece) => piece.includes(text) || piece.includes(escaped));
  }

  get bytes(): number {
    return this.pieces.reduce((sum, piece) => sum + piece.length, 0);
  }
}

/** Somebody at a browser. */
export class Person {
  private constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly received: Received,
    readonly complaints: string[],
  ) {}

  static async comes(browser: Browser, name: string, origin: string, options: Options = {}): Promise<Person> {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: options.viewport ?? { width: 1440, height: 900 },
      acceptDownloads: true,
    });
    await speaks(context, origin, options.language ?? "zh-CN");
    const received = new Received(context);
    await received.readsOnTheWay(context);
    const complaints: string[] = [];
    context.on("weberror", (error) => complaints.push(`${name}: ${error.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error" && !EXPECTED.test(message.text())) complaints.push(`${name}: ${message.text()}`);
    });
    return new Person(name, context, await context.newPage(), received, complaints);
  }

  /** Once the line to the room is open. */
  async isConnected(): Promise<void> {
    await expect(this.page.getByRole("banner").getByTestId("line")).toHaveText(/连接正常|Connected/);
  }

  /** The part of the page with this `data-testid`. */
  part(id: string) {
    return this.page.getByTestId(id);
  }
}

/**
 * What a browser says by itself when the network or the server is away, when the rules refuse, and when a test looks into a
 * frame in which nothing may run.
 */
const EXPECTED = /net::ERR_|WebSocket connection|Failed to load resource|Blocked script execution in 'about:srcdoc'/;

interface Options {
  language?: Language;
  viewport?: { width: number; height: number };
}

export type Language = "zh-CN" | "en";

/** Chooses the language of the pages as a reader's choice is kept. */
export async function speaks(context: BrowserContext, origin: string, language: Language): Promise<void> {
  await context.addCookies([{ name: "fengqiao_language", value: language, url: origin }]);
}

/** What axe finds serious or critical on the page as it stands. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`));
}

/** Nothing stands out to the right of the screen. */
export async function expectNoSideways(person: Person, when: string): Promise<void> {
  const over = await person.page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    if (wide <= 0) return "";
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1);
    return `${wide} px: ${out.slice(0, 4).map((e) => `${e.tagName}.${e.className}`).join(" ")}`;
  });
  expect.soft(over, when).toBe("");
}

/** Looks at the page in both languages: nothing serious for axe, nothing wider than the screen. */
export async function expectOpenToAll(person: Person, when: string): Promise<void> {
  for (const _ of ["one language", "the other"]) {
    expect.soft(await barriers(person.page), when).toEqual([]);
    await expectNoSideways(person, when);
    await person.part("language").first().click();
  }
}

/** On this page the program of all pages but the room does not come until the answer is called. */
export async function heldBack(page: Page): Promise<() => void> {
  let comes = () => {};
  const come = new Promise<void>((done) => (comes = done));
  await page.route("**/pkg/pages.wasm", async (route) => {
    await come;
    await route.continue();
  });
  return comes;
}

/** A test with a server of its own, started with these options. */
export const testWith = (options: string[]) => base.extend<{ server: Server; everybodyLeaves: void }>({
  server: async ({}, use, testInfo) => {
    const server = await Server.start(options);
    await use(server);
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach("server", { body: server.log });
    await server.end();
  },
  // Pages that are left behind would go on beside the next test: their links open, their cameras running.
  everybodyLeaves: [async ({ browser }, use) => {
    await use();
    await Promise.all(browser.contexts().map((context) => context.close()));
  }, { auto: true }],
});

export const test = testWith([]);
