/**
 * Takes the README's screenshots from the built console: a real one, with the built-in ELIZA, the example plugin as a process of
 * its own, and a plugin that went away. Waits two minutes for something to draw. Writes docs/screenshots/NAME-{light,dark}.png.
 *
 *   tsx scripts/screenshots.ts [waitSeconds=120]
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "@playwright/test";
import type { Api } from "../lib/client/api.ts";
import {
  removeDirectory,
  startConsole,
  startExamplePlugin,
  waitFor,
  type PluginProcess,
} from "../test/console-process.ts";
import { launchBrowser } from "./browser.ts";
import { ADMIN_ENV, signIn, type Session } from "./session.ts";

const OUT = "docs/screenshots";
const WAIT_SECONDS = Number(process.argv[2] ?? 120);
const SCHEMES = ["light", "dark"] as const;

const MANIFEST = `type: http
endpoint: http://127.0.0.1:8091/
health_check_interval: 3
metadata:
  name: Acme Relay
  version: 1.4.0
  provider_type: acme-relay
  description: Relays chats to the Acme cluster
  capabilities:
    streaming: true
  config_schema:
    - name: api_key
      type: string
      required: true
      sensitive: true
      description: Key from the Acme console
`;

interface Scene {
  name: string;
  path: string;
  /** Brings the page into the state worth showing; it is loaded already. */
  prepare?: (page: Page) => Promise<void>;
}

const scenes = (id: string, since: number): Scene[] => [
  { name: "overview", path: "/" },
  { name: "plugin", path: `/plugins/${id}`, prepare: chart },
  { name: "configuration", path: `/plugins/${id}/configuration` },
  { name: "health", path: `/plugins/${id}/health?from=${since}&to=${Date.now()}`, prepare: chart },
  { name: "playground", path: `/playground?plugin=${id}&model=offline-echo`, prepare: chat },
  { name: "new", path: "/plugins/new", prepare: pasteManifest },
];

/** Charts are loaded when the page is there already. */
async function chart(page: Page): Promise<void> {
  await page.locator("canvas").first().waitFor();
}

async function chat(page: Page): Promise<void> {
  const composer = page.getByRole("textbox", { name: "Message", exact: true });
  await composer.fill("Introduce yourself in one sentence.");
  await composer.press("Enter");
  await page.getByRole("button", { name: "Answer again" }).waitFor();
}

async function pasteManifest(page: Page): Promise<void> {
  const preview = page.waitForResponse("**/api/plugins/preview");
  await page.getByLabel("Where is the plugin?").fill(MANIFEST);
  await preview;
  await page.waitForLoadState("networkidle");
}

/** Registers the running example plugin so that it answers by itself, and switches it on. Returns its id. */
async function addExample(api: Api, plugin: PluginProcess, name: string): Promise<string> {
  const { id } = await api.registerPlugin({ endpoint: plugin.url, name, approveEndpoint: true });
  await api.changePlugin(id, { healthCheckIntervalSeconds: 5 });
  const { version } = await api.getConfig(id);
  await api.saveConfig(id, { version, values: { offline: true }, secrets: {} });
  await api.enablePlugin(id);
  await waitFor(`${name} healthy`, async () =>
    (await api.getPlugin(id)).badge === "healthy" ? true : undefined,
  );
  return id;
}

async function shoot(
  browser: Browser,
  url: string,
  session: Session,
  id: string,
  since: number,
): Promise<void> {
  for (const colorScheme of SCHEMES) {
    const context = await browser.newContext({
      baseURL: url,
      colorScheme,
      viewport: { width: 1280, height: 800 },
      reducedMotion: "reduce",
      extraHTTPHeaders: { cookie: session.cookie },
    });
    for (const { name, path, prepare } of scenes(id, since)) {
      const page = await context.newPage();
      await page.goto(path, { waitUntil: "networkidle" });
      await prepare?.(page);
      await page.screenshot({ path: join(OUT, `${name}-${colorScheme}.png`), animations: "disabled" });
      await page.close();
    }
    await context.close();
  }
}

const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "warn" } });
const [example, gone] = await Promise.all([startExamplePlugin(), startExamplePlugin()]);
const browser = await launchBrowser();
try {
  const session = await signIn(loom);
  const since = Date.now();
  const id = await addExample(session.api, example, "Example");
  await addExample(session.api, gone, "Night shift");
  await delay(WAIT_SECONDS * 500);
  await gone.stop();
  await delay(WAIT_SECONDS * 500);
  await mkdir(OUT, { recursive: true });
  await shoot(browser, loom.url, session, id, since);
} finally {
  await browser.close();
  await Promise.all([example.stop(), gone.stop()]);
  await loom.stop();
  await removeDirectory(loom.dataDirectory);
}
