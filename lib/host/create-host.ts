import { AppError } from "../contract/error.ts";
import type { ChatChunk } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import type { Data, PluginRecord } from "../data/data.ts";
import type { Log } from "../log.ts";
import type { BuiltinFactory, OpenUpstream } from "../transport/client.ts";
import type { CreateClient } from "./connection/client-factory.ts";
import { createSecretOrigins } from "./connection/secret-origin.ts";
import { disabledError, shuttingDownError } from "./failure.ts";
import { createSemaphore } from "../async/semaphore.ts";
import type { Host, PluginStatus } from "./host.ts";
import { createCheckScheduler } from "./health/check-scheduler.ts";
import { SampleWriter } from "./health/sample-writer.ts";
import { PluginRunner } from "./lifecycle/plugin-runner.ts";
import { PluginRunners } from "./plugin-runners.ts";
import { UNKNOWN_PLUGIN } from "./plugin-status.ts";
import { hasProcess, wrapWithRedaction } from "./process/supervisor.ts";
import type { Supervisor } from "./process/supervisor.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const STOP_MS = 8_000;
const YIELD_MS = 1;
const DEFAULT_CONCURRENCY = 64;

export interface HostOptions {
  data: Data;
  clock: Clock;
  log: Log;
  /** Makes the client of one plugin, whatever its transport. */
  createClient: CreateClient;
  /** The built-in plugins, by name. */
  builtins: Readonly<Record<string, BuiltinFactory>>;
  /** Starts the processes of plugins that bring a command; absent where none is ever started. */
  supervisor?: Supervisor;
  /** A number in [0, 1), for the jitter between attempts. */
  random?: () => number;
  /** How many starts may be begun at once. */
  concurrency?: number;
}

/** For a built-in plugin that is only asked who it is. */
const closed: OpenUpstream = () => {
  throw new AppError("internal_error", "A plugin that was only asked who it is wanted to reach a service.");
};

/** The host. Nothing runs before `start`, but `reconcile` and `probe` work already. */
export function createHost(options: HostOptions): Host {
  const { data, clock, log, builtins, supervisor } = options;
  const createClient = supervisor
    ? wrapWithRedaction(options.createClient, supervisor.redact)
    : options.createClient;
  const { random = Math.random, concurrency = DEFAULT_CONCURRENCY } = options;
  const findBuiltin = (name: string) =>
    (Object.hasOwn(builtins, name) ? builtins[name] : undefined)?.(closed) ?? null;
  const secretOrigins = createSecretOrigins(findBuiltin);
  const sampleWriter = new SampleWriter({ data, clock, log });
  const scheduler = createCheckScheduler({
    clock,
    log,
    plugins: () => runners.all(),
    onTick: () => sampleWriter.tick(),
  });
  const runners = new PluginRunners({
    plugins: data.plugins,
    createRunner,
    onGone: (id) => sampleWriter.forget(id),
    async onRemoved(id) {
      sampleWriter.forget(id);
      await supervisor?.forget(id);
    },
  });
  let stopping: Promise<void> | null = null;

  function createRunner(record: PluginRecord, resumed: boolean): PluginRunner {
    const { nextCheckAt, stalledSince, sync } = scheduler;
    return new PluginRunner(record, {
      resumed,
      data,
      clock,
      log,
      random,
      createClient,
      supervisor,
      sampleWriter,
      nextCheckAt,
      stalledSince,
      originOf: secretOrigins.originOf,
      onChange: sync,
    });
  }

  async function start(): Promise<void> {
    await supervisor?.cleanUp();
    const [records, incidents] = await Promise.all([data.plugins.list(), data.incidents.listOpen()]);
    const resumed = records.filter(({ id }) => !runners.find(id)).map((record) => runners.add(record, true));
    const disabled = new Set(records.filter(({ desired }) => desired === "disabled").map(({ id }) => id));
    for (const { pluginId } of incidents) {
      runners.find(pluginId)?.tracker.resumeIncident();
      if (disabled.has(pluginId)) runners.find(pluginId)?.tracker.close();
    }
    scheduler.start();
    resumeAll(resumed, { ...options, concurrency, isStopping: () => stopping !== null }).catch(logTrouble);
    log.info({ plugins: records.length }, "the host runs");
  }

  const logTrouble = (error: unknown) => logFailure(log, error);

  async function stop(): Promise<void> {
    scheduler.stop();
    const over = new AbortController();
    const finished = Promise.all(Array.from(runners.all(), (runner) => runner.stop())).then(() =>
      sampleWriter.flush(),
    );
    await Promise.race([
      finished.finally(() => over.abort()).catch(logTrouble),
      clock.sleep(STOP_MS, over.signal),
    ]);
  }

  function status(id: string): PluginStatus {
    return runners.find(id)?.status() ?? UNKNOWN_PLUGIN;
  }

  return {
    start,
    stop: () => (stopping ??= stop()),
    isTicking: scheduler.isTicking,
    status,
    async reconcile(id, { restart = false, process = false } = {}) {
      if (stopping) throw shuttingDownError();
      await runners.reconcile(id, restart, process);
      return status(id);
    },
    async tryConfig(id, trial, signal) {
      if (stopping) throw shuttingDownError();
      const { record, runner } = await runners.require(id);
      return runner.tryConfig(record, trial, signal);
    },
    async checkNow(id) {
      await runners.find(id)?.check();
      return status(id);
    },
    async refreshModels(id) {
      const runner = runners.find(id);
      if (!runner) throw disabledError("This plugin");
      return runner.refreshModels();
    },
    chat: (id, request, signal) =>
      runners.find(id)?.chat(request, signal) ?? failAtFirstPull(disabledError("This plugin")),
    async probe(endpoint, { signal, trace } = {}) {
      const type = /^grpcs?:/i.test(endpoint) ? "grpc" : "http";
      const client = createClient({ type, endpoint, manifest: null }, { pluginId: null, log, trace });
      return await client.metadata(signal).finally(() => client.close());
    },
    async process(record) {
      const managedProcess = await runners.find(record.id)?.managedProcess();
      return supervisor && hasProcess(record) ? supervisor.describe(record, managedProcess ?? null) : null;
    },
    command: async (record) => (supervisor && hasProcess(record) ? supervisor.fingerprint(record) : null),
    async processLog(id) {
      return (await supervisor?.logOf(id)) ?? null;
    },
    secretOrigins,
    builtinMetadata: (name) => findBuiltin(name)?.metadata() ?? null,
    builtinNames: () => Object.keys(builtins),
  };
}

interface ResumeOptions extends Pick<HostOptions, "data" | "clock" | "log"> {
  concurrency: number;
  isStopping: () => boolean;
}

/** A start that takes longer waits for its plugin and costs nothing: it makes way for the next, ms. */
const START_MS = 500;

/**
 * Starts what is to run, then reads earlier health results. Plugin by plugin, yielding to the event loop in between: the database
 * answers without ever leaving its turn, so a thousand in one go would hold up everything else.
 */
async function resumeAll(resumed: PluginRunner[], options: ResumeOptions): Promise<void> {
  const { data, clock, log, concurrency, isStopping } = options;
  const to = clock.now() + 1;
  const semaphore = createSemaphore(concurrency);
  for (const runner of resumed) {
    if (isStopping()) return;
    const started = () => {
      const resuming = runner.resume().catch((error: unknown) => logFailure(log, error));
      return Promise.race([resuming, clock.sleep(START_MS)]);
    };
    void semaphore.run(started);
    await clock.sleep(YIELD_MS);
  }
  for (const { id, tracker } of resumed) {
    if (isStopping()) return;
    tracker.warm(await data.samples.range(id, to - DAY_MS, to));
    await clock.sleep(YIELD_MS);
  }
}

function logFailure(log: Log, error: unknown): void {
  log.error({ err: error }, "background work of the host failed");
}

/** The answer of a plugin that nothing is known of. */
function failAtFirstPull(error: AppError): AsyncIterable<ChatChunk> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}
