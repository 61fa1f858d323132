import { afterAll, beforeAll } from "vitest";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { createStubPlugin, type StubPlugin } from "./stub-plugin.ts";
import type { PluginConfig } from "../lib/contract/config.ts";
import type { Plugin } from "../lib/contract/plugin.ts";

export const SECRET = "canary-5f0c9a7e-do-not-leak";

export const SCHEMA = [
  { name: "api_key", type: "string", required: true, sensitive: true, description: "Key" },
  { name: "timeout", type: "int", default: 30, description: "Seconds", validation: { min: 1, max: 300 } },
  { name: "mode", type: "string", description: "Mode", validation: { enum: ["fast", "slow"] } },
  { name: "spare_key", type: "string", sensitive: true, description: "Optional key" },
];

/** One console for the file with a plugin that needs a secret before it can be enabled. */
export function useRunningPlugin() {
  let loom: TestConsole;
  let stub: StubPlugin;
  let id = "";

  beforeAll(async () => {
    loom = await createTestConsole();
    await loom.host.start();
  });

  afterAll(() => loom.close());

  /** Registers a fresh stub. */
  async function add(): Promise<void> {
    stub = await createStubPlugin({ schema: SCHEMA });
    const body = { endpoint: stub.endpoint, approveEndpoint: true };
    const answer = await loom.call("POST", "/api/plugins", { as: "admin", body });
    id = (answer.body as { plugin: Plugin }).plugin.id;
  }

  async function remove(): Promise<void> {
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    await stub.close();
  }

  const post = (path: string) => loom.call("POST", `/api/plugins/${id}${path}`, { as: "operator", body: {} });

  const getConfig = async () =>
    (await loom.call("GET", `/api/plugins/${id}/config`, { as: "viewer" })).body as PluginConfig;

  const putConfig = (body: object) => loom.call("PUT", `/api/plugins/${id}/config`, { as: "operator", body });

  async function configure(values: object = {}, secrets: object = { api_key: { set: SECRET } }) {
    const { version } = await getConfig();
    return putConfig({ version, values, secrets });
  }

  return {
    get loom() {
      return loom;
    },
    get id() {
      return id;
    },
    get stub() {
      return stub;
    },
    add,
    remove,
    getConfig,
    configure,
    putConfig,
    post,
  };
}
