// The papers of a whole hearing: looked at in the browser by office and party, and each file opened by the programs that
// offices use, every name and line in it.

import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { barriers, expect, expectNoSideways, Person, speaks, test } from "./court";
import { CHEN } from "./script";
import { opens, signIn } from "./staff";
import { type Seat, Wire } from "./wire";

/** From the opening of the room to the seal. */
const SEALED = 103;

interface Listed {
  form: string;
  zh: string;
  to: string | null;
  number: string;
  lacks: string | null;
}

test("of a hearing that was held every paper is there, for whom it is, and opens everywhere", async ({ browser, server }, testInfo) => {
  test.setTimeout(300_000);
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, SEALED);
  const clerk = wire.seat("clerk");
  const papers = JSON.parse((await fetched(clerk, "papers")).toString()) as Listed[];
  const there = papers.filter(({ lacks }) => lacks === null);
  expect(new Set(there.map(({ form }) => form)).size, "all but what did not happen").toBeGreaterThanOrEqual(18);

  const folder = testInfo.outputPath("papers");
  mkdirSync(folder, { recursive: true });
  await test.step("each is a PDF in which every word of its page is found, and which qpdf finds sound", async () => {
    for (const paper of there) {
      const path = join(folder, `${name(paper)}.pdf`);
      writeFileSync(path, await fetched(clerk, address(paper, "pdf")));
      const page = (await fetched(clerk, address(paper, "page"))).toString();
      const said = bare(await read(path));
      for (const words of wordsOf(page)) expect(said, `${name(paper)}: ${words}`).toContain(bare(words));
      if (has("qpdf")) expect(spawnSync("qpdf", ["--check", path]).status, name(paper)).toBe(0);
    }
  });
  if (has("soffice")) await test.step("each is a DOCX that LibreOffice opens and sets with the same words", async () => {
    for (const paper of there) writeFileSync(join(folder, `${name(paper)}.docx`), await fetched(clerk, address(paper, "docx")));
    const set = join(folder, "set");
    const files = readdirSync(folder).filter((file) => file.endsWith(".docx")).map((file) => join(folder, file));
    await promisify(execFile)("soffice", ["--headless", "--convert-to", "pdf", "--outdir", set, ...files], { timeout: 300_000 });
    for (const paper of there) {
      const page = (await fetched(clerk, address(paper, "page"))).toString();
      const said = letters(await read(join(set, `${name(paper)}.pdf`)));
      for (const words of wordsOf(page)) expect(said, `${name(paper)}: ${words}`).toContain(letters(words));
    }
  });

  await test.step("the office looks at them in its browser", async () => {
    const handler = await Person.comes(browser, "handler", server.origin);
    const { name: account, password } = server.demo.accounts.find(({ name }) => name === "handler")!;
    await signIn(handler, account, password);
    await opens(handler.page, `/hearings/${clerk.hearing}/papers`);
    await expect(handler.part("papers").locator("h2")).toHaveText(["听证前", "听证中", "听证后", "卷宗"]);
    const after = handler.part("papers").getByRole("region", { name: "听证后", exact: true });
    await expect(after.getByTestId("paper-report")).toBeVisible();
    await expect(after.getByTestId("paper-record")).toHaveCount(0);
    await handler.part("papers-stages").getByRole("link", { name: "卷宗" }).click();
    await expect(handler.part("paper-cover")).toBeInViewport();
    await handler.part("look-report").click();
    const report = handler.page.frameLocator("iframe");
    await expect(report.locator("h1")).toHaveText("听证报告");
    await expect(report.locator("h1"), "set as on paper").toHaveCSS("text-align", "center");
    await expect(report.locator("body")).toContainText("陈某某");
    const downloads = handler.page.waitForEvent("download");
    await handler.part("pdf-report").click();
    const saved = await (await downloads).path();
    expect(readFileSync(saved).subarray(0, 8).toString()).toBe("%PDF-1.7");
    // In the frame of a paper no script runs, not even one that looks for barriers.
    await handler.part("look-report").click();
    await expect(handler.part("paper-preview")).toHaveCount(0);
    expect(await barriers(handler.page)).toEqual([]);
  });
  await test.step("a party finds those that are for it, on a phone", async () => {
    const party = await Person.comes(browser, "a1", server.origin);
    await wire.lends(party, "a1");
    await party.page.setViewportSize({ width: 360, height: 780 });
    await party.page.goto(`/hearings/${clerk.hearing}/papers?seat=a1`);
    await expect(party.part("paper-notice-a1")).toBeVisible();
    await expect(party.part("paper-record")).toBeVisible();
    await expect(party.part("paper-notice-r1")).toHaveCount(0);
    await expect(party.part("paper-report")).toHaveCount(0);
    await party.part("look-notice-a1").click();
    await expect(party.page.frameLocator("iframe").locator("body")).toContainText("现通知你以申请人的身份参加");
    await expectNoSideways(party, "the papers of a party");
    await party.part("look-notice-a1").click();
    await expect(party.part("paper-preview")).toHaveCount(0);
    expect(await barriers(party.page)).toEqual([]);
    await speaks(party.context, server.origin, "en");
    await party.page.reload();
    await expect(party.part("papers").locator("h2").first()).toHaveText("Before the hearing");
    await expect(party.part("papers").getByRole("region", { name: "At the hearing" }).getByTestId("paper-record")).toBeVisible();
    await expectNoSideways(party, "the papers of a party in English");
    expect(await barriers(party.page)).toEqual([]);
  });
});

function name({ form, to }: Listed): string {
  return to === null ? form : `${form}-${to}`;
}

function address({ form, to }: Listed, written: string): string {
  return `papers/${form}?as=${written}${to === null ? "" : `&to=${to}`}`;
}

/** The words between the tags of a page, by piece, without what stands at its foot. */
function wordsOf(page: string): string[] {
  const body = page.slice(page.indexOf("<article"), page.indexOf('<p class="foot"'));
  return body.split(/<[^>]*>/).flatMap((piece) => text(piece).split("\n")).map((piece) => piece.trim()).filter((piece) => piece.length > 1);
}

function text(html: string): string {
  return html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

/** Without spaces and line ends, which a page sets as it likes. */
function bare(words: string): string {
  return words.replaceAll(/[\s\u3000\u00ad\u200b]/gu, "").normalize("NFKC");
}

/** Letters and digits alone, and not what stands at the foot of a page: punctuation at the end of a line hangs in the margin. */
function letters(words: string): string {
  return bare(words).replaceAll(/(—\d+—|签名:_*第\d+页共\d+页)版本[0-9a-f]{8}/gu, "").replaceAll(/[^\p{L}\p{N}]/gu, "");
}

async function read(path: string): Promise<string> {
  return (await promisify(execFile)("pdftotext", ["-raw", path, "-"], { maxBuffer: 1 << 26 })).stdout;
}

function has(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

/** What a seat at the wire fetches of its hearing. */
async function fetched(seat: Seat, path: string): Promise<Buffer> {
  const answer = await fetch(`${seat.origin}/api/hearings/${seat.hearing}/${path}`, { headers: { authorization: `Bearer ${seat.key}` } });
  expect(answer.status, path).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}
