// How the tests in browsers run: Debian's Chromium, one hearing at a time, nothing repeated for luck.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    actionTimeout: 30_000,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    // Without a film: filming eleven browsers at once takes more than running them.
    trace: { mode: "retain-on-failure", screenshots: false },
    launchOptions: {
      executablePath: process.env.FENGQIAO_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run",
        // A camera and a microphone for the video link, which is reached on this machine.
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=5", "--allow-loopback-in-peer-connection",
        "--autoplay-policy=no-user-gesture-required"],
    },
  },
});
