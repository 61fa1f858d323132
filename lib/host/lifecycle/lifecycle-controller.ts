import type { ErrorInfo } from "../../contract/error.ts";
import type { Lifecycle, LifecycleStep, PluginModels, Refusal } from "../../contract/plugin.ts";
import { retryDelayMs } from "../../core/backoff.ts";
import type { Clock } from "../../core/clock.ts";
import { nextLifecycle } from "../../core/lifecycle.ts";
import type { LifecycleEvent } from "../../core/lifecycle.ts";
import type { Log } from "../../log.ts";
import type { ActiveChats } from "../chat/active-chats.ts";
import { LastKnownGood } from "./last-known-good.ts";
import { disabledError, isUnreadable, stopsTraffic, toFailure } from "../failure.ts";
import { Disconnector, DRAIN_MS } from "./disconnect.ts";
import type { ConnectionCheck, PluginConnection } from "../connection/plugin-connection.ts";
import { planRetry } from "./retry-plan.ts";
import { canRollBack, rollBack } from "./rollback.ts";
import { goThroughSteps, startSteps, type ListedModels } from "./start-steps.ts";
import { stepCleanup, stepEndProcess } from "./stop-steps.ts";
import { createStepLog } from "../connection/step-log.ts";
import type { ManagedProcess } from "../process/managed-process.ts";

const NO_MODELS: PluginModels = { models: [], fetchedAt: null, warnings: [] };

export interface LifecycleControllerOptions {
  name: () => string;
  clock: Clock;
  log: Log;
  /** A number in [0, 1). */
  random: () => number;
  chats: ActiveChats;
  /** Opens a connection to where the plugin is registered now; may throw. */
  connect: () => PluginConnection;
  /** Whether a connection leads there. */
  isCurrent: (connection: PluginConnection) => boolean;
  /** Scheme, host and port of where what is saved leads; undefined when nobody can tell. */
  origin: () => Promise<string | null | undefined>;
  /** The process the console starts for this plugin; null for a plugin that somebody else starts. */
  process: () => Promise<ManagedProcess | null>;
  /** The first check after initialize, reported like any other. */
  checkAndReport: (connection: PluginConnection, signal: AbortSignal) => Promise<ConnectionCheck>;
}

/**
 * Switches one plugin on and off: the only place that moves its lifecycle. Both directions end soon after their signal aborts and
 * leave a state from which either may be called. Neither throws.
 */
export class LifecycleController {
  readonly #options: LifecycleControllerOptions;
  readonly #log: Log;
  readonly #steps;
  readonly #lastKnownGood: LastKnownGood;
  readonly #disconnector: Disconnector;
  #lifecycle: Lifecycle = "disabled";
  #failure: ErrorInfo | null = null;
  #refusal: Refusal | null = null;
  #attempts = 0;
  #retryMs: number | null = null;
  #connection: PluginConnection | null = null;
  #models = NO_MODELS;
  #process: ManagedProcess | null = null;

  constructor(options: LifecycleControllerOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#steps = createStepLog(options.clock, options.log);
    this.#lastKnownGood = new LastKnownGood(options.checkAndReport);
    this.#disconnector = new Disconnector(options);
  }

  lifecycle(): Lifecycle {
    return this.#lifecycle;
  }

  steps(): LifecycleStep[] {
    return this.#steps.list();
  }

  /** Why the lifecycle is `failed`. */
  failure(): ErrorInfo | null {
    return this.#failure;
  }

  /** Why a plugin that is `ready` runs with something older than what is saved. */
  refusal(): Refusal | null {
    return this.#refusal;
  }

  /** The planned attempt after a failure; null when there is none or a person has to act first. */
  retry(): { attempt: number; delayMs: number } | null {
    return this.#retryMs === null ? null : { attempt: this.#attempts, delayMs: this.#retryMs };
  }

  /** Open from the first contact until it is off. */
  connection(): PluginConnection | null {
    return this.#connection;
  }

  /** The process of the newest start; kept until it is stopped, whatever the manifest says by then. */
  process(): ManagedProcess | null {
    return this.#process;
  }

  models(): PluginModels {
    return this.#models;
  }

  /** Throws the plugin's error. */
  async refreshModels(connection: PluginConnection): Promise<PluginModels> {
    await this.#readModels(connection);
    return this.#models;
  }

  /**
   * All steps of an enable. One that runs goes on with what it accepted last when a step fails; `wasWell` says that it was healthy with
   * that, so that a health check or a model list that fails now speaks against what is new. `anew` has its process replaced.
   */
  async turnOn(signal: AbortSignal, wasWell: boolean, anew: boolean): Promise<void> {
    this.#rememberIfReady();
    this.#failure = null;
    this.#retryMs = null;
    await this.#lastKnownGood.keepWithin(this.#options.origin);
    const next = await this.#options.process();
    if (this.#process !== next) await this.#process?.stop();
    this.#process = next;
    this.#steps.begin(startSteps(next));
    this.#raise("enable");
    const leaving = this.#disconnectIfMoved(signal);
    let attempt: PluginConnection | null = null;
    try {
      await next?.endRevoked();
      attempt = this.#open();
      const mustBeWell = wasWell && this.#lastKnownGood.connection() !== null;
      await this.#goThroughSteps(attempt, signal, mustBeWell, anew);
      if (!signal.aborted) await this.#switchTo(attempt, signal);
    } catch (error) {
      this.#steps.skipRest();
      if (!signal.aborted) await this.#recover(toFailure(error, this.#log), attempt, signal);
    }
    await leaving;
    // What was only tried is left as it was found.
    if (attempt !== null && attempt !== this.#connection) await this.#disconnector.cleanUpAndClose(attempt);
  }

  /** Drains chats, sends the cleanup, disconnects, ends the process. A dead plugin is off all the same. */
  async turnOff(signal: AbortSignal): Promise<void> {
    if (this.#lifecycle === "disabled") return;
    const { chats, name } = this.#options;
    this.#failure = null;
    this.#refusal = null;
    this.#retryMs = null;
    this.#lastKnownGood.forget();
    this.#steps.begin(this.#process ? ["cleanup", "process"] : ["cleanup"]);
    if (this.#lifecycle !== "draining") this.#raise("disable");
    await chats.drain(DRAIN_MS, signal);
    if (signal.aborted) return;
    chats.abort(disabledError(name()));
    await stepCleanup({
      connection: this.#connection,
      steps: this.#steps,
      disconnector: this.#disconnector,
      signal,
    });
    if (signal.aborted) return;
    await this.disconnect();
    if (this.#process) await stepEndProcess(this.#process, this.#steps);
    this.#raise("drained");
  }

  /** Closes the connection without a cleanup. Safe to call twice. */
  async disconnect(): Promise<void> {
    const closing = this.#connection;
    this.#connection = null;
    this.#lastKnownGood.forget();
    if (closing !== null) await this.#disconnector.close(closing);
  }

  /** A running plugin must not be used any more. */
  fail(info: ErrorInfo): void {
    if (stopsTraffic(info)) this.#lastKnownGood.forget();
    else this.#rememberIfReady();
    this.#failure = info;
    this.#refusal = null;
    this.#attempts += 1;
    const { clock, random } = this.#options;
    const { status, ms } = planRetry(
      info,
      retryDelayMs(this.#attempts, random()),
      this.#process,
      clock.now(),
    );
    this.#retryMs = ms;
    this.#raise(status === "parked" ? "park" : "fail");
    this.#log.warn({ code: info.code, retryMs: ms }, `plugin failed: ${info.message}`);
  }

  /** Something other than what the plugin runs with may reach it, until `revalidate`. */
  invalidate(): void {
    this.#lastKnownGood.invalidate();
  }

  /** The plugin has accepted again what it runs with. */
  revalidate(): void {
    this.#lastKnownGood.revalidate();
  }

  /** A person acts: waits between attempts begin at the shortest again. */
  resetAttempts(): void {
    this.#attempts = 0;
    this.#process?.forgive();
  }

  #raise(event: LifecycleEvent): void {
    const next = nextLifecycle(this.#lifecycle, event);
    if (next !== null) this.#lifecycle = next;
    else this.#log.error({ state: this.#lifecycle, event }, "an impossible lifecycle event was ignored");
  }

  /** A plugin that is being started or has failed runs with nothing worth keeping, but may have before. */
  #rememberIfReady(): void {
    if (this.#lifecycle !== "ready" || this.#connection === null) return;
    this.#lastKnownGood.remember(this.#connection);
  }

  /** A connection to a place that nothing leads back to: no new chat uses it, and it is closed when those on it have ended. */
  async #disconnectIfMoved(signal: AbortSignal): Promise<void> {
    const leaving = this.#connection;
    if (leaving === null || this.#options.isCurrent(leaving)) return;
    if (this.#lastKnownGood.connection() !== null) return;
    this.#connection = null;
    await this.#disconnector.drainAndClose(leaving, signal);
  }

  /** The connection to try: the one there is if it leads to the right place, else one beside it while it may still be needed. */
  #open(): PluginConnection {
    const { isCurrent, connect } = this.#options;
    if (this.#connection !== null && isCurrent(this.#connection)) return this.#connection;
    if (this.#lastKnownGood.connection() !== null) return connect();
    this.#connection = connect();
    return this.#connection;
  }

  #goThroughSteps(attempt: PluginConnection, signal: AbortSignal, mustBeWell: boolean, anew: boolean) {
    return goThroughSteps({
      connection: attempt,
      steps: this.#steps,
      signal,
      log: this.#log,
      process: this.#process,
      anew,
      checkAndReport: this.#options.checkAndReport,
      onIdentified: () => {
        if (attempt === this.#connection) this.#lastKnownGood.invalidate();
        this.#raise("identified");
      },
      expects: () => {
        const health = mustBeWell && this.#lastKnownGood.subjectOf(attempt) !== "restart";
        return { health, models: health && this.#models.fetchedAt !== null };
      },
      listModels: () => this.#readModels(attempt, signal),
    });
  }

  /** Everything passed: from here on this is what the plugin runs with. */
  async #switchTo(attempt: PluginConnection, signal: AbortSignal): Promise<void> {
    const former = this.#connection;
    this.#connection = attempt;
    this.#attempts = 0;
    this.#refusal = null;
    this.#raise("initialized");
    this.#lastKnownGood.remember(attempt);
    this.#lastKnownGood.revalidate();
    if (former !== null && former !== attempt) await this.#disconnector.drainAndClose(former, signal);
  }

  /** After a failed attempt: back to what worked last where that is possible, else `failed`. */
  async #recover(failure: ErrorInfo, attempt: PluginConnection | null, signal: AbortSignal): Promise<void> {
    const info = (await this.#process?.findLoss(failure, signal)) ?? failure;
    if (signal.aborted) return;
    const notStarted = this.#steps.hasFailed("process");
    const to = { lastKnownGood: this.#lastKnownGood, process: this.#process };
    if (!canRollBack(attempt, notStarted, to) || stopsTraffic(info)) return this.fail(info);
    this.#steps.add("restore");
    try {
      await this.#steps.run("restore", () => rollBack(to, signal));
      if (signal.aborted) return;
      this.#attempts = 0;
      const subject = notStarted ? "restart" : this.#lastKnownGood.subjectOf(attempt);
      this.#refusal = { subject, error: info };
      this.#raise("rolledBack");
      this.#log.warn({ code: info.code }, `plugin goes on with what worked last: ${info.message}`);
    } catch (error) {
      const trouble = toFailure(error, this.#log);
      if (!signal.aborted) this.fail(stopsTraffic(trouble) ? trouble : info);
    }
  }

  /**
   * What the plugin lists from now on, and what is to be said about it. A list that cannot be read is null, and leaves a warning beside
   * the earlier models. Throws every other failure.
   */
  async #readModels(connection: PluginConnection, signal?: AbortSignal): Promise<ListedModels> {
    try {
      const { value, warnings } = await connection.listModels(signal);
      const fetchedAt = new Date(this.#options.clock.now()).toISOString();
      this.#models = { models: value, fetchedAt, warnings: warnings.slice(0, MAX_WARNINGS) };
      return { value, warnings };
    } catch (error) {
      const info = toFailure(error, this.#log);
      if (!isUnreadable(info)) throw error;
      const warnings = [info.code === "plugin_endpoint_missing" ? NO_LIST : info.message];
      this.#models = { ...this.#models, warnings };
      return { value: null, warnings };
    }
  }
}

/** A list can have something wrong with every entry. */
const MAX_WARNINGS = 50;

const NO_LIST = "It lists no models: type a model's name where one is asked for.";
