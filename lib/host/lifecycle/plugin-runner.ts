import type { ErrorInfo } from "../../contract/error.ts";
import type { PluginModels } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import type { Clock } from "../../core/clock.ts";
import type { Data, PluginRecord } from "../../data/data.ts";
import type { Log } from "../../log.ts";
import type { PluginClient } from "../../transport/client.ts";
import { ActiveChats } from "../chat/active-chats.ts";
import type { CreateClient } from "../connection/client-factory.ts";
import { Reconciler } from "./reconciler.ts";
import type { DesiredState } from "./reconciler.ts";
import { createReportedMetadata } from "../connection/reported-metadata.ts";
import { findOrigin, type SecretOrigins } from "../connection/secret-origin.ts";
import { OutlierEjection } from "../chat/outlier-ejection.ts";
import { shuttingDownError } from "../failure.ts";
import { createHealthTracker } from "../health/health-tracker.ts";
import type { HealthTracker } from "../health/health-tracker.ts";
import type { PluginStatus } from "../host.ts";
import { addressOf, PluginConnection } from "../connection/plugin-connection.ts";
import type { NextCheck, ScheduledPlugin } from "../health/check-scheduler.ts";
import { HealthChecker } from "../health/health-checker.ts";
import { LifecycleController } from "./lifecycle-controller.ts";
import { ProcessBinding } from "./process-binding.ts";
import type { SampleWriter } from "../health/sample-writer.ts";
import { toStatus } from "../plugin-status.ts";
import type { ManagedProcess } from "../process/managed-process.ts";
import type { Supervisor } from "../process/supervisor.ts";
import { ConfigTester } from "./config-tester.ts";
import type { Trial, TrialOutcome } from "../connection/config-trial.ts";
import { toNextCheck } from "./next-check.ts";
import { PluginAccess } from "./plugin-access.ts";

export interface PluginRunnerOptions {
  /** `resumed`: the record's desired state is an old one, applied by `resume`, and leaves no marker. */
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
  /** The next check of this plugin may have changed. */
  onChange: (runner: ScheduledPlugin) => void;
}

/** Keeps one plugin in its desired state. Lives as long as its record, switched on or not. */
export class PluginRunner implements ScheduledPlugin {
  readonly id: string;
  readonly tracker: HealthTracker;
  readonly #options: PluginRunnerOptions;
  readonly #log: Log;
  readonly #chats: ActiveChats;
  readonly #outlierEjection: OutlierEjection;
  readonly #healthChecker: HealthChecker;
  readonly #processBinding: ProcessBinding;
  readonly #controller: LifecycleController;
  readonly #reconciler: Reconciler;
  readonly #reportedMetadata;
  readonly #access: PluginAccess;
  readonly #configTester: ConfigTester;
  #record: PluginRecord;
  /** False until somebody requests something in this run of the console. */
  #touched: boolean;
  #stopped = false;
  /** It was healthy with what it runs with; kept while something new is being tried. */
  #wasWell = false;
  /** Of the configuration the plugin accepted last. */
  #configVersion: number | null = null;
  /** The next success deserves the marker "switched on". */
  #announce = false;

  constructor(record: PluginRecord, options: PluginRunnerOptions) {
    const { clock, sampleWriter, stalledSince, supervisor, random, resumed } = options;
    const log = options.log.child({ pluginId: record.id });
    const tracker = createHealthTracker(record.id, { clock, sampleWriter });
    const name = () => this.#record.name;
    this.id = record.id;
    this.tracker = tracker;
    this.#options = options;
    this.#log = log;
    this.#record = record;
    this.#touched = !resumed;
    this.#chats = new ActiveChats(clock);
    this.#outlierEjection = new OutlierEjection({ clock, log, tracker, stalledSince });
    this.#healthChecker = new HealthChecker({ clock, log, tracker, stalledSince });
    this.#reportedMetadata = createReportedMetadata(clock);
    this.#processBinding = new ProcessBinding({
      supervisor,
      record: () => this.#record,
      onLost: (reason) => this.#onProcessLost(reason),
    });
    this.#controller = new LifecycleController({
      name,
      clock,
      log,
      random,
      chats: this.#chats,
      connect: () => this.#connect(),
      isCurrent: ({ address }) => address === addressOf(this.#record),
      origin: () => findOrigin(this.#record, options.originOf, options.data.configs),
      process: () => this.#processBinding.get(),
      checkAndReport: (connection, signal) => this.#healthChecker.checkAndReport(connection, signal),
    });
    this.#reconciler = new Reconciler(
      { kind: resumed ? record.desired : "disabled", restart: false, process: false },
      (desired, signal) => this.#apply(desired, signal),
      () => this.#changed(),
    );
    this.#access = new PluginAccess({
      name,
      controller: this.#controller,
      chats: this.#chats,
      outlierEjection: this.#outlierEjection,
      isEnabled: () => this.#isEnabled(),
      isStopped: () => this.#stopped,
      check: () => this.#check(),
    });
    this.#configTester = new ConfigTester({
      reconciler: this.#reconciler,
      controller: this.#controller,
      healthChecker: this.#healthChecker,
      openClient: () => this.#openClient(),
      trialOptions: () => this.#trialOptions(),
      switchOn: (signal) => this.#switchOn(signal),
      onRestored: () => this.#markStart(),
    });
  }

  status(): PluginStatus {
    return toStatus({
      desired: this.#isEnabled() ? "enabled" : "disabled",
      controller: this.#controller,
      tracker: this.tracker,
      ejection: this.#outlierEjection.ejection(),
      activeChats: this.#chats.count(),
      reinitializations: this.#healthChecker.reinitializations(),
      reported: this.#reportedMetadata.newest(),
      nextCheckAt: this.#options.nextCheckAt(this.id),
    });
  }

  nextCheck(): NextCheck | null {
    if (this.#stopped || this.#reconciler.isBusy()) return null;
    return toNextCheck({
      record: this.#record,
      controller: this.#controller,
      tracker: this.tracker,
      check: () => this.#check(),
      attempt: () => this.#reconciler.retry(),
    });
  }

  /**
   * Brings the plugin to what its record says; null means the record was removed; `process` has its process started anew. Resolves once
   * the latest desired state is applied, including one requested while this call ran. Never rejects.
   */
  reconcile(record: PluginRecord | null, restart: boolean, process: boolean): Promise<void> {
    this.#touched = true;
    const kind = record === null ? "removed" : record.desired;
    if (record) this.#record = record;
    if (kind === "enabled" && !this.#isEnabled()) this.#announce = true;
    this.#controller.resetAttempts();
    return this.#reconciler.request({ kind, restart, process });
  }

  /** Begins with what was desired before the console stopped; nothing if somebody has requested something since. */
  async resume(): Promise<void> {
    if (this.#touched) return;
    this.#touched = true;
    if (this.#isEnabled()) await this.#reconciler.retry();
  }

  /** Checks health now, joining a check under way. For a plugin that is enabled but failed: the next attempt, now. */
  check(): Promise<void> {
    const mayTry = this.#isEnabled() && this.#controller.lifecycle() === "failed";
    return mayTry || this.#reconciler.isBusy() ? this.#reconciler.retry() : this.#check();
  }

  /** The process the console keeps for it, once there was reason to. */
  managedProcess(): Promise<ManagedProcess | null> {
    return this.#processBinding.peek();
  }

  /** Throws `plugin_disabled`, `plugin_not_ready` or the plugin's error. */
  refreshModels(): Promise<PluginModels> {
    return this.#access.refreshModels();
  }

  /** See `Host.tryConfig`; `record` is the newest. */
  tryConfig(record: PluginRecord, trial: Trial, signal: AbortSignal): Promise<TrialOutcome> {
    return this.#configTester.run(trial, signal, () => (this.#record = record));
  }

  /** The first pull throws `plugin_disabled` or `plugin_not_ready`. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatChunk> {
    return this.#access.chat(request, signal);
  }

  /** Ends chats with `shutting_down`, interrupts everything and disconnects, without a cleanup. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#chats.abort(shuttingDownError());
    await Promise.all([this.#reconciler.stop(), this.#healthChecker.interrupt()]);
    await Promise.all([this.#controller.disconnect(), this.#controller.process()?.stop()]);
    this.#changed();
  }

  #isEnabled(): boolean {
    return this.#reconciler.desired().kind === "enabled";
  }

  #changed(): void {
    this.#options.onChange(this);
  }

  #connect(): PluginConnection {
    const address = addressOf(this.#record);
    const client = this.#openClient();
    return new PluginConnection({ ...this.#trialOptions(), client, address, record: () => this.#record });
  }

  #openClient(): PluginClient {
    const { endpoint, manifest } = this.#record;
    const target = { type: manifest.type, endpoint, manifest };
    return this.#options.createClient(target, { pluginId: this.id, log: this.#log });
  }

  #trialOptions() {
    const { createClient, clock, originOf, data } = this.#options;
    return {
      record: this.#record,
      createClient,
      clock,
      log: this.#log,
      originOf,
      configs: data.configs,
      onMetadata: this.#reportedMetadata.onMetadata,
      process: () => this.#processBinding.get(),
    };
  }

  #onProcessLost(reason: ErrorInfo): void {
    if (this.#stopped || this.#controller.lifecycle() !== "ready") return;
    this.#controller.fail(reason);
    this.#changed();
  }

  async #apply({ kind, restart, process }: DesiredState, signal: AbortSignal): Promise<void> {
    if (kind === "enabled" && this.#controller.lifecycle() === "ready" && !restart) return;
    await this.#healthChecker.interrupt();
    this.#processBinding.begin();
    if (kind === "enabled") await this.#switchOn(signal, process);
    else await this.#switchOff(kind, signal);
    this.#processBinding.finish();
  }

  async #switchOn(signal: AbortSignal, anew = false): Promise<void> {
    if (signal.aborted) return;
    const state = this.#controller.lifecycle();
    if (state !== "starting" && state !== "initializing")
      this.#wasWell = state === "ready" && this.tracker.verdict().health === "up";
    this.tracker.restart();
    await this.#controller.turnOn(signal, this.#wasWell, anew);
    if (this.#controller.lifecycle() === "ready") this.#markStart();
  }

  async #switchOff(kind: DesiredState["kind"], signal: AbortSignal): Promise<void> {
    const wasOn = this.#controller.lifecycle() !== "disabled";
    this.#outlierEjection.reset();
    await this.#controller.turnOff(signal);
    if (this.#controller.lifecycle() !== "disabled") return;
    this.#healthChecker.reset();
    this.tracker.close();
    if (wasOn && kind === "disabled") this.tracker.mark("disabled", "Switched off");
  }

  #markStart(): void {
    this.#outlierEjection.reset();
    const version = this.#controller.connection()?.handshake()?.config.version ?? null;
    if (this.#announce) this.tracker.mark("enabled", "Switched on");
    else if (this.#configVersion !== null && version !== this.#configVersion)
      this.tracker.mark("config", "Configuration changed");
    this.#announce = false;
    this.#configVersion = version;
  }

  /** A check outside the steps of an enable; nothing while the plugin is not running or something else happens to it. */
  async #check(): Promise<void> {
    const connection = this.#controller.connection();
    if (this.#stopped || connection === null || this.#reconciler.isBusy()) return;
    if (this.#controller.lifecycle() !== "ready") return;
    const { result, refused } = await this.#healthChecker.check(connection);
    if (!refused || result.error === null || this.#controller.lifecycle() !== "ready") return;
    this.#controller.fail(result.error);
    this.#changed();
  }
}
