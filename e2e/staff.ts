// The staff at their pages: signing in, looking at a page in both languages, pressing what is dead.

import type { Page } from "@playwright/test";

import { barriers, expect, type Person } from "./court";

/** The password of every account that a test makes. */
export const PASSWORD = "correct horse 2026";

/** Opens a page and waits until the browser has taken it over. */
export async function opens(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await takenOver(page);
}

/** Waits until the browser has taken the page over. */
export async function takenOver(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-ready", "");
}

/** Signs in at an address of the staff. */
export async function signIn(person: Person, name: string, password = PASSWORD, path = "/office"): Promise<void> {
  await opens(person.page, path);
  await person.part("name").fill(name);
  await person.part("password").fill(password);
  await person.part("sign-in").click();
  await expect(person.part("who")).toContainText(name);
  await takenOver(person.page);
}

/** No barriers on the page as it stands, in both languages; under an open dialog the language cannot be changed. */
export async function looks(person: Person): Promise<void> {
  const inDialog = (await person.page.locator("dialog[open]").count()) > 0;
  for (const _ of inDialog ? ["one language"] : ["one language", "the other"]) {
    expect.soft(await barriers(person.page), person.page.url()).toEqual([]);
    if (!inDialog) await person.part("language").first().click();
  }
}

/** A dead button says why, and by which article. */
export async function dead(person: Person, button: string, why: RegExp): Promise<void> {
  await expect(person.part(button)).toHaveAttribute("aria-disabled", "true");
  await expect(person.page.locator(`#${button}-why`)).toHaveText(why);
}
