import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { serveOpenAi, type OpenAiServer } from "./openai-server.ts";
import type { PluginConfig } from "../lib/contract/config.ts";
import type { ConfigRevision } from "../lib/contract/config-revision.ts";
import type { ConfigTestEvent } from "../lib/contract/config-test.ts";
import type { ErrorInfo } from "../lib/contract/error.ts";
import type { Plugin } from "../lib/contract/plugin.ts";

export const KEY = "canary-key-7731-bound";

export const errorOf = (answer: { body: unknown }) => (answer.body as { error: ErrorInfo }).error;

/** One console for the file and, in each of its tests, a built-in plugin, the service its secrets belong to and one they must not reach. */
export function useTwoServices() {
  let loom: TestConsole;
  let home: OpenAiServer;
  let evil: OpenAiServer;
  let id = "";

  beforeAll(async () => {
    loom = await createTestConsole();
    await loom.host.start();
  });

  afterAll(() => loom.close());

  beforeEach(async () => {
    [home, evil] = await Promise.all([serveOpenAi({ key: KEY }), serveOpenAi({ key: null })]);
    for (const { port } of [home, evil]) loom.approvals.remember("127.0.0.1", port);
    const answer = await loom.call("POST", "/api/plugins", {
      as: "admin",
      body: { builtin: "openai-compatible" },
    });
    id = (answer.body as { plugin: Plugin }).plugin.id;
  });

  afterEach(async () => {
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    await Promise.all([home.close(), evil.close()]);
  });

  const call = (method: string, path: string, body?: object) =>
    loom.call(method, `/api/plugins/${id}${path}`, { as: "admin", ...(body ? { body } : {}) });

  const getConfig = async () => (await call("GET", "/config")).body as PluginConfig;

  const revisions = async () =>
    ((await call("GET", "/config/revisions")).body as { revisions: ConfigRevision[] }).revisions;

  async function save(values: object, secrets: object = {}) {
    const { version } = await getConfig();
    return call("PUT", "/config", { version, values, secrets });
  }

  async function test(body: object): Promise<ConfigTestEvent[]> {
    const response = await loom.fetchRaw("POST", `/api/plugins/${id}/test`, { as: "admin", body });
    expect(response.status).toBe(200);
    const frames = (await response.text()).split("\n\n").filter((frame) => frame.startsWith("data: "));
    return frames.map((frame) => JSON.parse(frame.slice(6)) as ConfigTestEvent);
  }

  /** Everything the other service was sent. */
  const leaked = () => JSON.stringify(evil.requests);

  const toHome = () => ({ base_url: home.baseUrl });

  const toEvil = () => ({ base_url: evil.baseUrl });

  const saveAtHome = async () => expect((await save(toHome(), { api_key: { set: KEY } })).status).toBe(200);

  return {
    get home() {
      return home;
    },
    get evil() {
      return evil;
    },
    get loom() {
      return loom;
    },
    get id() {
      return id;
    },
    set id(value) {
      id = value;
    },
    saveAtHome,
    getConfig,
    save,
    call,
    toEvil,
    toHome,
    leaked,
    test,
    revisions,
  };
}
