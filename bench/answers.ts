/**
 * How long one answer holds up the page of the playground: texts that were written to, and an honest long one, in a real Chromium. Prints
 * the longest task of the page for each, beside that of an answer of one word.
 *
 *   tsx bench/answers.ts
 */
import type { Page } from "@playwright/test";
import { HOSTILE_TEXTS, startAnsweringPlugin, textAnswer } from "../test/answering-plugin.ts";
import { launchBrowser } from "../scripts/browser.ts";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { removeDirectory, startConsole } from "../test/console-process.ts";

const PARAGRAPH =
  "## A heading\n\nSome **bold** words, a [link](https://example.test), `code`, and more of them.\n\n- one\n- two\n\n```js\nlet a = 1;\n```\n\n";
const TEXTS: Record<string, string> = {
  "one word": "pong",
  "an honest 10 KB": PARAGRAPH.repeat(70),
  "an honest 65 KB": PARAGRAPH.repeat(480),
  ...HOSTILE_TEXTS,
};

const loom = await startConsole({ env: ADMIN_ENV });
const answers = Object.entries(TEXTS).map(([name, text]): [string, object[]] => [name, textAnswer(text)]);
const plugin = await startAnsweringPlugin(Object.fromEntries(answers));
const browser = await launchBrowser();
const { api, cookie } = await signIn(loom);
const created = await api.registerPlugin({ endpoint: plugin.url, approveEndpoint: true });
await api.enablePlugin(created.id);
const context = await browser.newContext({ baseURL: loom.url, extraHTTPHeaders: { cookie } });

for (const [name] of answers) {
  const page = await context.newPage();
  await page.goto(`/playground?plugin=${created.id}&model=scripted`);
  await page.getByRole("textbox", { name: "Message" }).fill("one word");
  await page.keyboard.press("Enter");
  // Everything that answers need is loaded by the first one.
  await finish(page, 1);
  await page.evaluate(watchTasks);
  await page.getByRole("textbox", { name: "Message" }).fill(name);
  await page.keyboard.press("Enter");
  await finish(page, 2);
  // The worker gives up after 5 s; then what it could not format is drawn.
  await page.waitForTimeout(6_500);
  const longest = await page.evaluate(() =>
    Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks),
  );
  console.log(`${name.padEnd(24)} longest task ${String(Math.round(longest)).padStart(5)} ms`);
  await page.close();
}

await browser.close();
await plugin.close();
await loom.stop();
await removeDirectory(loom.dataDirectory);

async function finish(page: Page, count: number): Promise<void> {
  const finished = page.locator("dl", { hasText: "Finish" });
  await finished.nth(count - 1).waitFor({ timeout: 60_000 });
}

/** Runs in the page: keeps how long its tasks above 50 ms took. */
function watchTasks(): void {
  const tasks: number[] = [];
  Object.assign(globalThis, { tasks });
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe(
    {
      entryTypes: ["longtask"],
    },
  );
}
