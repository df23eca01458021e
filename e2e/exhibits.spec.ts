// Exhibits: a large file from a phone whose network breaks, read page by page by the others; bad files refused in words;
// notes that stay with their author.

import { writeFileSync } from "node:fs";

import { barriers, expect, expectNoSideways, expectOpenToAll, Person, test } from "./court";
import { CHEN } from "./script";
import { takenOver } from "./staff";
import { Wire } from "./wire";

/** Up to where exhibits may be laid. */
const INTRODUCED = 27;

const PHONE = { width: 360, height: 780 };

test("a large PDF from a phone goes on where the network broke, and is read page by page", async ({ browser, server }, testInfo) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, INTRODUCED);
  const party = await reads(browser, wire, server.origin, "a1", PHONE);
  const path = testInfo.outputPath("租房合同.pdf");
  writeFileSync(path, pdf(7, 2_000_000));

  await test.step("the network breaks in the middle and comes back", async () => {
    // The second piece is held until the network is away.
    let pieces = 0;
    let cut: () => void = () => {};
    const away = new Promise<void>((done) => (cut = done));
    await party.page.route("**/uploads/*", async (route) => {
      if (route.request().method() === "PATCH" && ++pieces === 2) {
        await away;
        return route.abort("internetdisconnected");
      }
      return route.continue();
    });
    await party.part("exhibit-file").setInputFiles(path);
    await expect(party.part("upload-progress").locator("progress")).toHaveJSProperty("value", 524_288);
    await party.context.setOffline(true);
    cut();
    await expect(party.part("upload-state")).toContainText("网络断开了");
    expect(await barriers(party.page)).toEqual([]);
    await expectNoSideways(party, "an upload that waits for the network");
    await party.context.setOffline(false);
    await expect(party.part("upload-kept")).toContainText("共 7 页");
    await party.page.unroute("**/uploads/*");
  });

  await test.step("it has a title already, and is laid", async () => {
    await expectNoSideways(party, "a file that can be laid");
    await expect(party.part("exhibit-title")).toHaveValue("租房合同");
    await party.part("exhibit-lay").click();
    await expect(party.part("exhibit-laid")).toBeVisible();
    await expect(party.part("row-1")).toContainText("共 7 页");
  });

  const panellist = await reads(browser, wire, server.origin, "p1");
  await test.step("a panellist reads it page by page, without any program for it", async () => {
    await panellist.part("read-1").click();
    await expect(panellist.part("which-page")).toHaveText("第 1 页，共 7 页");
    await isDrawn(panellist);
    await expect(panellist.part("previous-page")).toBeDisabled();
    await panellist.part("next-page").click();
    await expect(panellist.part("which-page")).toHaveText("第 2 页，共 7 页");
    await isDrawn(panellist);
    await panellist.part("go-to-page").fill("7");
    await panellist.part("go-to-page").press("Enter");
    await expect(panellist.part("which-page")).toHaveText("第 7 页，共 7 页");
    await isDrawn(panellist);
    await expect(panellist.part("next-page")).toBeDisabled();
    await expect(panellist.part("reference")).toHaveText(/^证据1《租房合同》第7页（SHA-256 [0-9a-f]{12}）$/);
    await expectOpenToAll(panellist, "a page of an exhibit");
  });

  await test.step("a note stays where it was written, after a reload, and with nobody else", async () => {
    await panellist.part("note").fill("租期与陈述不一致");
    await expect(panellist.part("note-own")).toContainText("别人看不到");
    await panellist.page.reload();
    await takenOver(panellist.page);
    await panellist.part("read-1").click();
    await expect(panellist.part("note")).toHaveValue("");
    await panellist.part("go-to-page").fill("7");
    await panellist.part("go-to-page").press("Enter");
    await expect(panellist.part("note")).toHaveValue("租期与陈述不一致");
    await party.part("look-again").click();
    await party.part("read-1").click();
    await isDrawn(party);
    await expectNoSideways(party, "a page on a phone");
    await party.part("go-to-page").fill("7");
    await party.part("go-to-page").press("Enter");
    await expect(party.part("note")).toHaveValue("");
    expect(await party.received.holds("租期与陈述不一致")).toBe(false);
  });

  await test.step("the gallery, to whom nothing has been shown, has nothing to read, and hands nothing in", async () => {
    const observer = await reads(browser, wire, server.origin, "o1");
    await expect(observer.part("look-again")).toBeVisible();
    await expect(observer.part("row-1")).toHaveCount(0);
    await expect(observer.part("hand-in")).toHaveCount(0);
  });
  for (const person of [party, panellist]) expect(person.complaints).toEqual([]);
});

test("a file that was being sent when the page was closed goes on when it is chosen again", async ({ browser, server }, testInfo) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, INTRODUCED);
  const party = await reads(browser, wire, server.origin, "a1", PHONE);
  const path = testInfo.outputPath("流水.pdf");
  writeFileSync(path, pdf(1, 2_000_000));
  let sent = 0;
  await party.page.route("**/uploads/*", async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    // Only the first piece gets through.
    return ++sent === 1 ? route.continue() : route.abort("internetdisconnected");
  });
  await party.part("exhibit-file").setInputFiles(path);
  await expect(party.part("upload-progress").locator("progress")).toHaveJSProperty("value", 524_288);
  await party.page.reload();
  await takenOver(party.page);
  await expect(party.part("upload-begun")).toContainText("流水.pdf");
  await party.page.unroute("**/uploads/*");
  const offsets: string[] = [];
  party.page.on("request", (request) => {
    if (request.method() === "PATCH") offsets.push(request.headers()["upload-offset"] ?? "");
  });
  await party.part("exhibit-file").setInputFiles(path);
  await expect(party.part("upload-kept")).toContainText("共 1 页");
  expect(offsets[0], "what had come was not sent again").toBe("524288");
});

test("a file that was begun and is not wanted any more is given up on the server too", async ({ browser, server }, testInfo) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, INTRODUCED);
  const party = await reads(browser, wire, server.origin, "a1", PHONE);
  const path = testInfo.outputPath("旧稿.pdf");
  writeFileSync(path, pdf(1, 2_000_000));
  await party.page.route("**/uploads/*", (route) =>
    route.request().method() === "PATCH" ? route.abort("internetdisconnected") : route.continue(),
  );
  await party.part("exhibit-file").setInputFiles(path);
  await expect(party.part("upload-state")).toContainText("网络断开了");
  await party.page.reload();
  await takenOver(party.page);
  await expect(party.part("upload-begun")).toContainText("旧稿.pdf");
  expect(await barriers(party.page)).toEqual([]);
  const gone = party.page.waitForResponse((response) => response.request().method() === "DELETE");
  await party.part("upload-forget").click();
  expect((await gone).status()).toBe(204);
  await expect(party.part("upload-begun")).toHaveCount(0);
});

test("a server without room is not taken for a network that is away", async ({ browser, server }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, INTRODUCED);
  const party = await reads(browser, wire, server.origin, "a1", PHONE);
  const full = { code: "exhibit.full", article: "", article_en: "", zh: "本次听证的文件总量已达上限。", en: "This hearing's files have reached their limit." };
  await party.page.route("**/uploads", (route) => route.fulfill({ status: 507, json: full }));
  await party.part("exhibit-file").setInputFiles({ name: "合同.pdf", mimeType: "application/pdf", buffer: pdf(1, 10) });
  await expect(party.part("upload-refused")).toContainText("已达上限");
});

test("what is not taken is refused in words that help, in both languages", async ({ browser, server }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, INTRODUCED);
  const party = await reads(browser, wire, server.origin, "a1", PHONE);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  for (const [name, buffer, zh, en] of [
    ["图.svg", svg, "不接受“图.svg”这种文件", "is no file of a kind that is taken"],
    ["图.txt", svg, "不接受网页、SVG和含有脚本的文件", "files with scripts are not taken"],
    ["合同.pdf", pdf(2, 10).subarray(0, 300), "文件不完整或者已经损坏", "incomplete or broken"],
    ["合同.docx", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), "另存为docx", "save it as docx"],
  ] as const) {
    await test.step(name, async () => {
      await party.part("exhibit-file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
      await expect(party.part("upload-refused")).toContainText(zh);
      await expectNoSideways(party, name);
      expect(await barriers(party.page)).toEqual([]);
      await party.part("language").first().click();
      await expect(party.part("upload-refused")).toContainText(en);
      await party.part("language").first().click();
    });
  }
  await expect(party.page.getByTestId("row-1")).toHaveCount(0);
});

/** Somebody at the exhibits of the hearing, with the key of a seat. */
async function reads(browser: Parameters<typeof Person.comes>[0], wire: Wire, origin: string, id: string, viewport = { width: 1440, height: 900 }): Promise<Person> {
  const person = await Person.comes(browser, id, origin, { viewport });
  const { hearing, key } = wire.seat(id);
  const name = `fengqiao.seat.${hearing}.${id}`;
  await person.context.addInitScript(([name, key]) => {
    // A frame in which nothing may run keeps nothing either.
    if (window.origin !== "null") localStorage.setItem(name!, key!);
  }, [name, key]);
  await person.page.goto(`/hearings/${hearing}/exhibits?seat=${id}`);
  await takenOver(person.page);
  return person;
}

/** The picture of the page has come and something stands on it. */
async function isDrawn(person: Person): Promise<void> {
  const picture = person.part("page-picture");
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(1_000);
}

/** A PDF of so many pages, each with a line across it, and at least so many bytes long. */
function pdf(pages: number, bytes: number): Buffer {
  const line = "0 0 0 RG 20 w 50 400 m 500 400 l S";
  const kids = Array.from({ length: pages }, (_, page) => `${page * 2 + 4} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages} /Kids [${kids}] >>`,
    `<< /Length ${bytes} >>\nstream\n${"x".repeat(bytes)}\nendstream`,
  ];
  for (let page = 0; page < pages; page++) {
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents ${page * 2 + 5} 0 R >>`);
    objects.push(`<< /Length ${line.length} >>\nstream\n${line}\nendstream`);
  }
  let out = "%PDF-1.7\n";
  const places = objects.map((object, at) => {
    const place = out.length;
    out += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const place of places) out += `${String(place).padStart(10, "0")} 00000 n \n`;
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}
