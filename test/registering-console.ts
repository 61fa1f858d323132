import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { createStubPlugin, type StubPlugin } from "./stub-plugin.ts";
import type { Plugin } from "../lib/contract/plugin.ts";
import type { PluginPreview } from "../lib/contract/registration.ts";

export const yaml = (endpoint: string, more = "") => `type: http
endpoint: ${endpoint}
metadata:
  name: Acme Models
  version: "1.2.0"
  plugin_api_version: "1.0.0"
  provider_type: stub
${more}`;

/** One console for the file and, in each of its tests, a plugin that nobody has registered yet. */
export function useRegisteringConsole() {
  let loom: TestConsole;
  let plugin: StubPlugin;

  beforeAll(async () => {
    loom = await createTestConsole();
  });

  afterAll(() => loom.close());

  beforeEach(async () => {
    plugin = await createStubPlugin();
  });

  afterEach(() => plugin.close());

  const post = (path: string, body: object) => loom.call("POST", path, { as: "admin", body });

  const preview = async (body: object) => (await post("/api/plugins/preview", body)).body as PluginPreview;

  async function register(body: object): Promise<Plugin> {
    const answer = await post("/api/plugins", body);
    expect([answer.status, answer.body]).toEqual([201, { plugin: expect.anything() }]);
    return (answer.body as { plugin: Plugin }).plugin;
  }

  async function auditOf(targetId: string | null): Promise<string[]> {
    const entries = await loom.data.audit.list({ limit: 100, ...(targetId === null ? {} : { targetId }) });
    return entries.map(({ action }) => action);
  }

  return {
    get plugin() {
      return plugin;
    },
    set plugin(value) {
      plugin = value;
    },
    get loom() {
      return loom;
    },
    preview,
    post,
    register,
    auditOf,
  };
}
