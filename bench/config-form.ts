/**
 * How long a configuration form of 200 fields takes to appear and to answer a key, beside one of 5 fields. Needs a build
 * (`npm run build`); starts everything else itself. Prints, asserts nothing.
 *
 * "shown": from the press on the Form tab to the next painted frame, the form being built anew. "key": from a key to the next
 * painted frame, as the browser's own Event Timing measures it (8-ms steps).
 *
 *   tsx bench/config-form.ts [fields=200] [keys=60]
 */
import type { Page } from "@playwright/test";
import { launchBrowser } from "../scripts/browser.ts";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory, startConsole } from "../test/console-process.ts";
import { startSchemaPlugin } from "../test/schema-plugin.ts";
import { ms, percentileOf } from "./figures.ts";

const FIELDS = Number(process.argv[2] ?? 200);
const KEYS = Number(process.argv[3] ?? 60);
const ROUNDS = 8;

/** Fields of every kind in turn, each with rules. */
function toSchema(count: number): object[] {
  const kinds = [
    { type: "string", default: "x", validation: { max_length: 100, pattern: "^[a-z0-9 ]*$" } },
    { type: "int", default: 30, validation: { min: 1, max: 300 } },
    { type: "float", default: 0.5, validation: { min: 0, max: 1 } },
    { type: "bool", default: true },
    { type: "string", default: "a", validation: { enum: ["a", "b", "c"] } },
    { type: "string", validation: { enum: ["a", "b", "c", "d", "e", "f"] } },
    { type: "string", sensitive: true },
    { type: "list" },
  ];
  const text = { name: "first", type: "string", validation: { max_length: 1000 } };
  const others = Array.from({ length: count - 1 }, (_, at) => ({
    name: `field_${at}`,
    description: `The field number ${at} of many, described at some length`,
    ...kinds[at % kinds.length],
  }));
  return [text, ...others];
}

/** The slowest event of each interaction since the last call, ms. */
async function takeEvents(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const taken = (window as unknown as { events: number[] }).events;
    return taken.splice(0);
  });
}

async function watchEvents(page: Page, names: string[]): Promise<void> {
  await page.evaluate((watched) => {
    const events: number[] = [];
    (window as unknown as { events: number[] }).events = events;
    const options = { type: "event", durationThreshold: 16, buffered: false } as PerformanceObserverInit;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (watched.includes(entry.name)) events.push(entry.duration);
    }).observe(options);
  }, names);
}

/** From a press on a tab to the painted form. */
async function measureShown(page: Page): Promise<number[]> {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    await page.getByRole("tab", { name: "Effective" }).click();
    await page.getByText("POST /initialize").waitFor();
    times.push(
      await page.evaluate(async () => {
        const began = performance.now();
        document.querySelector<HTMLElement>("#config-tab-form")?.click();
        while (!document.querySelector("#config-kfirst")) await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }),
    );
  }
  return times;
}

async function measureKeys(page: Page): Promise<{ keys: number[]; faster: number }> {
  await page.locator("#config-kfirst").click();
  await watchEvents(page, ["keydown"]);
  for (let key = 0; key < KEYS; key++) {
    await page.keyboard.press("a");
    // A person's pace: each key is an interaction of its own.
    await page.waitForTimeout(40);
  }
  await page.waitForTimeout(300);
  const slow = await takeEvents(page);
  // What took less than the 16 ms the browser reports from is counted, not measured.
  const faster = Math.max(0, KEYS - slow.length);
  return { keys: [...slow, ...Array.from({ length: faster }, () => 16)], faster };
}

const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "warn" } });
const browser = await launchBrowser();
const rows: string[][] = [];
try {
  const { api, cookie } = await signIn(loom);
  for (const count of [5, FIELDS]) {
    const plugin = await startSchemaPlugin(toSchema(count));
    const { id } = await api.registerPlugin({
      endpoint: plugin.url,
      name: `fields-${count}`,
      approveEndpoint: true,
    });
    const page = await browser.newPage({ baseURL: loom.url, extraHTTPHeaders: { cookie } });
    await page.goto(`/plugins/${id}/configuration`, { waitUntil: "networkidle" });
    const shown = await measureShown(page);
    const { keys, faster } = await measureKeys(page);
    rows.push([
      `${count} fields`,
      ms(percentileOf(shown, 0.5)),
      ms(Math.max(...shown)),
      ms(percentileOf(keys, 0.5)),
      ms(percentileOf(keys, 0.98)),
      `${faster} of ${KEYS}`,
    ]);
    await page.close();
    await plugin.close();
  }
} finally {
  await browser.close();
  await loom.stop();
  await removeDirectory(loom.dataDirectory);
}
process.stdout.write(
  `${textTable([["form", "shown p50 ms", "max", "key p50 ms (≤)", "p98", "keys under 16 ms"], ...rows])}\n`,
);
