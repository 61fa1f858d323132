import { expect, test as base, type Page } from "@playwright/test";
import playwrightConfig from "../playwright.config.ts";
import { ADMIN, removeDirectory, startConsole, type ConsoleProcess } from "../test/console-process.ts";
import { startReverseProxy, type ReverseProxy } from "../test/reverse-proxy.ts";
import { patient } from "./fixtures.ts";

/** A console under /loom that nobody has set up, and an nginx in front of it. */
const test = base.extend<{ takesPrefixAway: boolean; loom: ConsoleProcess; nginx: ReverseProxy }>({
  takesPrefixAway: [false, { option: true }],
  loom: async ({}, use) => {
    const loom = await startConsole({
      env: { LOOM_BASE_PATH: "/loom", LOOM_ALLOWED_HOSTS: "console.test", LOOM_TRUST_PROXY: "true" },
    });
    await use(loom);
    await loom.stop();
    await removeDirectory(loom.dataDirectory);
  },
  nginx: async ({ loom, takesPrefixAway }, use) => {
    const consolePort = Number(new URL(loom.url).port);
    const nginx = await startReverseProxy({ consolePort, basePath: "/loom", takesPrefixAway });
    await use(nginx);
    await nginx.stop();
  },
  page: async ({ page }, use) => use(patient(page)),
});

const { launchOptions } = playwrightConfig.use ?? {};
test.use({
  launchOptions: {
    ...launchOptions,
    args: [...(launchOptions?.args ?? []), "--host-resolver-rules=MAP console.test 127.0.0.1"],
  },
});

test.describe("behind a proxy that takes the prefix away", () => {
  test.use({ takesPrefixAway: true });

  test("the console lives under its base path", async ({ page, loom, nginx }) => {
    // Not loopback, and plain http: there a browser sends `Origin`, and no `Sec-Fetch-Site`.
    await useEverything(page, loom, nginx, `http://console.test:${nginx.port}/loom`);
  });
});

test.describe("behind a proxy that passes the prefix on", () => {
  test.use({ takesPrefixAway: false });

  test("the console lives under its base path", async ({ page, loom, nginx }) => {
    await useEverything(page, loom, nginx, `http://127.0.0.1:${nginx.port}/loom`);
  });
});

test("a session that is over leads to sign-in under the base path, and back", async ({
  page,
  loom,
  nginx,
}) => {
  const home = `http://127.0.0.1:${nginx.port}/loom`;
  await setUp(page, loom, home);
  await page.goto(`${home}/plugins?state=down`);
  await page.context().clearCookies();
  await expect(page).toHaveURL(`${home}/sign-in?next=%2Fplugins%3Fstate%3Ddown&reason=expired`);
  await signIn(page);
  await expect(page).toHaveURL(`${home}/plugins?state=down`);
});

test("a console whose pages were built for another base path says what to do", async ({}, info) => {
  const start = startConsole({
    dataDirectory: info.outputPath("data"),
    env: { LOOM_BASE_PATH: "/elsewhere" },
  });
  await expect(start).rejects.toThrow(/No pages are built for LOOM_BASE_PATH=\/elsewhere\. Use npm start/);
});

/** From the first visit to the way out and in again. Nothing outside `home` may be asked for, and no error written down. */
async function useEverything(page: Page, loom: ConsoleProcess, nginx: ReverseProxy, home: string) {
  const seen = observe(page);
  // What is printed is for whoever sits at the machine.
  expect(loom.output()).toContain(`${new URL(loom.url).origin}/loom/setup#token=`);
  await page.goto(`${home}/`);
  await expect(page).toHaveURL(`${home}/setup`);
  await setUp(page, loom, home);
  await expect(page).toHaveURL(`${home}/`);
  await page.reload();
  const [cookie] = await page.context().cookies(home);
  expect(cookie).toMatchObject({ name: "loom+loom.session_token", path: "/loom", httpOnly: true });

  await test.step("links are followed without loading the page anew", async () => {
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    await page.getByRole("navigation").getByRole("link", { name: "Plugins" }).click();
    await expect(page).toHaveURL(`${home}/plugins`);
    await page.getByRole("main").getByRole("link", { name: "ELIZA" }).click();
    await expect(page).toHaveURL(/\/loom\/plugins\/[^/]+$/);
    await page.getByRole("main").getByRole("link", { name: "Health", exact: true }).click();
    await expect(page).toHaveURL(/\/loom\/plugins\/[^/]+\/health$/);
    await page.getByRole("navigation").getByRole("link", { name: "Overview" }).first().click();
    await expect(page).toHaveURL(`${home}/`);
    await page.goBack();
    await expect(page.getByRole("heading", { name: "ELIZA" })).toBeVisible();
    expect(await page.evaluate(() => "isSamePage" in window)).toBe(true);
  });

  await test.step("a deep link can be loaded anew, and a file downloaded", async () => {
    await page.reload();
    await expect(page.getByRole("heading", { name: "ELIZA" })).toBeVisible();
    await page.getByRole("button", { name: "Export ELIZA" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Download plugin.yaml" }).click();
    expect(await (await download).failure()).toBeNull();
  });

  await test.step("an answer streams in", async () => {
    await page.getByRole("link", { name: "Chat" }).click();
    await expect(page).toHaveURL(/\/loom\/playground\?/);
    await page.getByRole("textbox", { name: "Message" }).fill("I feel sad today, do you?");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("article", { name: "Answer of ELIZA" })).toContainText("Finish");
  });

  await test.step("signing out leads to sign-in, and signing in back", async () => {
    await page.getByRole("button", { name: /^Account and theme/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(`${home}/sign-in`);
    await page.goto(`${home}/activity`);
    await expect(page).toHaveURL(`${home}/sign-in?next=%2Factivity`);
    await signIn(page);
    await expect(page).toHaveURL(`${home}/activity`);
  });

  await page.close();
  expect(seen.addresses.filter((address) => !address.startsWith(`${home}/`))).toEqual([]);
  expect((await nginx.requests()).filter((request) => !/^[A-Z]+ \/loom\//.test(request))).toEqual([]);
  expect(seen.errors).toEqual([]);
}

async function setUp(page: Page, loom: ConsoleProcess, home: string): Promise<void> {
  await page.goto(`${home}/setup#token=${loom.setupToken}`);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Healthy")).toBeVisible();
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Every address a page asked for, and every error it threw or its browser wrote down. */
function observe(page: Page): { addresses: string[]; errors: string[] } {
  const seen = { addresses: [] as string[], errors: [] as string[] };
  page.on("request", (request) => seen.addresses.push(request.url()));
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    // Chromium says so of every page that came over plain http from anywhere but this machine.
    const isAboutPlainHttp = text.startsWith("The Cross-Origin-Opener-Policy header has been ignored");
    // A poll that was under way when the visitor signed out.
    const isAboutTheEndedSession = text.includes("401 (Unauthorized)");
    if (message.type() === "error" && !isAboutPlainHttp && !isAboutTheEndedSession) seen.errors.push(text);
  });
  return seen;
}
