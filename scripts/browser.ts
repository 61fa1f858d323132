import { chromium, type Browser } from "@playwright/test";
import playwright from "../playwright.config.ts";

/** The browser of the end-to-end tests, with their options. Close it when done. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(playwright.use?.launchOptions);
}
