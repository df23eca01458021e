// An office from its first day: the one-time link, accounts, the pool, a case, a hearing prepared step by step by those
// whose turn it is, the public notice, invitations, and a party who comes in by one.

import type { Browser } from "@playwright/test";

import { expect, Person, speaks, test } from "./court";
import { Server } from "./server";
import { dead, looks, opens, PASSWORD, signIn, takenOver } from "./staff";

const STAFF = {
  检察长周: "chief-prosecutor",
  吴岚: "handler",
  郑宁: "clerk",
  案管孙: "case-management",
  控申李: "petition",
} as const;
type Name = keyof typeof STAFF;

const POOL = [
  "买玉蕊,人大代表,人大代表,,城区,1974,3001",
  "高明远,法学教授,专家学者,法学,城区,1979,3002",
  "林晓,执业律师,律师,法律实务,东县,1988,3003",
  "赵建国,社区工作者,基层群众,,东县,1966,3004",
  "孙慧，保险公司职员，基层群众，保险，城区，1985，3005",
];
const CASE = { number: "豫检民监〔2026〕17号", cause: "机动车交通事故责任纠纷" };
const DAY_MS = 24 * 60 * 60 * 1000;

/** A day on the office's wall clock, as a date field takes it. */
function dayAhead(days: number): string {
  const at = new Date(Date.now() + days * DAY_MS);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(at);
}

class Office {
  readonly people = new Map<string, Person>();
  hearing = "";

  constructor(
    readonly server: Server,
    readonly browser: Browser,
  ) {}

  async person(name: string): Promise<Person> {
    const known = this.people.get(name);
    if (known !== undefined) return known;
    const person = await Person.comes(this.browser, name, this.server.origin);
    this.people.set(name, person);
    return person;
  }

  async staff(name: Name, path = "/office"): Promise<Person> {
    const signedIn = this.people.has(name);
    const person = await this.person(name);
    if (signedIn) await opens(person.page, path);
    else await signIn(person, name, PASSWORD, path);
    return person;
  }

  get file(): string {
    return `/office/hearings/${this.hearing}`;
  }

  get complaints(): string[] {
    return [...this.people.values()].flatMap((person) => person.complaints);
  }
}

test("an office from its first day to a party at the door of the room", async ({ browser }, testInfo) => {
  test.setTimeout(900_000);
  const server = await Server.fresh();
  const office = new Office(server, browser);
  try {
    await test.step("the one-time link makes the first administrator, once", () => setUp(office));
    await test.step("the administrator makes the accounts", () => accounts(office));
    await test.step("case management keeps the pool", () => pool(office));
    await test.step("a case is entered", () => enterCase(office));
    await test.step("the handling prosecutor prepares the hearing", () => prepare(office));
    await test.step("case management draws the panel, and anybody can draw it again", () => drawPanel(office));
    await test.step("the chief prosecutor approves", () => approve(office));
    await test.step("participants are told, the notice is published", () => tell(office));
    await test.step("the public reads the notice without a script", () => notice(office));
    await test.step("invitations are issued, and one is taken back", () => invite(office));
    await test.step("wrong posts are refused", () => strangers(office));
    await test.step("the hearing is put off, then called off", () => putOff(office));
    expect(office.complaints).toEqual([]);
  } catch (reason) {
    await testInfo.attach("server", { body: server.log });
    throw reason;
  } finally {
    await server.end();
  }
});

async function setUp(office: Office): Promise<void> {
  await expect.poll(() => office.server.log).toContain("#setup=");
  const link = /\/office#setup=\S+/.exec(office.server.log)?.[0] ?? "";
  const admin = await office.person("admin");
  await opens(admin.page, link);
  await expect(admin.page.locator("h1")).toHaveText("设置系统管理员");
  await looks(admin);
  await dead(admin, "set-up", /用户名和密码/);
  await admin.part("name").fill("admin");
  await admin.part("password").fill(PASSWORD);
  await admin.part("password-again").fill("something else");
  await dead(admin, "set-up", /不一致/);
  await admin.part("password-again").fill(PASSWORD);
  await admin.part("set-up").click();
  await expect(admin.part("who")).toContainText("admin");
  await takenOver(admin.page);
  expect(new URL(admin.page.url()).pathname + new URL(admin.page.url()).hash).toBe("/office/accounts");

  const second = await office.person("second");
  await opens(second.page, link);
  for (const [field, text] of [["name", "mallory"], ["password", PASSWORD], ["password-again", PASSWORD]] as const) {
    await second.part(field).fill(text);
  }
  await second.part("set-up").click();
  await expect(second.part("refused")).toContainText("无效或者已经使用");
}

async function accounts(office: Office): Promise<void> {
  const admin = await office.person("admin");
  await expect(admin.part("missing-posts")).toContainText("检察长、承办检察官、书记员、案件管理");
  for (const [name, post] of Object.entries(STAFF)) {
    await admin.part("new-account").click();
    await dead(admin, "make-account", /职务/);
    await admin.part("account-name").fill(name);
    await admin.part("account-post").selectOption(post);
    await admin.part("account-password").fill(PASSWORD);
    await admin.part("make-account").click();
    await expect(admin.part(`account-${name}`)).toBeVisible();
  }
  await expect(admin.part("missing-posts")).toHaveCount(0);
  await looks(admin);

  await admin.part("change-控申李").click();
  await admin.part("account-post-new").selectOption("clerk");
  await looks(admin);
  await admin.part("save-account").click();
  await expect(admin.part("account-控申李")).toContainText("书记员");
  await admin.part("change-控申李").click();
  await admin.part("account-post-new").selectOption("petition");
  await admin.part("save-account").click();
  await expect(admin.part("account-控申李")).toContainText("控告申诉");

  await admin.part("change-admin").click();
  await admin.part("turn-account").click();
  await expect(admin.part("refused")).toContainText("至少保留一名系统管理员");
}

async function pool(office: Office): Promise<void> {
  const keeper = await office.staff("案管孙", "/office/pool");
  await looks(keeper);
  await keeper.part("import").click();
  await keeper.part("import-lines").fill(POOL.slice(0, 2).join("\n") + "\n王五,教师");
  await dead(keeper, "import-send", /第 3 行/);
  await keeper.part("import-lines").fill(POOL.join("\n"));
  await keeper.part("import-send").click();
  await expect(keeper.part("pool-count")).toHaveText("名册共 5 人，其中 5 人可以抽取。");

  await keeper.part("add-panellist").click();
  for (const [field, text] of [["name", "钱七"], ["post", "医师"], ["class", "专家学者"], ["year", "1970"], ["tail", "3006"]]) {
    await keeper.part(`panellist-${field}`).fill(text ?? "");
  }
  await keeper.part("panellist-barred").fill("被吊销执业证书");
  await keeper.part("save-panellist").click();
  await expect(keeper.part("panellist-钱七")).toContainText("不得担任");
  await expect(keeper.part("pool-count")).toHaveText("名册共 6 人，其中 5 人可以抽取。");
  await keeper.part("class").selectOption("律师");
  await expect(keeper.part("panellist-林晓")).toBeVisible();
  await expect(keeper.part("panellist-钱七")).toHaveCount(0);
  await looks(keeper);
}

async function enterCase(office: Office): Promise<void> {
  const petition = await office.staff("控申李", "/office/cases");
  await petition.part("enter-case").click();
  await dead(petition, "save-case", /案号/);
  await petition.part("case-number").fill(CASE.number);
  await petition.part("case-kind").selectOption("civil-supervision");
  await petition.part("case-cause").fill(CASE.cause);
  await petition.part("case-summary").fill("申请人在交通事故中受伤致残，申请检察监督。");
  await petition.part("issue-1").fill("经常居住地是否在城镇");
  await petition.part("proposal-1").fill("认定为城镇");
  await looks(petition);
  await petition.part("save-case").click();
  await expect(petition.part(`case-${CASE.number}`)).toContainText(CASE.cause);
  await expect(petition.page.getByRole("link", { name: "准备听证" })).toHaveCount(0);
  await looks(petition);
}

async function prepare(office: Office): Promise<void> {
  const handler = await office.staff("吴岚", "/office/cases");
  await handler.part("change-case").click();
  await expect(handler.part("case-cause")).toHaveValue(CASE.cause);
  await handler.part("case-number").fill("另一案号");
  await dead(handler, "save-case", /案号不能修改/);
  await handler.part("case-number").fill(CASE.number);
  await handler.part("case-summary").fill("申请人在交通事故中受伤致残，已申请检察监督。");
  await looks(handler);
  await handler.part("save-case").click();
  await expect(handler.part("case-dialog")).toBeHidden();
  await handler.page.getByRole("link", { name: "准备听证" }).click();
  await expect(handler.part("case-summary")).toHaveValue(/已申请检察监督/);
  await expect(handler.part("case-number")).toHaveValue(CASE.number);
  await expect(handler.part("issue-1")).toHaveValue("经常居住地是否在城镇");
  await dead(handler, "register", /地点/);

  await handler.part("case-kind").selectOption("custody-necessity");
  await expect(handler.part("openness-closed")).toBeChecked();
  await expect(handler.part("ground")).toHaveValue("custody");
  await handler.part("case-kind").selectOption("civil-supervision");
  await handler.part("place").fill("市人民检察院检察听证室");
  await handler.part("date").fill(dayAhead(1));
  await expect(handler.part("short-notice")).toContainText("不足3日");
  await handler.part("openness-public").check();
  await handler.part("date").fill(dayAhead(10));
  await expect(handler.part("short-notice")).toBeHidden();

  await handler.part("add-issue").click();
  await handler.part("issue-2").fill("赔偿金适用何种标准");
  await seat(handler, 1, "周正", "检察长");
  await seat(handler, 2, "吴岚", "承办检察官");
  await seat(handler, 3, "郑宁", "书记员");
  await seat(handler, 4, "陈某某", "务工人员");
  await seat(handler, 5, "某运输公司", "");
  await handler.part("add-seat").click();
  await handler.part("seat-6-capacity").selectOption("agent");
  await handler.part("seat-6-name").fill("何律师");
  await dead(handler, "register", /代理人应当写明代理哪一方当事人.*第六条/);
  await handler.part("seat-6-for").selectOption({ label: "申请人 陈某某" });
  await handler.part("seat-1-chief").check();
  await looks(handler);

  await handler.page.reload();
  await takenOver(handler.page);
  await expect(handler.part("place"), "what was typed is kept").toHaveValue("市人民检察院检察听证室");
  await expect(handler.part("seats").getByRole("textbox", { name: "姓名" }).last()).toHaveValue("何律师");
  await handler.part("register").click();
  await handler.page.waitForURL(/\/office\/hearings\/[0-9a-f-]{36}$/);
  await takenOver(handler.page);
  office.hearing = new URL(handler.page.url()).pathname.split("/").pop() ?? "";
  await expect(handler.part("step-panel")).toHaveAttribute("data-stand", "now");
  await expect(handler.part("seats").getByRole("row")).toHaveCount(7);
  await dead(handler, "approve", /须由检察长批准.*第四条/);
  await dead(handler, "notify", /尚未经检察长批准.*第四条/);
  await looks(handler);
}

async function seat(person: Person, row: number, name: string, post: string): Promise<void> {
  await person.part(`seat-${row}-name`).fill(name);
  await person.part(`seat-${row}-post`).fill(post);
}

async function drawPanel(office: Office): Promise<void> {
  const keeper = await office.staff("案管孙");
  await expect(keeper.part("show-mine")).toContainText("1");
  await keeper.part("show-mine").click();
  await expect(keeper.page).toHaveURL(/show=mine/);
  await keeper.page.getByRole("link", { name: CASE.cause }).click();
  await expect(keeper.part("qualify")).toHaveText("符合条件的共 5 人。");
  await keeper.part("tick-孙慧").check();
  await expect(keeper.part("qualify")).toHaveText("符合条件的共 4 人。");
  await keeper.part("draw-number").fill("5");
  await dead(keeper, "draw", /只有 4 人/);
  await keeper.part("draw-number").fill("3");
  await keeper.part("draw").click();
  await expect(keeper.part("seed")).toHaveText(/^[0-9a-f]{64}$/);
  await expect(keeper.part("pool-size")).toHaveText("4");
  const names = (await keeper.part("drawn").innerText()).split("、");
  expect(names).toHaveLength(3);
  expect(names).not.toContain("孙慧");
  await keeper.part("redraw-1").click();
  await expect(keeper.part("redrawn")).toContainText(`重新计算的结果：${names.join("、")}。与记录一致。`);
  await looks(keeper);
  await keeper.part("seat-panel").click();
  for (const name of names) await expect(keeper.part("seats")).toContainText(name);
  await expect(keeper.part("step-seats")).toHaveAttribute("data-stand", "done");
  await expect(keeper.part("step-approval")).toHaveAttribute("data-stand", "now");
}

async function approve(office: Office): Promise<void> {
  const chief = await office.staff("检察长周", office.file);
  await expect(chief.page.getByText("拟处理意见：认定为城镇")).toBeVisible();
  await chief.part("approve").click();
  await chief.part("approve-text").fill("同意听证。");
  await looks(chief);
  await chief.part("approve-send").click();
  await expect(chief.part("step-approval")).toHaveAttribute("data-stand", "done");
  await dead(chief, "approve", /已经批准/);
}

async function tell(office: Office): Promise<void> {
  const handler = await office.staff("吴岚", office.file);
  await handler.part("notify").click();
  await handler.part("notify-send").click();
  await expect(handler.part("step-notices")).toHaveAttribute("data-stand", "done");
  await handler.part("publish").click();
  await expect(handler.part("step-publication")).toHaveAttribute("data-stand", "done");
  await handler.page.goto("/office");
  await expect(handler.part(`hearing-${office.hearing}`)).toContainText("准备就绪");
}

async function notice(office: Office): Promise<void> {
  const context = await office.browser.newContext({ javaScriptEnabled: false, baseURL: office.server.origin });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByTestId("notice").getByRole("link").click();
  await expect(page.locator("h1")).toHaveText(`${CASE.cause}公开听证`);
  await expect(page.locator("main")).toContainText("市人民检察院检察听证室");
  await expect(page.locator("main")).toContainText("周正");
  for (const secret of ["陈某某", "何律师", "认定为城镇"]) await expect(page.locator("body")).not.toContainText(secret);
  await context.close();

  const reader = await office.person("reader");
  for (const path of ["/", `/notices/${office.hearing}`, "/enter"]) {
    await opens(reader.page, path);
    await looks(reader);
  }
  const gone = await reader.page.goto("/notices/nothing");
  expect(gone?.status()).toBe(404);
}

async function invite(office: Office): Promise<void> {
  const handler = await office.staff("吴岚", office.file);
  await dead(handler, "issue-a1", /后四位/);
  await handler.part("tail-a1").fill("2008");
  await handler.part("issue-a1").click();
  const slip = handler.part("slip-a1");
  await expect(slip.getByRole("img", { name: /二维码/ })).toBeVisible();
  const link = await slip.getByTestId("link").innerText();
  const code = await slip.getByTestId("code").innerText();
  await handler.part("issue-p1").click();
  await expect(handler.part("slip-p1"), "the pool knows the panellist's number").toBeVisible();
  await expect(handler.part("seat-a1")).toContainText("已签发");
  await expect(handler.part("step-invitations")).toContainText("已签发 2 /");
  await looks(handler);

  const party = await office.person("party");
  await opens(party.page, new URL(link).pathname);
  await expect(party.part("invitation")).toContainText("申请人");
  await looks(party);
  await party.part("phone-tail").fill("2008");
  await party.part("accept-invitation").click();
  await expect(party.part("arrival")).toBeVisible();
  await expect(party.page).toHaveURL(new RegExp(`/hearings/${office.hearing}/seats/a1$`));

  const again = await office.person("the same by code");
  await opens(again.page, "/enter");
  await again.part("entry-code").fill(code.toLowerCase());
  await again.part("phone-tail").fill("2008");
  await again.part("accept-invitation").click();
  await expect(again.part("arrival")).toBeVisible();

  await opens(handler.page, office.file);
  await expect(handler.part("seat-a1")).toContainText("已使用");
  await expect(handler.part("slip-a1"), "secrets are shown once").toHaveCount(0);
  await handler.part("revoke-a1").click();
  await expect(handler.part("revoke-a1-dialog")).toContainText("立即失效");
  await expect(handler.part("seat-a1")).toContainText("已使用");
  await handler.part("revoke-a1-send").click();
  await expect(handler.part("seat-a1")).toContainText("未签发");
  await opens(party.page, new URL(link).pathname);
  await expect(party.part("entry-refused").first()).toContainText("邀请无效");
}

async function strangers(office: Office): Promise<void> {
  const admin = await office.person("admin");
  await opens(admin.page, office.file);
  await expect(admin.part("refused")).toContainText("您的职务不能办理此项");
  const petition = await office.staff("控申李", office.file);
  await expect(petition.part("refused")).toContainText("您的职务不能办理此项");
  await opens(petition.page, "/office/accounts");
  await expect(petition.part("refused")).toContainText("您的职务不能办理此项");
  await expect(petition.page.getByText("拟处理意见")).toHaveCount(0);

  const nobody = await office.person("nobody");
  for (const path of ["/office", "/office/pool", office.file]) {
    await opens(nobody.page, path);
    await expect(nobody.part("sign-in")).toBeVisible();
    expect(await nobody.received.holds("陈某某"), path).toBe(false);
  }
  await looks(nobody);
  await nobody.part("name").fill("吴岚");
  await nobody.part("password").fill("not the password");
  await nobody.part("sign-in").click();
  await expect(nobody.part("refused")).toContainText("用户名或者密码不正确");

  const clerk = await office.staff("郑宁", "/office/me");
  await clerk.part("old-password").fill(PASSWORD);
  await clerk.part("new-password").fill("another password 2026");
  await clerk.part("password-again").fill("another password 2026");
  await looks(clerk);
  await clerk.part("change-password").click();
  await expect(clerk.part("changed")).toBeVisible();
  await clerk.part("sign-out").click();
  await expect(clerk.part("sign-in")).toBeVisible();
  await takenOver(clerk.page);
  await signIn(clerk, "郑宁", "another password 2026");
}

async function putOff(office: Office): Promise<void> {
  const handler = await office.staff("吴岚", office.file);
  await handler.part("postpone").click();
  await handler.part("postpone-date").fill(dayAhead(1));
  await dead(handler, "postpone-send", /理由/);
  await handler.part("postpone-reason").fill("申请人住院");
  await handler.part("postpone-send").click();
  await expect(handler.part("step-notices")).toHaveAttribute("data-stand", "now");
  await handler.part("notify").click();
  await dead(handler, "notify-send", /写明理由/);
  await handler.part("notify-text").fill("当事人均同意");
  await handler.part("notify-send").click();
  await expect(handler.part("step-notices")).toContainText("当事人均同意");
  await handler.part("publish").click();
  await expect(handler.part("step-publication")).toHaveAttribute("data-stand", "done");

  await handler.part("cancel").click();
  await handler.part("cancel-text").fill("双方和解");
  await handler.part("cancel-send").click();
  await expect(handler.part("called-off")).toContainText("双方和解");
  await dead(handler, "postpone", /已经取消/);
  await looks(handler);
  const reader = await office.person("reader");
  await opens(reader.page, `/notices/${office.hearing}`);
  await expect(reader.part("notice-state")).toContainText("已经取消");
}

test("the pages of the office are no wider than the screen", async ({ server, browser }) => {
  const { accounts: logins, hearing } = server.demo;
  for (const width of [360, 768, 1366, 1920]) {
    const people = new Map<string, Person>();
    for (const [name, paths] of Object.entries({
      handler: ["/office", "/office/cases", "/office/pool", "/office/hearings/new", `/office/hearings/${hearing}`, "/office/me"],
      admin: ["/office/accounts"],
    })) {
      const person = await Person.comes(browser, name, server.origin, { viewport: { width, height: 800 } });
      people.set(name, person);
      for (const language of ["zh-CN", "en"] as const) {
        await speaks(person.context, server.origin, language);
        for (const path of paths) {
          if (path === paths[0] && language === "zh-CN") {
            await signIn(person, name, logins.find((login) => login.name === name)?.password, path);
          } else {
            await opens(person.page, path);
          }
          const over = await person.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect.soft(over, `${path} at ${width} in ${language}`).toBeLessThanOrEqual(0);
        }
      }
    }
    for (const person of people.values()) {
      expect(person.complaints).toEqual([]);
      await person.context.close();
    }
  }
});
