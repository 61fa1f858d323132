import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { request as playwrightRequest, type APIRequestContext } from "@playwright/test";
import { removeDirectory, startConsole, startExamplePlugin, waitFor } from "../test/console-process.ts";
import { ADMIN, ADMIN_ENV, expect, registerExample, signIn, test } from "./fixtures.ts";

interface Listed {
  plugins: Array<{ name: string; badge: string; desired: string }>;
}

async function signedIn(url: string): Promise<APIRequestContext> {
  const api = await playwrightRequest.newContext({ baseURL: url });
  await signIn(api);
  return api;
}

async function badges(api: APIRequestContext): Promise<Record<string, string>> {
  const { plugins } = (await (await api.get("/api/plugins")).json()) as Listed;
  return Object.fromEntries(plugins.map(({ name, badge }) => [name, badge]));
}

test("SIGTERM ends an open answer with an error event and exits 0 within ten seconds", async ({ plugin }) => {
  const loom = await startConsole({ env: ADMIN_ENV });
  const api = await signedIn(loom.url);
  const pluginId = await registerExample(api, plugin, "Slow");
  const { cookies } = await api.storageState();
  const run = await fetch(`${loom.url}/api/playground/runs`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
    },
    body: JSON.stringify({
      panes: [{ pluginId, model: "offline-slow" }],
      messages: [{ role: "user", content: "/count 5000" }],
    }),
  });
  let events = "";
  const reading = (async () => {
    for await (const chunk of run.body ?? []) events += Buffer.from(chunk).toString();
  })();
  await waitFor("the first word", () => (events.includes('"delta"') ? true : undefined));
  const began = performance.now();
  expect(await loom.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
  await reading;
  expect(events).toContain('"shutting_down"');
  await removeDirectory(loom.dataDirectory);
});

test("whoever finds it ready has been told the setup token", async () => {
  const loom = await startConsole();
  const [token, host, ready] = ["one-time setup token: ", "the host runs", "ready at"].map((text) =>
    loom.output().indexOf(text),
  );
  expect(token).toBeGreaterThan(-1);
  expect(host).toBeGreaterThan(token ?? Infinity);
  expect(ready).toBeGreaterThan(host ?? Infinity);
  await loom.stop();
  await removeDirectory(loom.dataDirectory);
});

test("/api is answered by the API, like everything below it", async ({ loom }) => {
  const answer = await fetch(`${loom.url}/api`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { code: "not_found" } });
});

test("SIGTERM while it starts ends it as cleanly", async () => {
  const starting = await startConsole({ env: ADMIN_ENV, until: /"msg":"(listening)"/ });
  expect(await starting.stop()).toBe(0);
  expect(starting.output()).toContain('"msg":"stopped"');
  expect(starting.output()).not.toContain("ready at");
  const again = await startConsole({ dataDirectory: starting.dataDirectory });
  expect(await again.stop()).toBe(0);
  await removeDirectory(starting.dataDirectory);
});

test("kill -9 loses nothing: what was on is on again, what was off stays off", async ({ plugin }) => {
  const before = await startConsole({ env: ADMIN_ENV });
  const api = await signedIn(before.url);
  await registerExample(api, plugin, "Survivor");
  expect((await api.post("/api/plugins/ELIZA/disable", { data: {} })).status()).toBe(200);
  await before.kill();

  const after = await startConsole({ env: ADMIN_ENV, dataDirectory: before.dataDirectory });
  const again = await signedIn(after.url);
  await expect.poll(() => badges(again)).toEqual({ ELIZA: "disabled", Survivor: "healthy" });
  expect(await after.stop()).toBe(0);
  await removeDirectory(before.dataDirectory);
});

test("keeps an idle connection longer than reverse proxies do, so that no request meets its end", async ({
  api,
}) => {
  for (const path of ["/api/health", "/api/plugins", "/sign-in"])
    expect((await api.get(path)).headers()["keep-alive"], path).toBe("timeout=75");
});

test("a second console on the same data directory exits at once and names the first", async ({ loom }) => {
  const second = startConsole({ dataDirectory: loom.dataDirectory });
  await expect(second).rejects.toThrow(new RegExp(`exited with 1[^]*${loom.pid}`));
});

test("the administrator can be created unattended, and then setup is gone", async ({ loom }) => {
  expect(loom.setupToken).toBeNull();
  const visitor = await playwrightRequest.newContext({ baseURL: loom.url });
  expect((await visitor.get("/api/setup")).status()).toBe(404);
  const attempt = { token: "guess", name: "Eve", email: "eve@example.test", password: ADMIN.password };
  expect((await visitor.post("/api/setup", { data: attempt })).status()).toBe(404);
});

test("a canary secret appears in no answer, page, log line or stored byte", async ({ plugin }) => {
  const canary = `canary-${crypto.randomUUID()}`;
  const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_LOG_LEVEL: "trace" } });
  const api = await signedIn(loom.url);
  const id = await registerExample(api, plugin, "Keeper");
  const heard: string[] = [];
  const hear = async (path: string) => heard.push(await (await api.get(path)).text());

  const write = { version: 1, values: { offline: true }, secrets: { api_key: { set: canary } } };
  heard.push(await (await api.put(`/api/plugins/${id}/config`, { data: write })).text());
  const refused = { ...write, version: 2, values: { offline: true, api_key: canary } };
  const refusal = await api.put(`/api/plugins/${id}/config`, { data: refused });
  expect(refusal.status()).toBe(422);
  heard.push(await refusal.text());
  for (const path of ["", "/config", "/health", "/models"]) await hear(`/api/plugins/${id}${path}`);
  for (const path of ["/api/plugins", "/api/activity", "/api/overview", "/", "/plugins", "/activity"])
    await hear(path);
  for (const tab of ["", "/configuration", "/health", "/models", "/activity"])
    await hear(`/plugins/${id}${tab}`);

  const config = (await (await api.get(`/api/plugins/${id}/config`)).json()) as {
    secrets: Record<string, unknown>;
  };
  expect(config.secrets).toMatchObject({ api_key: { configured: true } });
  expect(await loom.stop()).toBe(0);
  expect(heard.join("\n")).not.toContain(canary);
  expect(loom.output()).not.toContain(canary);
  for (const file of readdirSync(loom.dataDirectory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    expect(readFileSync(join(file.parentPath, file.name)).includes(canary), file.name).toBe(false);
  }
  await removeDirectory(loom.dataDirectory);
});

test("hostile manifests are answered with a clear 4xx and the process lives", async ({ api }) => {
  const hostile = {
    "1,000 deep": "[".repeat(1000),
    "an anchor": "a: &a [*a]",
    "a tag": "a: !!js/function 'x'",
    "a prototype": '{"__proto__": {"polluted": true}}',
    "a tab": "type:\thttp\n\tmetadata: {}",
    nothing: "",
  };
  for (const [what, manifestText] of Object.entries(hostile)) {
    const answer = await api.post("/api/plugins", { data: { manifestText } });
    expect(answer.status(), what).toBe(422);
    expect(await answer.json(), what).toMatchObject({ error: { code: "invalid_manifest" } });
  }
  // Who is still sending when the answer comes may see the connection close in its place; any other answer is wrong.
  const huge = { data: { manifestText: "x".repeat(9_000_000) } };
  const answers: Array<number | null> = [];
  await expect
    .poll(async () => {
      answers.push(
        await api.post("/api/plugins/preview", huge).then(
          (answer) => answer.status(),
          () => null,
        ),
      );
      return answers.at(-1);
    })
    .not.toBeNull();
  expect(answers.filter((status) => status !== null)).toEqual([413]);
  expect((await api.get("/api/health")).status()).toBe(200);
});

test("refuses what a browser elsewhere could be tricked into sending", async ({ loom, api }) => {
  const headers = { origin: "https://evil.example" };
  expect((await api.post("/api/plugins/ELIZA/disable", { data: {}, headers })).status()).toBe(403);
  expect((await api.get("/api/plugins", { headers: { host: "evil.example" } })).status()).toBe(421);
  expect((await api.get("/", { headers: { host: "evil.example" } })).status()).toBe(421);
  const action = await api.post("/", { data: "[]", headers: { "next-action": "abc", origin: loom.url } });
  expect(action.status()).toBe(405);
});

test("starts and serves with its port taken from the environment, and says so when it is in use", async ({
  loom,
}) => {
  const taken = startConsole({ port: Number(new URL(loom.url).port) });
  await expect(taken).rejects.toThrow(/exited with 1[^]*(in use|EADDRINUSE)/);
});

test("a plugin that is gone leaves the rest of the console at work", async ({ api }) => {
  const gone = await startExamplePlugin();
  const id = await registerExample(api, gone, "Departed");
  await gone.stop();
  const removed = await api.delete(`/api/plugins/${id}`);
  expect(removed.status()).toBe(204);
  expect((await api.get(`/api/plugins/${id}`)).status()).toBe(404);
});
