import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { APIRequestContext, Page } from "@playwright/test";
import type { FolderReport } from "../lib/contract/intake.ts";
import { startConsole, removeDirectory, type ConsoleProcess } from "../test/console-process.ts";
import { violationsOf } from "./accessible.ts";
import { aConsole, ADMIN, ADMIN_ENV, expect, registerExample, test as base } from "./fixtures.ts";

/** A console of its own: the trouble that is made here would be found by other tests. */
const test = base.extend<object, { loom: ConsoleProcess }>({
  loom: aConsole(ADMIN_ENV),
});

// The longest of all specs: its tests share nothing, so that each may take the next free worker.
test.describe.configure({ mode: "parallel" });

/** What is wrong with the page as it is, with its address. */
async function violations(page: Page): Promise<string[]> {
  return (await violationsOf(page)).map((violation) => `${page.url()} ${violation}`);
}

/** What the console shows of one plugin. */
const tabsOf = (id: string) =>
  ["", "/configuration", "/health", "/models", "/logs", "/activity"].map((tab) => `/plugins/${id}${tab}`);

const SCREENS = ["/", "/plugins", "/plugins/new", "/playground", "/activity", "/settings/addresses"];

/** A log is followed as long as its page is open, so that its network never comes to rest. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(path, { waitUntil: path.endsWith("/logs") ? "load" : "networkidle" });
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeAttached();
}

async function visit(page: Page, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    await open(page, path);
    found.push(...(await violations(page)));
  }
  return found;
}

/** Plugins in trouble: one that is not there, and files that are broken, gone, or wait for consent. */
async function addTrouble(api: APIRequestContext, loom: ConsoleProcess): Promise<string[]> {
  const manifest = (name: string, port: number) =>
    `type: http\nendpoint: http://127.0.0.1:${port}\nauto_start: true\nmetadata: {name: ${name}, version: "1", provider_type: x}\n`;
  const dead = { manifestText: manifest("Dead", 18_301), approveEndpoint: true };
  expect([201, 409]).toContain((await api.post("/api/plugins", { data: dead })).status());
  const write = async (name: string, text: string) => {
    await mkdir(join(loom.pluginsDirectory, name), { recursive: true });
    await writeFile(join(loom.pluginsDirectory, name, "plugin.yaml"), text);
  };
  await write("waiting", manifest("Waiting", 18_302));
  await write("broken", manifest("Broken", 18_303));
  await write("gone", manifest("Gone", 18_304));
  expect((await api.post("/api/plugins/rescan", { data: {} })).status()).toBe(200);
  await write("broken", "type: ftp\nmetadata: [\n");
  await rm(join(loom.pluginsDirectory, "gone"), { recursive: true });
  const { problems } = (await (await api.post("/api/plugins/rescan", { data: {} })).json()) as FolderReport;
  expect(problems.length).toBeGreaterThanOrEqual(2);
  return ["Dead", "Waiting", "Broken", "Gone"].map((name) => `/plugins/${name}`);
}

test("no screen has an accessibility violation", async ({ page, api, plugin }) => {
  const id = await registerExample(api, plugin, "Accessible");
  const missing = ["/plugins?q=zzz", "/plugins/nobody", "/nowhere"];
  expect(await visit(page, [...SCREENS, ...missing, ...tabsOf(id)])).toEqual([]);
});

test("trouble, the palette and a dialog are accessible", async ({ page, api, loom }) => {
  const found = await visit(page, [...(await addTrouble(api, loom)), "/", "/plugins", "/activity"]);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  found.push(...(await violations(page)));
  await page.goto("/plugins/Broken", { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Detach…" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  found.push(...(await violations(page)));
  expect(found).toEqual([]);
});

test("setup, sign-in and an empty console have no accessibility violation", async ({ anonymous: page }) => {
  const fresh = await startConsole();
  const found = await visit(page, [`${fresh.url}/setup`]);
  const account = { token: fresh.setupToken, ...ADMIN };
  expect((await page.request.post(`${fresh.url}/api/setup`, { data: account })).ok()).toBe(true);
  await page.context().clearCookies();
  found.push(...(await visit(page, [`${fresh.url}/sign-in`])));
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill("a wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  found.push(...(await violations(page)));

  await page.request.post(`${fresh.url}/api/auth/sign-in/email`, { data: ADMIN });
  expect((await page.request.delete(`${fresh.url}/api/plugins/ELIZA`)).status()).toBe(204);
  found.push(
    ...(await visit(
      page,
      SCREENS.map((path) => fresh.url + path),
    )),
  );
  await fresh.stop();
  await removeDirectory(fresh.dataDirectory);
  expect(found).toEqual([]);
});

test("no screen scrolls sideways at 320 px", async ({ page, api, plugin, loom }) => {
  const id = await registerExample(api, plugin, "A plugin with quite a long name to see it wrap");
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of [...SCREENS, ...tabsOf(id), ...(await addTrouble(api, loom))]) {
    await open(page, path);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});
