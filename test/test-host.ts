import { afterAll, vi } from "vitest";
import { AppError } from "../lib/contract/error.ts";
import { Manifest } from "../lib/contract/manifest.ts";
import type { ConfigField } from "../lib/contract/manifest.ts";
import type { ConfigValues, Desired } from "../lib/contract/plugin.ts";
import type { Data, PluginRecord } from "../lib/data/data.ts";
import { createHost } from "../lib/host/create-host.ts";
import { createLog } from "../lib/log.ts";
import type { BuiltinFactory } from "../lib/transport/client.ts";
import { createTestData } from "./database.ts";
import type { TestData } from "./database.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createScriptedPlugin } from "./scripted-client.ts";
import type { ScriptedPlugin } from "./scripted-client.ts";

export interface Registration {
  name?: string;
  providerType?: string;
  schema?: ConfigField[];
  values?: ConfigValues;
  secrets?: Record<string, string>;
  desired?: Desired;
  intervalSeconds?: number;
  /** Where it answers; every endpoint has its own scripted plugin. */
  endpoint?: string;
}

export type TestHost = Awaited<ReturnType<typeof createTestHost>>;

export interface TestHostOptions {
  /** Puts something between the host and its database. */
  wrapData?: (data: Data) => Data;
  concurrency?: number;
  builtins?: Record<string, BuiltinFactory>;
  /** How long the process has stood still, added to the monotonic clock. */
  stoodStillMs?: () => number;
}

/** One database for all tests of a file, emptied between them: opening one costs more than most tests do. */
let database: Promise<TestData> | undefined;
afterAll(async () => (await database)?.close());

/** The real host over a real database, a clock that stands still and plugins in memory. */
export async function createTestHost(options: TestHostOptions = {}) {
  const clock = createFakeClock();
  const { data } = await (database ??= createTestData());
  const log = createLog({ level: "silent", pretty: false });
  const plugins = new Map<string, ScriptedPlugin>();
  const make = () =>
    createHost({
      data: options.wrapData?.(data) ?? data,
      clock: { ...clock, monotonic: () => clock.monotonic() + (options.stoodStillMs?.() ?? 0) },
      log,
      createClient: ({ endpoint }) => pluginAt(endpoint ?? "").connect(),
      builtins: options.builtins ?? {},
      random: () => 0,
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    });
  let host = make();

  function pluginAt(endpoint: string): ScriptedPlugin {
    const plugin = plugins.get(endpoint);
    if (!plugin) throw new AppError("plugin_unreachable", `No plugin was scripted at ${endpoint}`);
    return plugin;
  }

  async function register(
    registration: Registration = {},
  ): Promise<{ record: PluginRecord; plugin: ScriptedPlugin }> {
    const { providerType = "acme", schema = [], values, secrets, intervalSeconds = 60 } = registration;
    const { name = "Acme", endpoint = "http://127.0.0.1:8090", desired = "disabled" } = registration;
    const plugin = plugins.get(endpoint) ?? createScriptedPlugin(providerType);
    plugins.set(endpoint, plugin);
    const metadata = { name, version: "1.0.0", provider_type: providerType, config_schema: schema };
    const record = await data.plugins.create({
      name,
      origin: "address",
      manifest: Manifest.parse({ type: "http", endpoint, metadata }),
      file: null,
      findings: [],
      endpoint,
      desired,
      healthCheckIntervalSeconds: intervalSeconds,
    });
    if (values !== undefined || secrets !== undefined)
      await configure(record.id, values ?? {}, secrets ?? {});
    return { record, plugin };
  }

  async function configure(
    id: string,
    values: ConfigValues,
    secrets: Record<string, string> = {},
  ): Promise<void> {
    const { version } = await data.configs.get(id);
    const writes = Object.entries(secrets).map(([name, set]) => [name, { set }] as const);
    await data.configs.save(id, { version, values, secrets: Object.fromEntries(writes), changedBy: "test" });
  }

  /** Writes the desired state and lets the host apply it. */
  async function setDesired(id: string, desired: Desired) {
    await data.plugins.update(id, { desired });
    return host.reconcile(id);
  }

  /** Registers and switches on. */
  async function run(registration: Registration = {}) {
    const registered = await register({ ...registration, desired: "enabled" });
    return { ...registered, status: await host.reconcile(registered.record.id) };
  }

  return {
    clock,
    data,
    plugins,
    register,
    configure,
    setDesired,
    run,
    get host() {
      return host;
    },
    /** As `kill -9` and a new start of the console: nothing in memory survives. */
    async reboot() {
      await host.stop();
      host = make();
      await host.start();
    },
    async close() {
      await host.stop();
      for (const { id } of await data.plugins.list()) await data.plugins.remove(id);
    },
  };
}

/** Waits for something that happens in real time, such as a write under way. */
export function until(assertion: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: 30_000, interval: 2 });
}
