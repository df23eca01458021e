// takes pictures: node look.mjs
import { chromium } from "@playwright/test";
import { readFileSync } from "node:fs";
const origin = "http://127.0.0.1:4131";
const demo = JSON.parse(readFileSync("/tmp/office-data/demo.json", "utf8"));
const only = process.argv[2];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const pass = (name) => demo.accounts.find((a) => a.name === name).password;
const pages = [
  ["notices", null, "/"], ["notice", null, `/notices/${demo.hearing}`], ["enter", null, "/enter"], ["enter-link", null, new URL(demo.seats[5].link).pathname],
  ["sign-in", null, "/office"], ["hearings", "handler", "/office"], ["cases", "handler", "/office/cases"], ["pool", "handler", "/office/pool"],
  ["new", "handler", "/office/hearings/new"], ["file", "handler", `/office/hearings/${demo.hearing}`], ["accounts", "admin", "/office/accounts"], ["me", "handler", "/office/me"],
];
const contexts = new Map();
for (const [name, who, path] of pages) {
  if (only && !name.startsWith(only)) continue;
  for (const lang of ["zh-CN", "en"]) for (const [size, viewport] of [["wide", { width: 1440, height: 900 }], ["phone", { width: 360, height: 780 }]]) {
    const key = who ?? "-";
    if (!contexts.has(key)) {
      const context = await browser.newContext({ baseURL: origin, locale: "zh-CN" });
      if (who) { const r = await context.request.post("/api/sign-in", { data: { name: who, password: pass(who) } }); if (!r.ok()) throw new Error(await r.text()); }
      contexts.set(key, context);
    }
    const context = contexts.get(key);
    await context.addCookies([{ name: "fengqiao_language", value: lang, url: origin }]);
    const page = await context.newPage();
    page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") console.log(name, lang, size, m.text().slice(0, 300)); });
    page.on("pageerror", (e) => console.log(name, "PAGEERROR", e.message.slice(0, 300)));
    await page.setViewportSize(viewport);
    await page.goto(path);
    await page.waitForSelector("html[data-ready]", { timeout: 15000 }).catch(() => console.log(name, "not ready"));
    await page.screenshot({ path: `/tmp/shots/${name}-${lang.slice(0, 2)}-${size}.png`, fullPage: true });
    await page.close();
  }
}
await browser.close();
