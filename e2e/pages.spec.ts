// Pages that need no seat: they open without a script, in both languages, at every width, and shut nobody out.

import { barriers, expect, Person, speaks, test, type Language } from "./court";

const PAGES = ["/", "/enter", "/office", "/verify", "/no-such-page"];
const LANGUAGES: Language[] = ["zh-CN", "en"];
const WIDTHS = [360, 768, 1440, 1920];

test("every page opens in both languages, without barriers and without complaints", async ({ server, browser }) => {
  const reader = await Person.comes(browser, "reader", server.origin);
  for (const path of PAGES) {
    for (const language of LANGUAGES) {
      await speaks(reader.context, server.origin, language);
      await reader.page.goto(path);
      await expect(reader.page.locator("html")).toHaveAttribute("lang", language);
      await expect(reader.page.locator("h1").first()).toBeVisible();
      await expect(reader.page).toHaveTitle(/\S/);
      expect.soft(await barriers(reader.page), `${path} ${language}`).toEqual([]);
    }
  }
  expect(reader.complaints).toEqual([]);
});

test("no page is wider than the screen", async ({ server, browser }) => {
  for (const width of WIDTHS) {
    const reader = await Person.comes(browser, "reader", server.origin, { viewport: { width, height: 800 } });
    for (const path of PAGES) {
      await reader.page.goto(path);
      const over = await reader.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(over, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
    await reader.context.close();
  }
});

test("public pages can be read without a script", async ({ server, browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: server.origin });
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.locator("h1")).toBeVisible();
  await page.getByTestId("notice").first().getByRole("link").first().click();
  await expect(page.locator("h1")).toBeVisible();
});

test("pages allow no foreign script, frame or plug-in", async ({ server, request }) => {
  const answer = await request.get(`${server.origin}/`);
  const policy = answer.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain("'unsafe-inline'");
  expect(policy).not.toContain("'unsafe-eval'");
  expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
});
