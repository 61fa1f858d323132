import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { removeDirectory, startConsole, type ConsoleProcess } from "../test/console-process.ts";
import { EVERY_KIND, startSchemaPlugin, type SchemaPlugin } from "../test/schema-plugin.ts";
import { expectAccessible } from "./accessible.ts";
import { aConsole, ADMIN_ENV, expect, patient, signIn, test as base } from "./fixtures.ts";

const CANARY = "canary-of-the-parrot-7f3a";
const REFERRED = "canary-behind-a-reference-91c2";
const ENV = { ...ADMIN_ENV, LOOM_SECRET_PARROT: REFERRED };
const FILLED = { account: "acme", terms_accepted: true };

/** `parrot`: a plugin process with a field of every kind. `id`: registered with it, not configured. */
const test = base.extend<{ parrot: SchemaPlugin; id: string }, { loom: ConsoleProcess }>({
  loom: aConsole(ENV),
  parrot: async ({}, use) => {
    const parrot = await startSchemaPlugin(EVERY_KIND);
    await use(parrot);
    await parrot.close();
  },
  id: async ({ api, parrot }, use) => {
    const created = await api.post("/api/plugins", {
      data: { endpoint: parrot.url, name: `Parrot ${parrot.url.split(":").at(-1)}`, approveEndpoint: true },
    });
    expect(created.status(), await created.text()).toBe(201);
    await use(((await created.json()) as { plugin: { id: string } }).plugin.id);
  },
});

const address = (id: string, view = "") => `/plugins/${id}/configuration${view ? `?view=${view}` : ""}`;
const text = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
/** The input of the one required secret. */
const secret = (page: Page) => page.getByLabel(/^api_key/);
const bar = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });

/** Saves through the API, as a colleague would. Returns the new version. */
async function save(
  api: APIRequestContext,
  id: string,
  values: object,
  secrets: object = {},
  note?: string,
): Promise<number> {
  const path = `/api/plugins/${id}/config`;
  const { version } = (await (await api.get(path)).json()) as { version: number };
  const saved = await api.put(path, { data: { version, values, secrets, ...(note ? { note } : {}) } });
  expect(saved.status(), await saved.text()).toBe(200);
  return version + 1;
}

async function enable(api: APIRequestContext, id: string): Promise<void> {
  const answer = await api.post(`/api/plugins/${id}/enable`, { data: {} });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Nothing of the page, its caches or its storage knows a secret. */
async function expectNoSecret(page: Page): Promise<void> {
  const everything = await page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      { ...localStorage },
      { ...sessionStorage },
      location.href,
    ]),
  );
  for (const secret of [CANARY, REFERRED]) expect(everything).not.toContain(secret);
}

/** Replaces the text of the open editor. */
async function write(page: Page, value: string): Promise<void> {
  const editor = page.locator(".cm-content");
  await expect(editor).toBeVisible();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(value);
}

test("every kind of field is filled, refused, mended, reviewed and saved, and the plugin gets exactly that", async ({
  page,
  api,
  parrot,
  id,
}) => {
  await page.goto(address(id));
  await text(page, "account").fill("me");
  await text(page, "timeout_seconds").fill("301");
  await text(page, "tags").fill('["a",');
  await bar(page, "Save").click();
  // The first wrong field in the order of the schema.
  await expect(secret(page)).toBeFocused();
  await expect(page.getByText("At least 3 characters; this has 2")).toBeVisible();
  await expect(page.getByText("At most 300; this is 301")).toBeVisible();
  await expect(page.getByText(/not JSON yet/)).toBeVisible();
  await expectAccessible(page);

  await secret(page).fill(`${CANARY} `);
  await expect(page.getByText(/begins or ends with a space/)).toBeVisible();
  await secret(page).fill(CANARY);
  await expect(secret(page)).toHaveAttribute("autocomplete", "new-password");
  await text(page, "account").fill("acme");
  await expect(page.getByText("At least 3 characters; this has 2")).toHaveCount(0);
  await text(page, "timeout_seconds").fill("60");
  await text(page, "temperature").fill("0.25");
  await text(page, "tags").fill('["a", 1]');
  await text(page, "system_prompt").fill("Be brief.\nBe kind.");
  await page.getByRole("radio", { name: "us", exact: true }).check();
  await page.getByLabel("tier").selectOption({ label: "pro" });
  await page.getByRole("combobox", { name: "locale" }).fill("fr");
  await page.getByRole("option", { name: "fr" }).click();
  await page.getByRole("switch", { name: "verbose" }).click();
  await page.getByRole("radio", { name: "terms_accepted On" }).check();

  await bar(page, "Review").click();
  const review = page.getByRole("dialog", { name: "Review 11 changes" });
  await expect(review).toContainText("Secret will be set");
  await expect(review).toContainText("default 30");
  await expectAccessible(page);
  await review.getByLabel("Why? (optional)").fill("First setup");
  await review.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();
  await expect(page.getByText(/unsaved change/)).toHaveCount(0);

  await page.getByRole("button", { name: "Enable now" }).click();
  await expect.poll(() => parrot.received().length).toBeGreaterThan(0);
  expect(parrot.received().at(-1)).toEqual({
    api_key: CANARY,
    account: "acme",
    base_url: "https://parrot.example/v1",
    listen_port: 9000,
    timeout_seconds: 60,
    temperature: 0.25,
    system_prompt: "Be brief.\nBe kind.",
    region: "us",
    tier: "pro",
    locale: "fr",
    verbose: false,
    terms_accepted: true,
    tags: ["a", 1],
  });
  await page.goto(address(id, "effective"));
  await expect(page.getByRole("row", { name: /api_key \(configured\) Secret/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /listen_port 9000 Default/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /timeout_seconds 60 Explicit/ })).toBeVisible();
  await expectAccessible(page);
  await page.goto(address(id));
  await page.getByRole("button", { name: "Use default of timeout_seconds" }).click();
  await page.keyboard.press("ControlOrMeta+s");
  await expect.poll(() => parrot.received().at(-1)).toMatchObject({ timeout_seconds: 30, api_key: CANARY });
  const config = (await (await api.get(`/api/plugins/${id}/config`)).json()) as { values: object };
  expect(config.values).not.toHaveProperty("timeout_seconds");
  await expectNoSecret(page);
});

test("a draft is tested before it is saved: a refusal with its reason, a stop, and saving as tested", async ({
  page,
  api,
  parrot,
  id,
}) => {
  await save(api, id, FILLED, { api_key: { set: CANARY } });
  await enable(api, id);
  await page.goto(address(id));
  await text(page, "account").fill("umbrella");
  parrot.refuse(({ account }) =>
    account === "umbrella"
      ? { code: "authentication_failed", message: "The account umbrella is closed." }
      : null,
  );
  await bar(page, "Test").click();
  const dialog = page.getByRole("dialog", { name: "Test before saving" });
  await expect(dialog).toContainText("initialises it again with this draft");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Start the test" }).click();
  await expect(dialog.getByText("Failed at: Initialise with the draft")).toBeVisible();
  const failed = dialog.getByRole("listitem").filter({ hasText: "Initialise with the draft" });
  await expect(failed).toContainText("failed");
  await expect(failed).toContainText("umbrella is closed");
  await expect(failed).toContainText("To fix it:");
  await expectAccessible(page);

  parrot.refuse(() => null);
  parrot.hold();
  await dialog.getByRole("button", { name: "Test again" }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Initialise" })).toContainText("running");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Stop" }).click();
  await expect(dialog).toContainText("Stopped.");
  parrot.release();
  // What is saved is put back before another test may begin.
  await expect.poll(() => parrot.received().at(-1)).toMatchObject({ account: "acme" });

  await dialog.getByLabel(/Also one short chat/).check();
  await expect(async () => {
    await dialog.getByRole("button", { name: "Test again" }).click();
    await expect(dialog.getByText("Every step passed.")).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expect(dialog.getByRole("listitem").filter({ hasText: "One short chat" })).toContainText("ready");
  await expect(dialog.getByRole("status")).toHaveText("The test passed: every step.");
  await expectAccessible(page);
  await expect.poll(() => parrot.received().at(-1)).toMatchObject({ account: "acme" });
  await dialog.getByRole("button", { name: "Save as tested" }).click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();
  expect(parrot.received().at(-1)).toMatchObject({ account: "umbrella", api_key: CANARY });
});

test("two browsers edit at once: who, what, and a choice per field; nothing is lost", async ({
  page,
  api,
  browser,
  loom,
  storageState,
  id,
}) => {
  await save(api, id, FILLED, { api_key: { set: CANARY } });
  const other = await browser.newContext({ baseURL: loom.url, ...(storageState ? { storageState } : {}) });
  const colleague = patient(await other.newPage());
  await page.goto(address(id));
  await colleague.goto(address(id));
  await text(page, "account").fill("mine");
  await text(page, "temperature").fill("1");
  await page.getByRole("button", { name: "Replace api_key" }).click();
  await secret(page).fill(CANARY);
  await text(colleague, "account").fill("theirs");
  await text(colleague, "listen_port").fill("9001");
  await bar(colleague, "Save").click();
  await expect(colleague.getByText(/^Saved\./)).toBeVisible();
  await other.close();

  await bar(page, "Save").click();
  const conflict = page.getByRole("region", { name: "Changed by somebody else" });
  await expect(conflict).toContainText("changed by Administrator");
  await expect(conflict).toContainText("listen_port");
  await expectAccessible(page);
  await expect(text(page, "listen_port")).toHaveValue("9001");
  await expect(text(page, "account")).toHaveValue("mine");
  await conflict.getByRole("radio", { name: "Take theirs" }).check();
  await expect(text(page, "account")).toHaveValue("theirs");
  await conflict.getByRole("radio", { name: /Keep mine/ }).check();
  await expect(text(page, "account")).toHaveValue("mine");
  await expect(secret(page)).toHaveValue(CANARY);
  await bar(page, "Save").click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();
  const config = (await (await api.get(`/api/plugins/${id}/config`)).json()) as { values: object };
  expect(config.values).toEqual({ account: "mine", listen_port: 9001, temperature: 1, terms_accepted: true });
});

test("a secret may be a reference: it says whether it resolves, and is never shown", async ({
  page,
  api,
  parrot,
  id,
}) => {
  await page.goto(address(id));
  await text(page, "account").fill("acme");
  await page.getByRole("radio", { name: "terms_accepted On" }).check();
  await page.getByRole("button", { name: "Use a variable or file for api_key" }).click();
  await secret(page).fill("PARROT");
  await bar(page, "Save").click();
  await expect(page.getByText('Write "env:NAME"')).toBeVisible();
  await secret(page).fill("env:LOOM_SECRET_MISSING");
  await bar(page, "Save").click();
  await expect(page.getByText("Refers to")).toBeVisible();
  await expect(page.getByText("· resolves")).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Change api_key" }).click();
  await secret(page).fill("env:LOOM_SECRET_PARROT");
  await bar(page, "Save").click();
  await expect(page.getByText("· resolves")).toBeVisible();
  await enable(api, id);
  expect(parrot.received().at(-1)).toMatchObject({ api_key: REFERRED });
  await page.reload();
  await expectNoSecret(page);
});

test("form, YAML and JSON are one draft; what cannot be read stays in its tab", async ({ page, api, id }) => {
  await save(api, id, { ...FILLED, older: { kept: true } }, { api_key: { set: CANARY } });
  await page.goto(address(id));
  await text(page, "timeout_seconds").fill("45");
  await tab(page, "YAML").click();
  await expect(page.locator(".cm-content")).toContainText("timeout_seconds: 45");
  await expect(page.locator(".cm-content")).toContainText("# api_key: a secret, configured");
  await expectAccessible(page);
  await write(page, "account: acme # ours\nterms_accepted: true\ntimeout_seconds: 900\nolder: 1\n");
  await expect(page.getByText("timeout_seconds: At most 300; this is 900")).toBeVisible();
  await page.getByRole("button", { name: "line 3, column 18" }).click();
  await expect(page.locator(".cm-content")).toBeFocused();
  await tab(page, "Form").click();
  await expect(text(page, "timeout_seconds")).toHaveValue("900");
  await tab(page, "YAML").click();
  await expect(page.locator(".cm-content")).toContainText("# ours");

  await write(page, "account: [acme\n");
  await expect(page.getByText(/not YAML yet/).first()).toBeVisible();
  await tab(page, "JSON").click();
  await expect(page.getByText(/YAML text must be readable first/)).toBeVisible();
  await expectAccessible(page);
  await tab(page, "Form").click();
  await expect(text(page, "account")).toBeDisabled();
  await expect(page.getByRole("button", { name: "The YAML text cannot be read yet (line 2)" })).toBeVisible();
  await page.getByRole("button", { name: "Go to the YAML" }).click();
  await expect(page.locator(".cm-content")).toContainText("account: [acme");
  await tab(page, "Form").click();
  await bar(page, "Save").click();
  await expect(page.locator(".cm-content")).toBeFocused();

  await tab(page, "YAML").click();
  await write(page, `account: acme\nterms_accepted: true\napi_key: ${CANARY}\n`);
  await expect(page.getByText(/api_key is a secret/).first()).toBeVisible();
  await write(page, "account: acme\nterms_accepted: true\n");
  await tab(page, "JSON").click();
  await write(page, '{"account": "from json", "terms_accepted": true, "tags": [1.50]}');
  await bar(page, "Save").click();
  await expect(page.getByText(/^Saved\./)).toBeVisible();
  const config = (await (await api.get(`/api/plugins/${id}/config`)).json()) as { values: object };
  expect(config.values).toEqual({ account: "from json", terms_accepted: true, tags: [1.5] });
});

test("what the plugin says anew is shown, accepted, and leads to the field that needs a value", async ({
  page,
  api,
  parrot,
  id,
}) => {
  await save(api, id, { ...FILLED, tier: "pro" }, { api_key: { set: CANARY } });
  await enable(api, id);
  const changed = EVERY_KIND.filter(({ name }) => name !== "tier").map((field) =>
    field.name === "listen_port" ? { ...field, type: "string", default: "9000" } : field,
  );
  parrot.describe(
    [...changed, { name: "project", type: "string", required: true, description: "New" }],
    "2.0.0",
  );
  await api.post(`/api/plugins/${id}/restart`, { data: {} });
  await page.goto(`/plugins/${id}`);
  const notice = page.getByRole("region", { name: "The plugin has changed" });
  await expect(notice).toContainText("project");
  await expect(notice).toContainText("int → string");
  await notice.getByText(/All \d+ differences/).click();
  await expect(notice).toContainText("2.0.0");
  await expectAccessible(page);
  await page.goto(address(id));
  await notice.getByRole("button", { name: "Accept what it says now" }).click();
  await expect(notice).toHaveCount(0);
  await page.getByRole("link", { name: "project" }).click();
  await expect(text(page, "project")).toBeFocused();
  await expect(page.getByRole("region", { name: "Values without a field" })).toContainText("tier");
  await expectAccessible(page);
  await api.post(`/api/plugins/${id}/disable`, { data: {} });
  await page.goto(`/plugins/${id}`);
  await page.getByRole("region", { name: "What to do" }).getByRole("link", { name: "project" }).click();
  await expect(text(page, "project")).toBeFocused();
});

test("an old revision comes back after the console was restarted, and asks for the secret that is gone", async ({
  browser,
  playwright,
  parrot,
}) => {
  const first = await startConsole({ env: ENV });
  const enter = async (url: string) => {
    const context = await playwright.request.newContext({ baseURL: url });
    await signIn(context);
    return context;
  };
  const before = await enter(first.url);
  const created = await before.post("/api/plugins", {
    data: { endpoint: parrot.url, name: "Parrot", approveEndpoint: true },
  });
  const { plugin } = (await created.json()) as { plugin: { id: string } };
  await save(
    before,
    plugin.id,
    { ...FILLED, account: "first" },
    { api_key: { set: CANARY } },
    "The beginning",
  );
  await save(before, plugin.id, { ...FILLED, account: "second" }, { api_key: { set: `${CANARY}-2` } });
  await before.dispose();
  await first.stop();

  const loom = await startConsole({ env: ENV, dataDirectory: first.dataDirectory });
  const after = await enter(loom.url);
  const context = await browser.newContext({ baseURL: loom.url, storageState: await after.storageState() });
  const page = patient(await context.newPage());
  await page.goto(address(plugin.id));
  await expect(text(page, "account")).toHaveValue("second");
  await tab(page, "History").click();
  await expect(page.getByText("“The beginning”")).toBeVisible();
  const compare = page.getByRole("region", { name: "Compare" });
  await expect(compare).toContainText("first");
  await expect(compare).toContainText("Secret was changed");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Restore revision 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Restore revision 1" });
  await expectAccessible(page);
  await dialog.getByLabel(/api_key of that time is not kept/).fill(CANARY);
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("Revision 1 restored.")).toBeVisible();
  await expect(page.getByText("Restored from #1")).toBeVisible();
  await enable(after, plugin.id);
  expect(parrot.received().at(-1)).toMatchObject({ account: "first", api_key: CANARY });
  await expectNoSecret(page);
  await context.close();
  await after.dispose();
  await loom.stop();
  await removeDirectory(loom.dataDirectory);
});

test("a plugin without a save has an empty history, and typed secrets stay out of the tab's storage", async ({
  page,
  id,
}) => {
  await page.goto(address(id, "history"));
  await expect(page.getByText("Nothing saved yet")).toBeVisible();
  await expectAccessible(page);
  await tab(page, "Form").click();
  await secret(page).fill(CANARY);
  await text(page, "account").fill("acme");
  await expectStorageWithoutSecret(page.locator("body"));
  await page.reload();
  await expect(text(page, "account")).toHaveValue("acme");
  await expect(page.getByText(/typed a new value before the page was reloaded/)).toBeVisible();
  await expectNoSecret(page);
});

async function expectStorageWithoutSecret(body: Locator): Promise<void> {
  const read = () => body.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  // Written a moment after the last key.
  await expect.poll(read).toContain("acme");
  expect(await read()).not.toContain(CANARY);
}

test("a refused save says so in every view and leads to the error", async ({ page, api, id }) => {
  await save(api, id, FILLED, { api_key: { set: CANARY } });
  await page.goto(address(id));
  await tab(page, "YAML").click();
  await write(page, "account: acme\nterms_accepted: true\ntimeout_seconds: 900\n");
  await bar(page, "Save").click();
  await expect(page.getByRole("button", { name: "Not saved: 1 error (line 3)" })).toBeInViewport();
  await expect(page.locator(".cm-content")).toBeFocused();
  await expect(page.locator(".cm-activeLine")).toHaveText("timeout_seconds: 900");
  await expectAccessible(page);

  await tab(page, "Effective").click();
  await expect(tab(page, "Effective")).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".cm-content")).toHaveCount(0);
  await bar(page, "Save").click();
  await expect(tab(page, "Form")).toHaveAttribute("aria-selected", "true");
  await expect(text(page, "timeout_seconds")).toBeFocused();
  await text(page, "account").fill("me");
  await expect(page.getByText("At least 3 characters; this has 2")).toBeVisible();
  await expect(page.getByRole("button", { name: /2 errors/ })).toBeVisible();
  await page.getByRole("button", { name: /2 errors/ }).click();
  await expect(text(page, "account")).toBeFocused();
  await text(page, "account").fill("acme");
  await expect(page.getByRole("button", { name: /1 error/ })).toBeVisible();

  await tab(page, "JSON").click();
  await expect(page.locator(".cm-content")).toContainText("timeout_seconds");
  await expect(page.getByRole("button", { name: /1 error \(line \d\)/ })).toBeVisible();
  await bar(page, "Save").click();
  await expect(page.getByRole("button", { name: /^Not saved: 1 error \(line \d\)/ })).toBeVisible();
  await write(page, '{"account": "acme", "terms_accepted": true, "timeout_seconds": 90}');
  await expect(page.getByRole("button", { name: /1 error/ })).toHaveCount(0);
  await bar(page, "Save").click();
  await expect(page.getByText("Saved. The plugin is switched off")).toBeVisible();
});

test("how a save ended is said where the bar was, and is dropped at the next edit", async ({
  page,
  api,
  parrot,
  id,
}) => {
  await save(api, id, FILLED, { api_key: { set: CANARY } });
  await page.goto(address(id));
  await text(page, "tags").fill("[1]");
  await bar(page, "Save").click();
  await expect(page.getByRole("button", { name: "Enable now" })).toBeVisible();
  await text(page, "tags").fill("[1,");
  await expect(page.getByRole("button", { name: "Enable now" })).toHaveCount(0);
  await text(page, "tags").fill("[0]");
  await bar(page, "Save").click();
  const offWords = page.getByText("Saved. The plugin is switched off");
  await expect(offWords).toBeVisible();
  await bar(page, "Enable").click();
  await expect(page.getByText("Healthy", { exact: true })).toBeVisible();
  // At once, and not when it stops being news.
  expect(await offWords.count()).toBe(0);
  await page.reload();

  parrot.refuse(({ tags }) =>
    JSON.stringify(tags) === "[2]" ? { code: "invalid_configuration", message: "No tags today." } : null,
  );
  await text(page, "tags").fill("[2]");
  await bar(page, "Save").click();
  const refused = page.getByText("Saved, but the plugin refused it: it goes on with the last good one.");
  await expect(refused).toBeInViewport();
  await expectAccessible(page);
  await page.getByRole("button", { name: "See why" }).click();
  await expect(page.getByRole("region", { name: "The new configuration was refused" })).toBeInViewport();

  parrot.refuse(() => null);
  await text(page, "tags").fill("[3]");
  await expect(refused).toHaveCount(0);
  await bar(page, "Save").click();
  await expect(page.getByText("Saved. The running plugin accepted it.")).toBeInViewport();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toHaveCount(1);
  await text(page, "tags").fill("[4]");
  await expect(page.getByText("Saved. The running plugin accepted it.")).toHaveCount(0);
});

test("Enable leads to what is missing, and asks about what is not saved", async ({ page, id }) => {
  await page.goto(`/plugins/${id}`);
  await page.getByRole("button", { name: "Enable", exact: true }).click();
  await expect(page).toHaveURL(/\/configuration#/);
  await expect(secret(page)).toBeFocused();
  await expect(page.getByText("Needs a value before the plugin can be switched on")).toBeVisible();
  await text(page, "account").focus();
  await bar(page, "Enable").click();
  await expect(secret(page)).toBeFocused();
  await expect(page.getByRole("alert").filter({ hasText: "config_incomplete" })).toHaveCount(0);
  await expect(page.getByText("Needs a value before the plugin can be switched on")).toHaveCount(0);

  await secret(page).fill(CANARY);
  await text(page, "account").fill("acme");
  await page.getByRole("radio", { name: "terms_accepted On" }).check();
  await bar(page, "Enable").click();
  await expect(page.getByText("You have 3 unsaved changes.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save and enable" }).click();
  await expect(page.getByText("You have 3 unsaved changes.")).toHaveCount(0);
  await expect(page.locator("[data-badge=healthy]").first()).toBeVisible();
});

test("a failure says what to do on every tab of the plugin", async ({ page, api, parrot, id }) => {
  await save(api, id, FILLED, { api_key: { set: CANARY } });
  parrot.refuse(() => ({ code: "authentication_failed", message: "The account acme is closed." }));
  await page.goto(address(id));
  await bar(page, "Enable").click();
  const advice = page.getByRole("region", { name: "What to do" });
  await expect(advice).toContainText("acme is closed");
  await expect(advice.getByRole("button", { name: "Try again now" })).toBeVisible();
  await expect(advice.getByRole("link", { name: "Configure" })).toHaveCount(0);
  await expectAccessible(page);
  for (const other of ["health", "models", "activity"]) {
    await page.goto(`/plugins/${id}/${other}`);
    await expect(advice.getByRole("link", { name: "Configure" })).toBeVisible();
  }
  parrot.refuse(() => null);
  await advice.getByRole("button", { name: "Try again now" }).click();
  await expect(advice).toHaveCount(0);
});
