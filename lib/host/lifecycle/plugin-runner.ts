import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginModels } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import type { Clock } from "../../core/clock.ts";
import type { Data, PluginRecord } from "../../data/data.ts";
import type { Log } from "../../log.ts";
import type { PluginClient } from "../../transport/client.ts";
import { createChats } from "../chat/active-chats.ts";
import type { CreateClient } from "../connection/client-factory.ts";
import { createConvergence } from "./reconciler.ts";
import type { Wish } from "./reconciler.ts";
import { createDescriptions } from "../connection/reported-metadata.ts";
import { findOrigin, type Destinations } from "../connection/secret-origin.ts";
import { createEjector } from "../chat/outlier-ejection.ts";
import { shuttingDownError } from "../failure.ts";
import { createHealthTracker } from "../health/health-tracker.ts";
import type { HealthTracker } from "../health/health-tracker.ts";
import type { PluginStatus } from "../host.ts";
import { addressOf, createLink } from "../connection/plugin-connection.ts";
import type { Link } from "../connection/plugin-connection.ts";
import type { Watched } from "../health/check-scheduler.ts";
import { createObserver } from "../health/health-checker.ts";
import { createPower } from "./lifecycle-controller.ts";
import { createProcessKeeper } from "./process-binding.ts";
import type { Recorder } from "../health/sample-writer.ts";
import { toStatus } from "../plugin-status.ts";
import type { Supervised } from "../process/managed-process.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { createTester } from "./config-tester.ts";
import type { Trial, TrialOutcome } from "../connection/config-trial.ts";
import { toTarget } from "./next-check.ts";
import { createUse } from "./plugin-access.ts";

/** Keeps one plugin as it is wanted. Lives as long as its record, switched on or not. */
export interface Runner extends Watched {
  readonly tracker: HealthTracker;
  status(): PluginStatus;
  /** Makes the record true; null means it was removed; `process` has its process started anew. Resolves when reality has met the newest wish. Never rejects. */
  want(record: PluginRecord | null, restart: boolean, process?: boolean): Promise<void>;
  /** The process the console keeps for it, once there was reason to. */
  supervised(): Promise<Supervised | null>;
  /** Begins with what was wanted before the console stopped; nothing if somebody has wanted something since. */
  resume(): Promise<void>;
  /** Checks health now, joining a check under way. For a plugin that is wanted but failed: the next attempt, now. */
  check(): Promise<void>;
  /** Throws `plugin_disabled`, `plugin_not_ready` or the plugin's error. */
  refreshModels(): Promise<PluginModels>;
  /** See `Host.tryConfig`; `record` is the newest. */
  tryConfig(record: PluginRecord, trial: Trial, signal: AbortSignal): Promise<TrialOutcome>;
  /** The first pull throws `plugin_disabled` or `plugin_not_ready`. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void, void>;
  /** Ends chats with `shutting_down`, interrupts everything and hangs up, without a word to the plugin. */
  stop(): Promise<void>;
}

export interface RunnerOptions {
  /** `resumed`: the record's wish is an old one, met by `resume`, and leaves no marker. */
  resumed: boolean;
  data: Data;
  clock: Clock;
  log: Log;
  random: () => number;
  createClient: CreateClient;
  /** Absent where no process is ever started. */
  supervisor?: Supervisor | undefined;
  recorder: Recorder;
  originOf: Destinations["originOf"];
  /** See `Monitor`. */
  nextTurnAt: (id: string) => number | null;
  stalledSince: (sinceMs: number) => boolean;
  /** What the monitor is to do with this plugin may have changed. */
  onChange: (runner: Watched) => void;
}

export function createRunner(initial: PluginRecord, options: RunnerOptions): Runner {
  const { data, clock, random, createClient, supervisor, recorder, nextTurnAt, stalledSince, onChange } =
    options;
  const { id } = initial;
  const log = options.log.child({ pluginId: id });
  const tracker = createHealthTracker(id, { clock, recorder });
  const chats = createChats(clock);
  const ejector = createEjector({ clock, log, tracker, stalledSince });
  const observer = createObserver({ clock, log, tracker, stalledSince });
  const { observe } = observer;
  const keeper = createProcessKeeper({ supervisor, record: () => record, onLost: loseProcess });
  const power = createPower({
    ...{ name: () => record.name, clock, log, random, chats, connect, observe },
    ...{ isCurrent: ({ address }: Link) => address === addressOf(record), process: keeper.get },
    origin: () => findOrigin(record, options.originOf, data.configs),
  });
  const convergence = createConvergence(
    { kind: options.resumed ? initial.desired : "disabled", restart: false, process: false },
    apply,
    changed,
  );
  let record = initial;
  /** False until somebody wants something in this run of the console. */
  let touched = !options.resumed;
  let stopped = false;
  /** It was healthy with what it runs with; kept while something new is being tried. */
  let wasWell = false;
  const descriptions = createDescriptions(clock);
  /** Of the configuration the plugin accepted last. */
  let configVersion: number | null = null;
  /** The next success deserves the marker "switched on". */
  let announce = false;

  const use = createUse({
    ...{ name: () => record.name, power, chats, ejector, check },
    ...{ isWanted: () => convergence.wish().kind === "enabled", isStopped: () => stopped },
  });
  const trialOptions = () => ({
    ...{ record, createClient, clock, log, originOf: options.originOf },
    configs: data.configs,
    ...{ onMetadata: descriptions.hear, requireOwner: keeper.requireOwner, findLoss: power.findLoss },
  });
  const tester = createTester({
    ...{ convergence, power, observer, openClient, trialOptions, switchOn },
    onRestored: markStart,
  });

  function changed(): void {
    onChange(runner);
  }

  function connect(): Link {
    const address = addressOf(record);
    return createLink({ ...trialOptions(), client: openClient(), address, record: () => record });
  }

  function openClient(): PluginClient {
    const { endpoint, manifest } = record;
    return createClient({ type: manifest.type, endpoint, manifest }, { pluginId: id, log });
  }

  function loseProcess(reason: ErrorInfo): void {
    if (stopped || power.lifecycle() !== "ready") return;
    power.fail(reason);
    changed();
  }

  async function apply({ kind, restart, process }: Wish, signal: AbortSignal): Promise<void> {
    if (kind === "enabled" && power.lifecycle() === "ready" && !restart) return;
    await observer.interrupt();
    keeper.begin();
    if (kind === "enabled") await switchOn(signal, process);
    else await switchOff(kind, signal);
    keeper.finish();
  }

  async function switchOn(signal: AbortSignal, anew = false): Promise<void> {
    if (signal.aborted) return;
    const state = power.lifecycle();
    if (state !== "starting" && state !== "initializing")
      wasWell = state === "ready" && tracker.verdict().health === "up";
    tracker.restart();
    await power.turnOn(signal, wasWell, anew);
    if (power.lifecycle() === "ready") markStart();
  }

  async function switchOff(kind: Wish["kind"], signal: AbortSignal): Promise<void> {
    const wasOn = power.lifecycle() !== "disabled";
    ejector.reset();
    await power.turnOff(signal);
    if (power.lifecycle() !== "disabled") return;
    observer.reset();
    tracker.close();
    if (wasOn && kind === "disabled") tracker.mark("disabled", "Switched off");
  }

  function markStart(): void {
    ejector.reset();
    const version = power.link()?.introduction()?.config.version ?? null;
    if (announce) tracker.mark("enabled", "Switched on");
    else if (configVersion !== null && version !== configVersion)
      tracker.mark("config", "Configuration changed");
    announce = false;
    configVersion = version;
  }

  /** A check outside the steps of an enable; nothing while the plugin is not running or something else happens to it. */
  async function check(): Promise<void> {
    const link = power.link();
    if (stopped || link === null || convergence.isBusy() || power.lifecycle() !== "ready") return;
    const { result, refused } = await observer.check(link);
    if (!refused || result.error === null || power.lifecycle() !== "ready") return;
    power.fail(result.error);
    changed();
  }

  const runner: Runner = {
    id,
    tracker,
    status: () =>
      toStatus({
        desired: convergence.wish().kind === "enabled" ? "enabled" : "disabled",
        ...{ power, tracker, ejection: ejector.ejection() },
        activeChats: chats.count(),
        reinitializations: observer.reinitializations(),
        reported: descriptions.newest(),
        nextTurnAt: nextTurnAt(id),
      }),
    target: () =>
      stopped || convergence.isBusy()
        ? null
        : toTarget({ record, power, tracker, check, attempt: convergence.again }),
    want(next, restart, process = false) {
      touched = true;
      const kind = next === null ? "removed" : next.desired;
      if (next) record = next;
      if (kind === "enabled" && convergence.wish().kind !== "enabled") announce = true;
      power.forgetAttempts();
      return convergence.want({ kind, restart, process });
    },
    async resume() {
      if (touched) return;
      touched = true;
      if (convergence.wish().kind === "enabled") await convergence.again();
    },
    check() {
      const mayTry = convergence.wish().kind === "enabled" && power.lifecycle() === "failed";
      return mayTry || convergence.isBusy() ? convergence.again() : check();
    },
    supervised: keeper.peek,
    refreshModels: use.refreshModels,
    tryConfig(next, trial, signal) {
      return tester.run(trial, signal, () => (record = next));
    },
    chat: use.chat,
    async stop() {
      stopped = true;
      chats.abort(shuttingDownError());
      await Promise.all([convergence.stop(), observer.interrupt()]);
      await Promise.all([power.hangUp(), power.endProcess()]);
      changed();
    },
  };
  return runner;
}
