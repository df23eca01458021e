// The archive in the office's browser: a hearing that was sealed is found by what was said in it, its file is kept longer for a
// reason, and whoever supervises sees who has read it. On a desk and on a phone, in both languages.

import { barriers, expect, expectNoSideways, Person, test } from "./court";
import { CHEN } from "./script";
import { dead, looks, opens, signIn } from "./staff";
import { Wire } from "./wire";

/** From the opening of the room to the seal. */
const SEALED = 103;

test("a sealed hearing is found by its words, kept longer for a reason, and its readers are known", async ({ browser, server }) => {
  test.setTimeout(180_000);
  const wire = await Wire.arrives(CHEN, server, []);
  await wire.plays(1, SEALED);
  const hearing = wire.seat("clerk").hearing;
  const account = (name: string) => server.demo.accounts.find((known) => known.name === name)!;

  const handler = await Person.comes(browser, "handler", server.origin);
  await signIn(handler, "handler", account("handler").password, "/office/archive");
  await test.step("by a word of the record, in a plain form whose address is the search", async () => {
    // It is put into the archive by itself, soon after it was sealed.
    await expect(async () => {
      await opens(handler.page, "/office/archive?text=%E5%B1%85%E4%BD%8F");
      await expect(handler.part(`archived-${hearing}`)).toBeVisible({ timeout: 1_000 });
    }).toPass();
    const found = handler.part(`archived-${hearing}`);
    await expect(found.locator("mark").first()).toHaveText("居住");
    await expect(found).toContainText("笔录第");
    await looks(handler);
    await handler.part("archive-text").fill("没有人说过的话");
    await handler.part("archive-find").click();
    await expect(handler.part("archive-none")).toBeVisible();
    await expect(handler.page).toHaveURL(/text=/);
    await opens(handler.page, "/office/archive?person=%E9%99%88");
    await expect(handler.part(`archived-${hearing}`)).toBeVisible();
  });
  await test.step("the handler asks for a longer time and says why", async () => {
    await opens(handler.page, `/office/archive/${hearing}`);
    await expect(handler.part("retention")).toContainText("30年");
    await dead(handler, "retention-change", /请选择期限并写明理由/);
    await handler.part("retention-class").selectOption("permanent");
    await handler.part("retention-reason").fill("社会影响重大");
    await handler.part("retention-change").click();
    await expect(handler.part("retention-pending")).toContainText("社会影响重大");
    await expect(handler.part("show-readers"), "for those who supervise alone").toHaveCount(0);
    await looks(handler);
  });
  await test.step("and puts the public version forward, with a word more to be masked", async () => {
    await handler.part("open-public-version").click();
    await expect(handler.part("public-standing")).toHaveText("尚未发布");
    await handler.part("public-more").fill("居住证");
    await handler.part("public-prepare").click();
    await dead(handler, "public-publish", /不能自己发布/);
    await looks(handler);
  });
  await test.step("the chief prosecutor grants it and sees who has read the file", async () => {
    const chief = await Person.comes(browser, "chief", server.origin);
    await signIn(chief, "chief", account("chief").password);
    await opens(chief.page, `/office/archive/${hearing}`);
    const downloads = chief.page.waitForEvent("download");
    await chief.part("archive-whole").click();
    expect((await downloads).suggestedFilename()).toBe(`hearing-${hearing}.zip`);
    await chief.part("ruling-reason").fill("同意");
    await chief.part("retention-grant").click();
    await expect(chief.part("retention")).toHaveText("永久");
    await chief.part("open-public-version").click();
    await chief.part("public-publish").click();
    await expect(chief.part("public-standing")).toHaveText("已经发布");
    await chief.part("show-readers").click();
    await expect(chief.part("readers")).toContainText("下载案卷");
    expect(await barriers(chief.page)).toEqual([]);
    await chief.page.setViewportSize({ width: 360, height: 780 });
    await expectNoSideways(chief, "in the archive");
    await opens(chief.page, "/office/archive?text=%E5%B1%85%E4%BD%8F");
    await expectNoSideways(chief, "in the archive");
    expect(await barriers(chief.page)).toEqual([]);
  });
  await test.step("anybody reads it, on a desk and on a phone", async () => {
    const visitor = await Person.comes(browser, "visitor", server.origin);
    await opens(visitor.page, "/records");
    await visitor.part(`record-${hearing}`).locator("a").click();
    await expect(visitor.part("record-lines")).toContainText("申请人");
    await expect(visitor.part("record-lines")).not.toContainText("居住证");
    await looks(visitor);
    await visitor.page.setViewportSize({ width: 360, height: 780 });
    await expectNoSideways(visitor, "reading a public record");
  });
});
