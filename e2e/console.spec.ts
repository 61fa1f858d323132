import { removeDirectory, startConsole, type ConsoleProcess } from "../test/console-process.ts";
import {
  aConsole,
  ADMIN,
  ADMIN_ENV,
  expect,
  patient,
  registerExample,
  signIn,
  test as base,
} from "./fixtures.ts";

/** A console without what other specs left in theirs. */
const test = base.extend<object, { loom: ConsoleProcess }>({ loom: aConsole(ADMIN_ENV) });

test("sign-in refuses a wrong password, and returns to where the visitor wanted to go", async ({
  anonymous: page,
}) => {
  await page.goto("/activity");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "do not belong together" });
  await expect(refusal).toBeVisible();
  await expect(refusal).not.toContainText("request");
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/activity$/);
});

test("a form that is sent before its scripts have come puts nothing into the address", async ({
  browser,
  loom,
}) => {
  const context = await browser.newContext({
    baseURL: loom.url,
    storageState: { cookies: [], origins: [] },
  });
  await context.route(/_next\/static\/.*\.js/, (route) => route.abort());
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("go back, reload the page, and press it again")).toBeVisible();
  expect(page.url()).toBe(`${loom.url}/sign-in`);
  await context.close();
});

test("an expired session leads to sign-in and back, and the draft is still there", async ({
  anonymous: page,
  api,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Expiring");
  await signIn(page.context().request);
  await page.goto(`/plugins/${id}/configuration`);
  await page.getByRole("textbox", { name: "timeout_seconds" }).fill("88");
  await page.context().request.post("/api/auth/sign-out", { data: {} });
  // The page's own polling notices; nobody has to press anything.
  await expect(page).toHaveURL(/\/sign-in\?.*next=/);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(new RegExp(`/plugins/${id}/configuration`));
  await expect(page.getByRole("textbox", { name: "timeout_seconds" })).toHaveValue("88");
});

test("drafts end with signing out, and another person who signs in never sees them", async ({ browser }) => {
  const first = await startConsole({ env: ADMIN_ENV });
  const context = await browser.newContext({ baseURL: first.url });
  const page = patient(await context.newPage());
  const drafts = () =>
    page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith("loom:draft:")));
  const message = page.getByRole("textbox", { name: "Message" });
  await signIn(context.request);
  await page.goto("/playground");
  await message.fill("half a thought");
  expect(await drafts()).toContain("loom:draft:playground:composer");
  await page
    .getByRole("button", { name: /Account and theme/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect(await drafts()).toEqual([]);

  await signIn(context.request);
  await page.goto("/playground");
  await message.fill("a thought of the first person");
  await first.stop();
  const another = { email: "another@example.com", password: "another long password" };
  const second = await startConsole({
    port: Number(new URL(first.url).port),
    env: { LOOM_ADMIN_EMAIL: another.email, LOOM_ADMIN_PASSWORD: another.password },
  });
  await expect(page).toHaveURL(/\/sign-in\?.*next=/);
  await page.getByLabel("E-mail").fill(another.email);
  await page.getByRole("textbox", { name: "Password" }).fill(another.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/playground/);
  await expect(message).toHaveValue("");
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain("first person");
  await context.close();
  await second.stop();
  await Promise.all([first, second].map(({ dataDirectory }) => removeDirectory(dataDirectory)));
});

test("a page that is older than the console reloads itself once, and then asks for it", async ({ page }) => {
  let outdated = false;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) outdated = false;
  });
  await page.route("**/_next/static/chunks/**", (route) =>
    outdated ? route.fulfill({ status: 404 }) : route.continue(),
  );
  const answer = page.getByRole("article", { name: "Answer of ELIZA" });
  const notice = page.getByText("The console was updated. Reload the page.");
  const ask = async () => {
    outdated = true;
    await page.getByRole("textbox", { name: "Message" }).fill("Hello");
    await page.keyboard.press("Enter");
  };
  await page.goto("/playground?plugin=ELIZA");
  await Promise.all([page.waitForEvent("load"), ask()]);
  await expect(answer).toContainText("How do you do");
  await expect(notice).toHaveCount(0);

  await page.getByRole("button", { name: "Clear" }).click();
  await page.reload();
  await ask();
  await expect(notice).toBeVisible();
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(answer).toContainText("How do you do");
});

test("signing out ends the session for good", async ({ anonymous: page }) => {
  await signIn(page.context().request);
  const { cookies } = await page.context().storageState();
  await page.goto("/");
  await page
    .getByRole("button", { name: /Account and theme/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.context().addCookies(cookies);
  expect((await page.context().request.get("/api/me")).status()).toBe(401);
});

test("the list searches, filters and switches, and every view is a URL", async ({ page, api, plugin }) => {
  await registerExample(api, plugin, "Listed");
  await page.goto("/plugins");
  await page.getByRole("searchbox", { name: "Search plugins" }).fill("list");
  await expect(page).toHaveURL(/q=list/);
  await expect(page.getByRole("link", { name: "Listed" })).toBeVisible();
  await expect(page.getByRole("link", { name: "ELIZA" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("searchbox", { name: "Search plugins" })).toHaveValue("list");
  await page.getByRole("switch", { name: "Listed: switched on" }).click();
  await expect(page.getByRole("row", { name: /Listed/ })).toContainText("Disabled");
  await page.getByLabel("Filter by state").selectOption("disabled");
  await expect(page).toHaveURL(/state=disabled/);
  await page.getByRole("searchbox", { name: "Search plugins" }).fill("no such thing");
  await expect(page.getByRole("main")).toContainText(/no plugin/i);
});

test("activity tells who did what, before and after, and a secret only as changed", async ({
  page,
  api,
  plugin,
}) => {
  const id = await registerExample(api, plugin, "Watched");
  const write = {
    version: 1,
    values: { offline: true, timeout_seconds: 42 },
    secrets: { api_key: { set: "sk-canary-99" } },
  };
  expect((await api.put(`/api/plugins/${id}/config`, { data: write })).status()).toBe(200);
  await page.goto("/activity");
  const entry = page.getByRole("main");
  await expect(entry).toContainText("Watched");
  await expect(entry).toContainText("timeout_seconds");
  await expect(entry).toContainText("42");
  await expect(entry).toContainText("api_key");
  expect(await page.content()).not.toContain("sk-canary-99");
});

test("the palette reaches a plugin by name, and the theme stays chosen", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox").fill("eliza health");
  await expect(page.getByRole("status").filter({ hasText: /^1 result$/ })).toHaveCount(1);
  await page.getByRole("combobox").fill("eliza");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "ELIZA" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await page
    .getByRole("button", { name: /Account and theme/ })
    .first()
    .click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/dark/);
});

test("nothing is asked of another host", async ({ page, loom }) => {
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(loom.url) && !request.url().startsWith("data:"))
      foreign.push(request.url());
  });
  for (const path of ["/", "/plugins", "/plugins/new", "/playground", "/activity"]) {
    await page.goto(path, { waitUntil: "networkidle" });
  }
  expect(foreign).toEqual([]);
});

test("on a phone the tab that is open is in sight", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/plugins/ELIZA/activity");
  const tabs = page.getByRole("navigation", { name: "Plugin" });
  await expect(tabs.getByRole("link", { name: "Activity" })).toBeInViewport({ ratio: 0.95 });
  await page.goto("/plugins/ELIZA");
  await expect(tabs.getByRole("link", { name: "Overview" })).toBeInViewport({ ratio: 0.95 });
});

test("a plugin or page that does not exist says so inside the console", async ({ page }) => {
  const answer = await page.goto("/plugins/nothing-here");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/no plugin|not found|does not exist|removed/i);
});
