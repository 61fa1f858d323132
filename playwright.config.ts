import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** The shell is the same Chromium without a browser around the pages, which takes a third of the time. */
const system = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => existsSync(path));

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // A test waits more than it computes: for polls, checks and processes.
  workers: 3,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  // As in vitest.config.ts: a limit that a busy machine reaches tells nothing about the code.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: "list",
  use: {
    // A control that never comes is told long before its test's time is over.
    actionTimeout: 60_000,
    viewport: { width: 1280, height: 800 },
    // A trace of every test costs a quarter of the whole suite's time; `--trace=on` makes one for whoever looks into a failure.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(system ? { executablePath: system } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
