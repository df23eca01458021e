// The form of a new hearing when answers are lost, the page is loaded anew half-way, and somebody else sits down at the
// same computer: one hearing, each seat once, and no draft for whoever comes next.

import { expect, heldBack, Person, test } from "./court";
import type { Server } from "./server";
import { dead, opens, signIn, takenOver } from "./staff";

const NUMBER = "豫检民监〔2026〕88号";
const OTHER = "豫检民监〔2026〕89号";
const THIRD = "豫检民监〔2026〕91号";
const CAUSE = "房屋买卖合同纠纷";
const FORM = "/office/hearings/new";

async function staff(server: Server, person: Person, name: string, path: string): Promise<void> {
  const account = server.demo.accounts.find((login) => login.name === name);
  await signIn(person, name, account?.password, path);
}

/** The next request to that address is done, and its answer lost. */
async function losesNext(person: Person, address: RegExp): Promise<void> {
  let lost = false;
  await person.page.route(address, async (route) => {
    if (lost || route.request().method() !== "POST") return route.fallback();
    lost = true;
    await route.fetch();
    await route.abort("connectionreset");
  });
}

async function entersCase(person: Person, number: string): Promise<void> {
  const answer = await person.page.request.post("/api/cases", {
    data: { number, kind: "civil-supervision", cause: CAUSE, issues: [{ id: "i1", text: "合同是否有效" }] },
    headers: { origin: new URL(person.page.url()).origin },
  });
  expect(answer.status()).toBe(201);
}

async function changesCase(person: Person, number: string, issue: string): Promise<void> {
  const answer = await person.page.request.patch("/api/cases", {
    data: { number, kind: "civil-supervision", cause: CAUSE, issues: [{ id: "i1", text: issue }] },
    headers: { origin: new URL(person.page.url()).origin },
  });
  expect(answer.ok()).toBe(true);
}

async function fillsIn(person: Person): Promise<void> {
  await person.part("place").fill("市人民检察院检察听证室");
  await person.part("date").fill("2099-05-06");
  for (const [row, name] of [[1, "周正"], [2, "吴岚"], [4, "陈某某"], [5, "某公司"]] as const) {
    await person.part(`seat-${row}-name`).fill(name);
  }
}

const hearings = async (person: Person): Promise<{ id: string; number: string; seats: number }[]> =>
  (await (await person.page.request.get("/api/hearings")).json()).filter((face: { number: string }) => face.number === NUMBER);

test("a hearing is registered once, whatever answers are lost, and its draft is nobody else's", async ({ server, browser }) => {
  const handler = await Person.comes(browser, "handler", server.origin);
  await staff(server, handler, "handler", "/office/cases");
  for (const number of [NUMBER, OTHER, THIRD]) await entersCase(handler, number);

  await test.step("each case has a draft of its own", async () => {
    await opens(handler.page, `${FORM}?case=${encodeURIComponent(OTHER)}`);
    await handler.part("place").fill("县人民检察院");
    await opens(handler.page, `${FORM}?case=${encodeURIComponent(NUMBER)}`);
    await expect(handler.part("case-number")).toHaveValue(NUMBER);
    await expect(handler.part("place")).toHaveValue("");
    await fillsIn(handler);
    await expect(handler.part("other-drafts")).toContainText(OTHER);
  });

  await test.step("a draft asks whether it follows a case that was changed after it was begun", async () => {
    await changesCase(handler, OTHER, "合同应否解除");
    await opens(handler.page, `${FORM}?case=${encodeURIComponent(OTHER)}`);
    await expect(handler.part("case-changed")).toContainText("登记内容有修改");
    await expect(handler.part("issue-1")).toHaveValue("合同是否有效");
    await handler.part("take-new-case").click();
    await expect(handler.part("issue-1")).toHaveValue("合同应否解除");
    await expect(handler.part("case-changed")).toHaveCount(0);
    await handler.page.reload();
    await takenOver(handler.page);
    await expect(handler.part("place")).toHaveValue("县人民检察院");
    await expect(handler.part("case-changed")).toHaveCount(0);
  });

  await test.step("a case that was typed is not lost when another is chosen; place and seats go along", async () => {
    await opens(handler.page, FORM);
    await handler.part("case-number").fill("豫检民监〔2026〕90号");
    await handler.part("place").fill("镇综治中心");
    await handler.part("from-case").selectOption(THIRD);
    await expect(handler.part("case-number")).toHaveValue(THIRD);
    await expect(handler.part("place"), "the plan goes along").toHaveValue("镇综治中心");
    await handler.part("from-case").selectOption(NUMBER);
    await expect(handler.part("place"), "the draft of that case").toHaveValue("市人民检察院检察听证室");
    await handler.part("other-drafts").getByRole("link", { name: "未选案件的草稿" }).click();
    await takenOver(handler.page);
    await expect(handler.part("case-number")).toHaveValue("豫检民监〔2026〕90号");
    await expect(handler.part("place")).toHaveValue("镇综治中心");
    await handler.part("empty-form").click();
    await opens(handler.page, `${FORM}?case=${encodeURIComponent(NUMBER)}`);
  });

  const second = await handler.context.newPage();
  await opens(second, `${FORM}?case=${encodeURIComponent(NUMBER)}`);

  await test.step("the answer to the registration is lost: pressed again, it is the same hearing", async () => {
    await losesNext(handler, /\/api\/hearings$/);
    await handler.part("register").click();
    await expect(handler.part("unanswered")).toContainText("不会重复登记");
    await expect(handler.part("place")).toBeDisabled();
    expect(await hearings(handler)).toHaveLength(1);
  });

  await test.step("another window of the same draft follows, and does not register a second hearing", async () => {
    await second.getByTestId("register").click();
    await expect(second.getByTestId("unanswered")).toBeVisible();
    await expect(second.getByTestId("place")).toBeDisabled();
    expect(await hearings(handler)).toHaveLength(1);
  });

  await test.step("the answer to a seat is lost too, and the page is loaded anew", async () => {
    await losesNext(handler, /\/commands$/);
    await handler.part("register").click();
    await expect(handler.part("half")).toContainText("听证已经登记");
    await handler.page.reload();
    await takenOver(handler.page);
    await expect(handler.part("half")).toBeVisible();
    await expect(handler.part("place")).toHaveValue("市人民检察院检察听证室");
  });

  await test.step("it goes on with the same hearing, and rows may go before it does", async () => {
    await handler.page.getByRole("button", { name: "删除席位 3" }).click();
    await handler.part("register").click();
    await handler.page.waitForURL(/\/office\/hearings\/[0-9a-f-]{36}$/);
    await takenOver(handler.page);
    const [only, ...more] = await hearings(handler);
    expect(more).toEqual([]);
    expect(only?.seats).toBe(4);
    expect(handler.page.url()).toContain(only?.id);
    await expect(handler.part("seats").getByRole("row")).toHaveCount(5);
    await opens(handler.page, `${FORM}?case=${encodeURIComponent(NUMBER)}`);
    await expect(handler.part("place"), "the draft is done").toHaveValue("");
  });

  await test.step("a window that still shows it cannot register it again", async () => {
    await second.getByTestId("register").click();
    await expect(second.locator("#register-why")).toContainText("另一个窗口");
    expect(await hearings(handler)).toHaveLength(1);
    await second.close();
  });

  await test.step("what is emptied is another hearing", async () => {
    await opens(handler.page, `${FORM}?case=${encodeURIComponent(OTHER)}`);
    await expect(handler.part("place")).toHaveValue("县人民检察院");
    await handler.part("empty-form").click();
    await expect(handler.part("place")).toHaveValue("");
    await dead(handler, "register", /案号/);
    await handler.part("place").fill("某处");
  });

  await test.step("whoever comes next reads no draft, signed out or not", async () => {
    const kept = () => handler.page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("fengqiao.office.")));
    expect(await kept()).not.toEqual([]);
    await handler.context.clearCookies({ name: /session/ });
    await staff(server, handler, "handler", FORM);
    expect(await kept(), "one's own drafts outlast the session").not.toEqual([]);
    await handler.context.clearCookies({ name: /session/ });
    await staff(server, handler, "leader", "/office");
    expect(await kept()).toEqual([]);
    await handler.part("sign-out").click();
    await expect(handler.part("sign-in")).toBeVisible();
    await staff(server, handler, "handler", FORM);
    await handler.part("place").fill("某处");
    await expect.poll(kept).not.toEqual([]);
    await handler.part("sign-out").click();
    await expect(handler.part("sign-in")).toBeVisible();
    await takenOver(handler.page);
    expect(await kept()).toEqual([]);
    await staff(server, handler, "leader", `${FORM}?case=${encodeURIComponent(OTHER)}`);
    await expect(handler.part("place")).toHaveValue("");
  });
  expect(handler.complaints).toEqual([]);
});

test("whoever is put into the pool again stands there once; ticks of one way to choose do not go over to the other", async ({ server, browser }) => {
  const keeper = await Person.comes(browser, "case-management", server.origin);
  const login = server.demo.accounts.find(({ role }) => role === "case-management");
  await signIn(keeper, login?.name ?? "", login?.password, "/office/pool");
  const count = await keeper.part("pool-count").innerText();
  await keeper.part("import").click();
  await keeper.part("import-lines").fill("买玉蕊,人大代表,人大代表,,城区,1974,3001");
  await keeper.part("import-send").click();
  await expect(keeper.part("imported")).toContainText("买玉蕊");
  await keeper.page.keyboard.press("Escape");
  await expect(keeper.part("pool-count")).toHaveText(count);

  await opens(keeper.page, `/office/hearings/${server.demo.hearing}`);
  await keeper.page.getByText("抽取或者指定听证员").click();
  await keeper.part("tick-林晓").check();
  await keeper.part("how-directed").check();
  await expect(keeper.part("tick-林晓")).not.toBeChecked();
  await dead(keeper, "draw", /选择要指定的听证员/);
  expect(keeper.complaints).toEqual([]);
});

test("what is chosen and typed in a form before the page has come whole stands there when it has", async ({ server, browser }) => {
  const handler = await Person.comes(browser, "handler", server.origin);
  await staff(server, handler, "handler", "/office/cases");
  const comes = await heldBack(handler.page);
  await handler.page.goto(FORM, { waitUntil: "commit" });
  await handler.part("case-kind").selectOption({ index: 2 });
  const kind = await handler.part("case-kind").inputValue();
  await handler.part("case-summary").fill("双方于2024年订立合同。");
  await handler.part("minutes").fill("7");
  await handler.part("mode-doorstep").check();
  comes();
  await takenOver(handler.page);
  await expect(handler.part("case-kind")).toHaveValue(kind);
  await expect(handler.part("case-summary")).toHaveValue("双方于2024年订立合同。");
  await expect(handler.part("minutes")).toHaveValue("7");
  await expect(handler.part("mode-doorstep")).toBeChecked();
  // The program knows it too, not the fields alone: what was chosen is kept with the draft.
  await handler.page.reload();
  await expect(handler.part("mode-doorstep")).toBeChecked();
  await expect(handler.part("case-kind")).toHaveValue(kind);
});
