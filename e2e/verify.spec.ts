// The page that checks a case file: what was typed wrongly is said before the file is read, in both languages and on any screen.

import { barriers, expect, expectNoSideways, type Language, Person, speaks, test } from "./court";

const SAID: Record<Language, [string, string, string]> = {
  "zh-CN": ["公钥应为64位十六进制数", "国密公钥应为128位十六进制数", "这份案卷不可信"],
  en: ["The key has 64 hexadecimal digits", "The SM2 key has 128 hexadecimal digits", "do not rely on this case file"],
};

for (const language of ["zh-CN", "en"] as Language[]) {
  for (const width of [360, 1440]) {
    test(`a key that is none is said to be none, ${language}, ${width} wide`, async ({ server, browser }) => {
      const reader = await Person.comes(browser, "reader", server.origin, { viewport: { width, height: 800 } });
      await speaks(reader.context, server.origin, language);
      await reader.page.goto("/verify");
      await reader.page.locator("html[data-ready]").waitFor();
      const [key, sm2, broken] = SAID[language];
      await reader.part("case-file").setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer: Buffer.from("no archive") });

      await reader.part("seal-key").fill("12ab");
      await reader.part("verify").click();
      await expect(reader.part("verify-stopped")).toContainText(key);
      await reader.part("seal-key").fill("fe81 2c12 f3ab 4ce6 ac5d b69a c352 f906");
      await reader.part("seal-key-sm2").fill("g".repeat(128));
      await reader.part("verify").click();
      await expect(reader.part("verify-stopped")).toContainText(sm2);
      await expectNoSideways(reader, "a key is wrong");
      expect(await barriers(reader.page)).toEqual([]);

      await reader.part("seal-key-sm2").fill("0".repeat(128));
      await reader.part("verify").click();
      await expect(reader.part("verify-result")).toContainText(broken);
      await reader.context.close();
    });
  }
}
