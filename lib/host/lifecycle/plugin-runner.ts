import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginModels } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import type { Clock } from "../../core/clock.ts";
import type { Data, PluginRecord } from "../../data/data.ts";
import type { Log } from "../../log.ts";
import type { PluginClient } from "../../transport/client.ts";
import { createActiveChats } from "../chat/active-chats.ts";
import type { CreateClient } from "../connection/client-factory.ts";
import { createReconciler } from "./reconciler.ts";
import type { DesiredState } from "./reconciler.ts";
import { createReportedMetadata } from "../connection/reported-metadata.ts";
import { findOrigin, type SecretOrigins } from "../connection/secret-origin.ts";
import { createOutlierEjection } from "../chat/outlier-ejection.ts";
import { shuttingDownError } from "../failure.ts";
import { createHealthTracker } from "../health/health-tracker.ts";
import type { HealthTracker } from "../health/health-tracker.ts";
import type { PluginStatus } from "../host.ts";
import { addressOf, createPluginConnection } from "../connection/plugin-connection.ts";
import type { PluginConnection } from "../connection/plugin-connection.ts";
import type { Watched } from "../health/check-scheduler.ts";
import { createHealthChecker } from "../health/health-checker.ts";
import { createLifecycleController } from "./lifecycle-controller.ts";
import { createProcessBinding } from "./process-binding.ts";
import type { SampleWriter } from "../health/sample-writer.ts";
import { toStatus } from "../plugin-status.ts";
import type { ManagedProcess } from "../process/managed-process.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { createConfigTester } from "./config-tester.ts";
import type { Trial, TrialOutcome } from "../connection/config-trial.ts";
import { toNextCheck } from "./next-check.ts";
import { createPluginAccess } from "./plugin-access.ts";

/** Keeps one plugin as it is wanted. Lives as long as its record, switched on or not. */
export interface PluginRunner extends Watched {
  readonly tracker: HealthTracker;
  status(): PluginStatus;
  /** Makes the record true; null means it was removed; `process` has its process started anew. Resolves when reality has met the newest wish. Never rejects. */
  want(record: PluginRecord | null, restart: boolean, process?: boolean): Promise<void>;
  /** The process the console keeps for it, once there was reason to. */
  managedProcess(): Promise<ManagedProcess | null>;
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

export interface PluginRunnerOptions {
  /** `resumed`: the record's wish is an old one, met by `resume`, and leaves no marker. */
  resumed: boolean;
  data: Data;
  clock: Clock;
  log: Log;
  random: () => number;
  createClient: CreateClient;
  /** Absent where no process is ever started. */
  supervisor?: Supervisor | undefined;
  sampleWriter: SampleWriter;
  originOf: SecretOrigins["originOf"];
  /** See `CheckScheduler`. */
  nextCheckAt: (id: string) => number | null;
  stalledSince: (sinceMs: number) => boolean;
  /** What the scheduler is to do with this plugin may have changed. */
  onChange: (runner: Watched) => void;
}

export function createPluginRunner(initial: PluginRecord, options: PluginRunnerOptions): PluginRunner {
  const { data, clock, random, createClient, supervisor, sampleWriter, nextCheckAt, stalledSince, onChange } =
    options;
  const { id } = initial;
  const log = options.log.child({ pluginId: id });
  const tracker = createHealthTracker(id, { clock, sampleWriter });
  const chats = createActiveChats(clock);
  const outlierEjection = createOutlierEjection({ clock, log, tracker, stalledSince });
  const healthChecker = createHealthChecker({ clock, log, tracker, stalledSince });
  const { checkAndReport } = healthChecker;
  const processBinding = createProcessBinding({ supervisor, record: () => record, onLost: loseProcess });
  const controller = createLifecycleController({
    ...{ name: () => record.name, clock, log, random, chats, connect, checkAndReport },
    ...{
      isCurrent: ({ address }: PluginConnection) => address === addressOf(record),
      process: processBinding.get,
    },
    origin: () => findOrigin(record, options.originOf, data.configs),
  });
  const reconciler = createReconciler(
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
  const reportedMetadata = createReportedMetadata(clock);
  /** Of the configuration the plugin accepted last. */
  let configVersion: number | null = null;
  /** The next success deserves the marker "switched on". */
  let announce = false;

  const use = createPluginAccess({
    ...{ name: () => record.name, controller, chats, outlierEjection, check },
    ...{ isWanted: () => reconciler.wish().kind === "enabled", isStopped: () => stopped },
  });
  const trialOptions = () => ({
    ...{ record, createClient, clock, log, originOf: options.originOf },
    configs: data.configs,
    ...{
      onMetadata: reportedMetadata.onMetadata,
      requireOwner: processBinding.requireOwner,
      findLoss: controller.findLoss,
    },
  });
  const configTester = createConfigTester({
    ...{ reconciler, controller, healthChecker, openClient, trialOptions, switchOn },
    onRestored: markStart,
  });

  function changed(): void {
    onChange(runner);
  }

  function connect(): PluginConnection {
    const address = addressOf(record);
    return createPluginConnection({ ...trialOptions(), client: openClient(), address, record: () => record });
  }

  function openClient(): PluginClient {
    const { endpoint, manifest } = record;
    return createClient({ type: manifest.type, endpoint, manifest }, { pluginId: id, log });
  }

  function loseProcess(reason: ErrorInfo): void {
    if (stopped || controller.lifecycle() !== "ready") return;
    controller.fail(reason);
    changed();
  }

  async function apply({ kind, restart, process }: DesiredState, signal: AbortSignal): Promise<void> {
    if (kind === "enabled" && controller.lifecycle() === "ready" && !restart) return;
    await healthChecker.interrupt();
    processBinding.begin();
    if (kind === "enabled") await switchOn(signal, process);
    else await switchOff(kind, signal);
    processBinding.finish();
  }

  async function switchOn(signal: AbortSignal, anew = false): Promise<void> {
    if (signal.aborted) return;
    const state = controller.lifecycle();
    if (state !== "starting" && state !== "initializing")
      wasWell = state === "ready" && tracker.verdict().health === "up";
    tracker.restart();
    await controller.turnOn(signal, wasWell, anew);
    if (controller.lifecycle() === "ready") markStart();
  }

  async function switchOff(kind: DesiredState["kind"], signal: AbortSignal): Promise<void> {
    const wasOn = controller.lifecycle() !== "disabled";
    outlierEjection.reset();
    await controller.turnOff(signal);
    if (controller.lifecycle() !== "disabled") return;
    healthChecker.reset();
    tracker.close();
    if (wasOn && kind === "disabled") tracker.mark("disabled", "Switched off");
  }

  function markStart(): void {
    outlierEjection.reset();
    const version = controller.connection()?.handshake()?.config.version ?? null;
    if (announce) tracker.mark("enabled", "Switched on");
    else if (configVersion !== null && version !== configVersion)
      tracker.mark("config", "Configuration changed");
    announce = false;
    configVersion = version;
  }

  /** A check outside the steps of an enable; nothing while the plugin is not running or something else happens to it. */
  async function check(): Promise<void> {
    const connection = controller.connection();
    if (stopped || connection === null || reconciler.isBusy() || controller.lifecycle() !== "ready") return;
    const { result, refused } = await healthChecker.check(connection);
    if (!refused || result.error === null || controller.lifecycle() !== "ready") return;
    controller.fail(result.error);
    changed();
  }

  const runner: PluginRunner = {
    id,
    tracker,
    status: () =>
      toStatus({
        desired: reconciler.wish().kind === "enabled" ? "enabled" : "disabled",
        ...{ controller, tracker, ejection: outlierEjection.ejection() },
        activeChats: chats.count(),
        reinitializations: healthChecker.reinitializations(),
        reported: reportedMetadata.newest(),
        nextCheckAt: nextCheckAt(id),
      }),
    target: () =>
      stopped || reconciler.isBusy()
        ? null
        : toNextCheck({ record, controller, tracker, check, attempt: reconciler.again }),
    want(next, restart, process = false) {
      touched = true;
      const kind = next === null ? "removed" : next.desired;
      if (next) record = next;
      if (kind === "enabled" && reconciler.wish().kind !== "enabled") announce = true;
      controller.forgetAttempts();
      return reconciler.want({ kind, restart, process });
    },
    async resume() {
      if (touched) return;
      touched = true;
      if (reconciler.wish().kind === "enabled") await reconciler.again();
    },
    check() {
      const mayTry = reconciler.wish().kind === "enabled" && controller.lifecycle() === "failed";
      return mayTry || reconciler.isBusy() ? reconciler.again() : check();
    },
    managedProcess: processBinding.peek,
    refreshModels: use.refreshModels,
    tryConfig(next, trial, signal) {
      return configTester.run(trial, signal, () => (record = next));
    },
    chat: use.chat,
    async stop() {
      stopped = true;
      chats.abort(shuttingDownError());
      await Promise.all([reconciler.stop(), healthChecker.interrupt()]);
      await Promise.all([controller.hangUp(), controller.endProcess()]);
      changed();
    },
  };
  return runner;
}
