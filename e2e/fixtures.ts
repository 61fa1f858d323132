import {
  expect,
  test as base,
  type APIRequestContext,
  type BrowserContext,
  type Page,
} from "@playwright/test";
import {
  ADMIN,
  removeDirectory,
  startConsole,
  startExamplePlugin,
  type ConsoleProcess,
  type PluginProcess,
} from "../test/console-process.ts";

export { ADMIN, expect };

export const ADMIN_ENV = { LOOM_ADMIN_EMAIL: ADMIN.email, LOOM_ADMIN_PASSWORD: ADMIN.password };

/**
 * `loom`: a console with an admin, one per spec file's worker. `plugin`: the example plugin as a running process, registered
 * nowhere; who ends one starts one.
 * `page` starts signed in; use `anonymous` for a visitor. `api`: signed-in calls without a browser.
 */
export const test = base.extend<
  {
    plugin: Pick<PluginProcess, "url" | "port">;
    api: APIRequestContext;
    anonymous: Page;
    pageErrors: string[];
  },
  { loom: ConsoleProcess; session: Session; heard: string[]; example: PluginProcess }
>({
  // What pages of this worker said that none may say; `pageErrors` tells it apart by test.
  heard: [async ({}, use) => use([]), { scope: "worker" }],
  browser: [
    async ({ browser, heard }, use) => {
      browser.on("context", (context) => listenTo(context, heard));
      await use(browser);
    },
    { scope: "worker" },
  ],
  loom: aConsole(ADMIN_ENV),
  baseURL: async ({ loom }, use) => use(loom.url),
  session: [
    async ({ loom, playwright }, use) => {
      let state: StorageState | undefined;
      await use({
        async get() {
          const context = await playwright.request.newContext({
            baseURL: loom.url,
            ...(state && { storageState: state }),
          });
          if (!(await context.get("/api/me")).ok()) await signIn(context);
          state = await context.storageState();
          await context.dispose();
          return state;
        },
      });
    },
    { scope: "worker" },
  ],
  storageState: async ({ session }, use) => use(await session.get()),
  api: async ({ loom, playwright, storageState }, use) => {
    const context = await playwright.request.newContext({
      baseURL: loom.url,
      ...(storageState === undefined ? {} : { storageState }),
    });
    await use(context);
    await context.dispose();
  },
  anonymous: async ({ browser, loom }, use) => {
    const context = await browser.newContext({
      baseURL: loom.url,
      storageState: { cookies: [], origins: [] },
    });
    await use(patient(await context.newPage()));
    await context.close();
  },
  page: async ({ page }, use) => use(patient(page)),
  example: [
    async ({}, use) => {
      const example = await startExamplePlugin();
      await use(example);
      await example.stop();
    },
    { scope: "worker" },
  ],
  plugin: async ({ api, example: { url, port } }, use) => {
    await use({ url, port });
    await forget(api, url);
  },
  // A page that throws or violates its own content policy fails its test, whatever else it shows and whoever opened it. No test
  // gets a page for this alone.
  pageErrors: [
    async ({ heard }, use) => {
      heard.length = 0;
      await use(heard);
      expect(heard).toEqual([]);
    },
    { auto: true },
  ],
});

/** Remembers what goes wrong in any page of a context, from its first moment. */
function listenTo(context: BrowserContext, heard: string[]): void {
  context.on("weberror", (failure) => heard.push(failure.error().message));
  context.on("console", (message) => {
    if (/Content Security Policy|Hydration failed|hydrat/i.test(message.text())) heard.push(message.text());
  });
}

/** The fixture of a console with these settings, for as long as its worker lives. A spec that names one has it for itself. */
export function aConsole(
  env: Record<string, string>,
): [(nothing: object, use: (loom: ConsoleProcess) => Promise<void>) => Promise<void>, { scope: "worker" }] {
  return [
    async ({}, use) => {
      const loom = await startConsole({ env });
      await use(loom);
      await loom.stop();
      await removeDirectory(loom.dataDirectory);
    },
    { scope: "worker" },
  ];
}

/** The next test of this worker registers it anew, and is asked about its address anew. */
async function forget(api: APIRequestContext, endpoint: string): Promise<void> {
  const listed = await api.get("/api/plugins");
  // A test may have signed out.
  if (!listed.ok()) return;
  const { plugins } = (await listed.json()) as { plugins: Array<{ id: string; endpoint: string | null }> };
  const left = plugins.filter((plugin) => plugin.endpoint === endpoint);
  for (const { id } of left) await api.delete(`/api/plugins/${id}`);
  await api.delete(`/api/approvals/${new URL(endpoint).host}`);
}

type StorageState = Awaited<ReturnType<APIRequestContext["storageState"]>>;

/** One sign-in for as many tests as leave it alive: signing in for each would look like guessing to the console. */
interface Session {
  get(): Promise<StorageState>;
}

/**
 * A page whose `goto` and `reload` wait until React listens to every control and link and its effects have run, those that listen
 * to keys among them: a busy machine would otherwise type into the void.
 */
export function patient(page: Page): Page {
  const { goto, reload } = { goto: page.goto.bind(page), reload: page.reload.bind(page) };
  const prepared = page.addInitScript(tellEffects);
  const ready = () => page.waitForFunction(isListening);
  page.goto = async (...parameters) => {
    await prepared;
    const answer = await goto(...parameters);
    await ready();
    return answer;
  };
  page.reload = async (...parameters) => {
    await prepared;
    const answer = await reload(...parameters);
    await ready();
    return answer;
  };
  return page;
}

/** React tells its developer tools when the effects of a commit have run; in a page we stand in for them. */
function tellEffects(): void {
  Object.assign(window, {
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      supportsFiber: true,
      inject: () => 1,
      onCommitFiberRoot() {},
      onCommitFiberUnmount() {},
      onPostCommitFiberRoot: () => Object.assign(window, { effectsHaveRun: true }),
    },
  });
}

function isListening(): boolean {
  return (
    "effectsHaveRun" in window &&
    [...document.querySelectorAll("input, textarea, select, button, a")].every((control) =>
      Object.keys(control).some((key) => key.startsWith("__reactProps")),
    )
  );
}

export async function signIn(context: APIRequestContext): Promise<void> {
  const answer = await context.post("/api/auth/sign-in/email", {
    data: { email: ADMIN.email, password: ADMIN.password },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Registers the running example plugin, configured to answer offline, and switches it on. Returns its id. */
export async function registerExample(
  api: APIRequestContext,
  plugin: Pick<PluginProcess, "url">,
  name: string,
  values: Record<string, unknown> = {},
): Promise<string> {
  const register = () =>
    api.post("/api/plugins", { data: { endpoint: plugin.url, name, approveEndpoint: true } });
  let created = await register();
  const { error } = (await created.json()) as { error?: { code: string; details?: { pluginId?: string } } };
  // Of a test that signed out, or of a plugin that another one has ended and whose port is this one's now.
  if (error?.code === "endpoint_taken") {
    await api.delete(`/api/plugins/${error.details?.pluginId}`);
    created = await register();
  }
  expect(created.status(), await created.text()).toBe(201);
  const { plugin: registered } = (await created.json()) as { plugin: { id: string } };
  const saved = await api.put(`/api/plugins/${registered.id}/config`, {
    data: { version: 0, values: { offline: true, ...values }, secrets: {} },
  });
  expect(saved.status(), await saved.text()).toBe(200);
  const enabled = await api.post(`/api/plugins/${registered.id}/enable`, { data: {} });
  expect(enabled.status(), await enabled.text()).toBe(200);
  return registered.id;
}
