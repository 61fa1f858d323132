import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { EffectiveConfig, PluginConfig } from "../lib/contract/config.ts";
import type { ConfigRevision } from "../lib/contract/config-revision.ts";
import type { ConfigTestEvent, TestStep } from "../lib/contract/config-test.ts";
import type { Plugin } from "../lib/contract/plugin.ts";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { createStubPlugin, type StubPlugin } from "./stub-plugin.ts";

export const SECRET = "canary-77aa51c0-do-not-leak";
export const KEY = { name: "api_key", type: "string", required: true, sensitive: true, description: "Key" };
export const TIMEOUT = { name: "timeout", type: "int", default: 30, validation: { min: 1, max: 300 } };
const SPARE = { name: "spare_key", type: "string", sensitive: true };
export const SCHEMA = [KEY, TIMEOUT, SPARE];

/** One console for the file and, in each of its tests, a plugin of its own with `SCHEMA`, registered and switched off. */
export function useConfiguredPlugin() {
  let loom: TestConsole;
  let stub: StubPlugin;
  let id = "";
  let isStopped: boolean;
  beforeAll(async () => {
    loom = await createTestConsole();
    await loom.host.start();
  });
  afterAll(() => loom.close());

  beforeEach(async () => {
    isStopped = false;
    stub = await createStubPlugin({ schema: SCHEMA });
    const body = { endpoint: stub.endpoint, approveEndpoint: true };
    const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
    id = (answer.body as { plugin: Plugin }).plugin.id;
  });
  afterEach(async () => {
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    if (!isStopped) await stub.close();
  });

  const call = (method: string, path: string, body?: object) =>
    loom.call(method, `/api/plugins/${id}${path}`, { as: "admin", ...(body ? { body } : {}) });
  const getConfig = async () => (await call("GET", "/config")).body as PluginConfig;

  return {
    call,
    getConfig,
    get loom() {
      return loom;
    },
    get stub() {
      return stub;
    },
    get id() {
      return id;
    },
    getPlugin: async () => ((await call("GET", "")).body as { plugin: Plugin }).plugin,
    getEffective: async () => (await call("GET", "/config/effective")).body as EffectiveConfig,
    getRevisions: async () =>
      ((await call("GET", "/config/revisions")).body as { revisions: ConfigRevision[] }).revisions,

    /** Upon the version in force. */
    async save(values: object, secrets: object = {}, more: object = {}) {
      const { version } = await getConfig();
      return call("PUT", "/config", { version, values, secrets, ...more });
    },

    /** The events of a test, to its end. */
    async test(body: object, signal?: AbortSignal): Promise<ConfigTestEvent[]> {
      const request = { as: "admin" as const, body, ...(signal ? { signal } : {}) };
      const response = await loom.fetchRaw("POST", `/api/plugins/${id}/test`, request);
      expect(response.status).toBe(200);
      const text = await response.text();
      expect(text).not.toContain(SECRET);
      return text
        .split("\n\n")
        .filter((frame) => frame.startsWith("data: "))
        .map((frame) => JSON.parse(frame.slice(6)) as ConfigTestEvent);
    },

    /** From now on nobody answers at the plugin's address. */
    async stopStub() {
      await stub.close();
      isStopped = true;
    },
  };
}

/** How each step of a test ended. */
export function outcomesOf(events: ConfigTestEvent[]): Record<string, TestStep["status"]> {
  return Object.fromEntries(
    events.flatMap((event) => (event.type === "step" ? [[event.step.name, event.step.status]] : [])),
  );
}
