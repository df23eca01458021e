// What the chair may not decide: the chief prosecutor and a leader decide it from the office while the hearing goes on.

import { expect, Person, test } from "./court";
import { CHEN } from "./script";
import type { Server } from "./server";
import { dead, looks, signIn } from "./staff";
import { Wire } from "./wire";

const OPINION_READ = 79;

async function staff(server: Server, person: Person, path: string): Promise<void> {
  const account = server.demo.accounts.find(({ name }) => name === person.name);
  await signIn(person, person.name, account?.password, path);
}

test("what the chair may not decide is decided from the office", async ({ server, browser }) => {
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, OPINION_READ);
  const applicant = wire.seat("a1");
  for (const whom of ["clerk", "chair"]) {
    await applicant.does({ motion: { move: { kind: "recusal", text: `申请回避：${whom}`, whom } } }, `of-${whom}`);
  }
  const file = `/office/hearings/${server.demo.hearing}`;

  const chief = await Person.comes(browser, "chief", server.origin);
  await staff(server, chief, file);
  await expect(chief.part("motion-of-clerk")).toContainText("郑宁");
  await dead(chief, "grant-of-chair", /检察委员会决定.*第十三条/);
  await chief.part("deny-of-clerk").click();
  await dead(chief, "deny-of-clerk-send", /理由/);
  await chief.part("deny-of-clerk-text").fill("不符合回避条件。");
  await looks(chief);
  await chief.part("deny-of-clerk-send").click();
  await expect(chief.part("motion-of-clerk")).toContainText("不准许");
  await expect(chief.part("grant-of-clerk")).toBeHidden();

  await expect(chief.part("opinion-read")).toContainText("多数意见");
  await chief.part("consent").click();
  await chief.part("consent-text").fill("另有新证据。");
  await chief.part("consent-send").click();
  await expect(chief.part("consent-given")).toContainText("另有新证据");

  await expect(chief.part("deputy")).toContainText("还没有指定");
  await chief.part("name-deputy-handler").click();
  await expect(chief.part("deputy")).toHaveText("已指定吴岚。");
  await looks(chief);

  const leader = await Person.comes(browser, "leader", server.origin);
  await staff(server, leader, "/office?show=mine");
  await expect(leader.part(`hearing-${server.demo.hearing}`)).toContainText("待您决定回避申请");
  await leader.part(`hearing-${server.demo.hearing}`).getByRole("link").click();
  await leader.part("grant-of-chair").click();
  await leader.part("grant-of-chair-text").fill("检察委员会决定：准许。");
  await leader.part("grant-of-chair-send").click();
  await expect(leader.part("motion-of-chair")).toContainText("检察委员会决定：准许。");
  await expect(leader.part("course")).toContainText("暂停");
  await looks(leader);

  const handler = await Person.comes(browser, "handler", server.origin);
  await staff(server, handler, file);
  await expect(handler.part("course")).toBeVisible();
  await expect(handler.part("ruling")).toHaveCount(0);
  expect(await handler.received.holds("申请回避：chair")).toBe(false);
  for (const person of [chief, leader, handler]) expect(person.complaints).toEqual([]);
});
