import { AppError } from "../contract/error.ts";
import type { ChatRequest } from "../contract/protocol.ts";
import type { Clock } from "../core/clock.ts";
import type { Data, PluginRecord } from "../data/data.ts";
import type { Log } from "../log.ts";
import type { BuiltinFactory, OpenUpstream } from "../transport/client.ts";
import type { CreateClient } from "./connection/client-factory.ts";
import { createDestinations } from "./connection/secret-origin.ts";
import { disabledError, shuttingDownError } from "./failure.ts";
import { createGate } from "../async/semaphore.ts";
import type { Host, PluginStatus } from "./host.ts";
import { createMonitor } from "./health/check-scheduler.ts";
import { createRecorder } from "./health/sample-writer.ts";
import { createRunner } from "./lifecycle/plugin-runner.ts";
import type { Runner } from "./lifecycle/plugin-runner.ts";
import { STRANGER } from "./plugin-status.ts";
import { hasProcess, overhear } from "./process/supervisor.ts";
import type { Supervisor } from "./process/supervisor.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const STOP_MS = 8_000;
const BREATH_MS = 1;
const DEFAULT_CONCURRENCY = 64;

export interface HostOptions {
  data: Data;
  clock: Clock;
  log: Log;
  /** Makes the client of one plugin, whatever its transport. */
  createClient: CreateClient;
  /** The plugins in the box, by name. */
  builtins: Readonly<Record<string, BuiltinFactory>>;
  /** Starts the processes of plugins that bring a command; absent where none is ever started. */
  supervisor?: Supervisor;
  /** A number in [0, 1), for the jitter between attempts. */
  random?: () => number;
  /** How many checks, and how many starts, may run at once. */
  concurrency?: number;
}

/** For a plugin in the box that is only asked who it is. */
const closed: OpenUpstream = () => {
  throw new AppError("internal_error", "A plugin that was only asked who it is wanted to reach a service.");
};

/** The host. Nothing runs before `start`, but `reconcile` and `probe` work already. */
export function createHost(options: HostOptions): Host {
  const { data, clock, log, builtins, supervisor } = options;
  const createClient = supervisor ? overhear(options.createClient, supervisor.conceal) : options.createClient;
  const { random = Math.random, concurrency = DEFAULT_CONCURRENCY } = options;
  const findBuiltin = (name: string) =>
    (Object.hasOwn(builtins, name) ? builtins[name] : undefined)?.(closed) ?? null;
  const destinations = createDestinations(findBuiltin);
  const runners = new Map<string, Runner>();
  const recorder = createRecorder({ data, clock, log });
  const monitor = createMonitor({
    clock,
    log,
    watched: () => runners.values(),
    onTick: recorder.tick,
    concurrency,
  });
  // Records are read one after the other: an older wish can then never overtake a newer one.
  const reading = createGate(1);
  let stopping: Promise<void> | null = null;

  function addRunner(record: PluginRecord, resumed: boolean): Runner {
    const { nextTurnAt, stalledSince, sync: onChange } = monitor;
    const shared = {
      ...{ data, clock, log, random, createClient, supervisor, recorder, nextTurnAt, stalledSince, onChange },
      originOf: destinations.originOf,
    };
    const runner = createRunner(record, { ...shared, resumed });
    runners.set(record.id, runner);
    return runner;
  }

  async function start(): Promise<void> {
    await supervisor?.cleanUp();
    const [records, incidents] = await Promise.all([data.plugins.list(), data.incidents.listOpen()]);
    const resumed = records.filter(({ id }) => !runners.has(id)).map((record) => addRunner(record, true));
    const disabled = new Set(records.filter(({ desired }) => desired === "disabled").map(({ id }) => id));
    for (const { pluginId } of incidents) {
      runners.get(pluginId)?.tracker.resumeIncident();
      if (disabled.has(pluginId)) runners.get(pluginId)?.tracker.close();
    }
    monitor.start();
    bringBack(resumed).catch(logTrouble);
    log.info({ plugins: records.length }, "the host runs");
  }

  /**
   * Starts what was wanted, then reads earlier health results. Plugin by plugin, with a breath in between: the database
   * answers without ever leaving its turn of the event loop, so a thousand in one go would hold up everything else.
   */
  async function bringBack(resumed: Runner[]): Promise<void> {
    const to = clock.now() + 1;
    const gate = createGate(concurrency);
    for (const runner of resumed) {
      if (stopping) return;
      gate.run(runner.resume).catch(logTrouble);
      await clock.sleep(BREATH_MS);
    }
    for (const { id, tracker } of resumed) {
      if (stopping) return;
      tracker.warm(await data.samples.range(id, to - DAY_MS, to));
      await clock.sleep(BREATH_MS);
    }
  }

  function logTrouble(error: unknown): void {
    log.error({ err: error }, "background work of the host failed");
  }

  async function stop(): Promise<void> {
    monitor.stop();
    const over = new AbortController();
    const finished = Promise.all(Array.from(runners.values(), (runner) => runner.stop())).then(
      recorder.flush,
    );
    await Promise.race([
      finished.finally(() => over.abort()).catch(logTrouble),
      clock.sleep(STOP_MS, over.signal),
    ]);
  }

  /** Hands the record as it is now to its runner. The work itself goes on after this resolves, in `settled`. */
  async function handOver(
    id: string,
    { restart = false, process = false }: { restart?: boolean; process?: boolean },
  ): Promise<{ settled: Promise<void> | undefined }> {
    const found = await data.plugins.find(id);
    const record = found?.id === id ? found : null;
    if (record === null) recorder.forget(id);
    const runner = runners.get(id) ?? (record ? addRunner(record, false) : undefined);
    return { settled: runner?.want(record, restart, process).then(() => (record ? undefined : forget(id))) };
  }

  async function forget(id: string): Promise<void> {
    runners.delete(id);
    recorder.forget(id);
    await supervisor?.forget(id);
  }

  async function* chat(id: string, request: ChatRequest, signal: AbortSignal) {
    const runner = runners.get(id);
    if (!runner) throw disabledError("This plugin");
    yield* runner.chat(request, signal);
  }

  function status(id: string): PluginStatus {
    return runners.get(id)?.status() ?? STRANGER;
  }

  return {
    start,
    stop: () => (stopping ??= stop()),
    isTicking: monitor.isTicking,
    status,
    async reconcile(id, options = {}) {
      if (stopping) throw shuttingDownError();
      const { settled } = await reading.run(() => handOver(id, options));
      await settled;
      return status(id);
    },
    async tryConfig(id, trial, signal) {
      if (stopping) throw shuttingDownError();
      const { record, runner } = await reading.run(async () => {
        const found = await data.plugins.find(id);
        if (found?.id !== id) throw new AppError("not_found", "This plugin was removed meanwhile.");
        return { record: found, runner: runners.get(id) ?? addRunner(found, false) };
      });
      return runner.tryConfig(record, trial, signal);
    },
    async checkNow(id) {
      await runners.get(id)?.check();
      return status(id);
    },
    async refreshModels(id) {
      const runner = runners.get(id);
      if (!runner) throw disabledError("This plugin");
      return runner.refreshModels();
    },
    chat,
    async probe(endpoint, { signal, trace } = {}) {
      const type = /^grpcs?:/i.test(endpoint) ? "grpc" : "http";
      const client = createClient({ type, endpoint, manifest: null }, { pluginId: null, log, trace });
      try {
        return await client.metadata(signal);
      } finally {
        await client.close();
      }
    },
    async process(record) {
      const supervised = await runners.get(record.id)?.supervised();
      return supervisor && hasProcess(record) ? supervisor.describe(record, supervised ?? null) : null;
    },
    command: async (record) => (supervisor && hasProcess(record) ? supervisor.look(record) : null),
    async processLog(id) {
      return (await supervisor?.logOf(id)) ?? null;
    },
    destinations,
    builtinMetadata: (name) => findBuiltin(name)?.metadata() ?? null,
    builtinNames: () => Object.keys(builtins),
  };
}
