import type { ErrorInfo } from "../../contract/error.ts";
import type { Lifecycle, LifecycleStep, PluginModels, Refusal } from "../../contract/plugin.ts";
import { retryDelayMs } from "../../core/backoff.ts";
import type { Clock } from "../../core/clock.ts";
import { nextLifecycle } from "../../core/lifecycle.ts";
import type { LifecycleEvent } from "../../core/lifecycle.ts";
import type { Model } from "../../contract/protocol.ts";
import type { Log } from "../../log.ts";
import type { Reply } from "../../transport/client.ts";
import type { Chats } from "../chat/active-chats.ts";
import { createFallback } from "./last-known-good.ts";
import { disabledError, needsPerson, stopsTraffic, toFailure } from "../failure.ts";
import { createGoodbye, DRAIN_MS } from "./disconnect.ts";
import type { Link, LinkCheck } from "../connection/plugin-connection.ts";
import { canGoBack, findLoss, goBack } from "./process-loss.ts";
import { goThroughSteps } from "./start-steps.ts";
import { stepCleanup, stepEndProcess } from "./stop-steps.ts";
import { createStepLog } from "../connection/step-log.ts";
import type { Supervised } from "../process/managed-process.ts";

const ENABLE_STEPS: ReadonlyArray<LifecycleStep["name"]> = [
  "metadata",
  "config",
  "initialize",
  "health",
  "models",
];
const NO_MODELS: PluginModels = { models: [], fetchedAt: null };

/**
 * Switches one plugin on and off: the only place that moves its lifecycle. Both directions end soon after their
 * signal aborts and leave a state from which either may be called. Neither throws.
 */
export interface Power {
  lifecycle(): Lifecycle;
  steps(): LifecycleStep[];
  /** Why the lifecycle is `failed`. */
  failure(): ErrorInfo | null;
  /** Why a plugin that is `ready` runs with something older than what is saved. */
  refusal(): Refusal | null;
  /** The planned attempt after a failure; null when there is none or a person has to act first. */
  retry(): { attempt: number; delayMs: number } | null;
  /** Open from the first contact until it is off. */
  link(): Link | null;
  models(): PluginModels;
  /** Throws the plugin's error. */
  refreshModels(link: Link, signal?: AbortSignal): Promise<PluginModels>;
  /**
   * All steps of an enable. One that runs goes on with what it accepted last when a step fails; `wasWell` says that it was
   * healthy with that, so that a health check or a model list that fails now speaks against what is new. `anew` has its process replaced.
   */
  turnOn(signal: AbortSignal, wasWell: boolean, anew: boolean): Promise<void>;
  /** Drains chats, says goodbye, hangs up. A dead plugin is off all the same. */
  turnOff(signal: AbortSignal): Promise<void>;
  /** Closes the connection without a word to the plugin. Safe to call twice. */
  hangUp(): Promise<void>;
  /** A running plugin must not be used any more. */
  fail(failure: ErrorInfo): void;
  /** Something other than what it runs with may reach the plugin, until `settle`. */
  spoil(): void;
  settle(): void;
  /** See `process-loss.ts`. */
  findLoss(failure: ErrorInfo, signal: AbortSignal): Promise<ErrorInfo | null>;
  /** Ends the process, if there is one, without a word to the plugin. */
  endProcess(): Promise<void>;
  /** A person acts: waits between attempts begin at the shortest again. */
  forgetAttempts(): void;
}

export interface PowerOptions {
  name: () => string;
  clock: Clock;
  log: Log;
  /** A number in [0, 1). */
  random: () => number;
  chats: Chats;
  /** Opens a connection to where the plugin is registered now; may throw. */
  connect: () => Link;
  /** Whether a connection leads there. */
  isCurrent: (link: Link) => boolean;
  /** Scheme, host and port of where what is saved leads; undefined when nobody can tell. */
  origin: () => Promise<string | null | undefined>;
  /** The process the console starts for this plugin; null for a plugin that somebody else starts. */
  process: () => Promise<Supervised | null>;
  /** The first check after initialize, reported like any other. */
  observe: (link: Link, signal: AbortSignal) => Promise<LinkCheck>;
}

export function createPower(options: PowerOptions): Power {
  const { name, clock, log, random, chats, connect, isCurrent, observe, process } = options;
  const steps = createStepLog(clock, log);
  const fallback = createFallback(observe);
  const goodbye = createGoodbye({ name, clock, log, chats });
  let lifecycle: Lifecycle = "disabled";
  let failure: ErrorInfo | null = null;
  let refusal: Refusal | null = null;
  let attempts = 0;
  let retryMs: number | null = null;
  let link: Link | null = null;
  let models = NO_MODELS;
  /** Of the newest start; kept until it is stopped, whatever the manifest says by then. */
  let supervised: Supervised | null = null;

  function raise(event: LifecycleEvent): void {
    const next = nextLifecycle(lifecycle, event);
    if (next !== null) lifecycle = next;
    else log.error({ state: lifecycle, event }, "an impossible lifecycle event was ignored");
  }

  function fail(info: ErrorInfo): void {
    if (stopsTraffic(info)) fallback.forget();
    else remember();
    failure = info;
    refusal = null;
    attempts += 1;
    const { status, ms } = planRetry(info, retryDelayMs(attempts, random()), supervised, clock.now());
    retryMs = ms;
    raise(status === "parked" ? "park" : "fail");
    log.warn({ code: info.code, retryMs }, `plugin failed: ${info.message}`);
  }

  /** A plugin that is being started or has failed runs with nothing worth keeping, but may have before. */
  function remember(): void {
    if (lifecycle === "ready" && link !== null) fallback.remember(link);
  }

  async function turnOn(signal: AbortSignal, wasWell: boolean, anew: boolean): Promise<void> {
    remember();
    failure = null;
    retryMs = null;
    await fallback.keepWithin(options.origin);
    const next = await process();
    if (supervised !== next) await supervised?.stop();
    supervised = next;
    steps.begin(supervised ? ["process", ...ENABLE_STEPS] : ENABLE_STEPS);
    raise("enable");
    const leaving = letGo(signal);
    let attempt: Link | null = null;
    try {
      await supervised?.endRevoked();
      attempt = open();
      await goThrough(attempt, signal, wasWell && fallback.link() !== null, anew);
      if (!signal.aborted) await use(attempt, signal);
    } catch (error) {
      steps.skipRest();
      if (!signal.aborted) await recover(toFailure(error, log), attempt, signal);
    }
    await leaving;
    // What was only tried is left as it was found.
    if (attempt !== null && attempt !== link) await goodbye.leave(attempt);
  }

  /** A connection to a place that nothing leads back to: no new chat uses it, and it is left when those on it have ended. */
  async function letGo(signal: AbortSignal): Promise<void> {
    if (link === null || isCurrent(link) || fallback.link() !== null) return;
    const leaving = link;
    link = null;
    await goodbye.retire(leaving, signal);
  }

  /** The connection to try: the one there is if it leads to the right place, else one beside it while it may still be needed. */
  function open(): Link {
    if (link !== null && isCurrent(link)) return link;
    return fallback.link() !== null ? connect() : (link = connect());
  }

  function goThrough(attempt: Link, signal: AbortSignal, mustBeWell: boolean, anew: boolean): Promise<void> {
    const onIdentified = () => {
      if (attempt === link) fallback.spoil();
      raise("identified");
    };
    const expects = () => {
      const health = mustBeWell && fallback.subjectOf(attempt) !== "restart";
      return { health, models: health && models.fetchedAt !== null };
    };
    return goThroughSteps({
      ...{ link: attempt, steps, signal, log, supervised, anew, observe, onIdentified, expects },
      listModels: () => readModels(attempt, signal),
    });
  }

  /** Everything passed: from here on this is what the plugin runs with. */
  async function use(attempt: Link, signal: AbortSignal): Promise<void> {
    const former = link;
    link = attempt;
    attempts = 0;
    refusal = null;
    raise("initialized");
    fallback.remember(attempt);
    fallback.settle();
    if (former !== null && former !== attempt) await goodbye.retire(former, signal);
  }

  async function recover(failure: ErrorInfo, attempt: Link | null, signal: AbortSignal): Promise<void> {
    const info = (await findLoss(() => supervised, failure, signal)) ?? failure;
    if (signal.aborted) return;
    const notStarted = steps.hasFailed("process");
    if (!canGoBack(attempt, { fallback, supervised, notStarted }) || stopsTraffic(info)) return fail(info);
    steps.add("restore");
    try {
      await steps.run("restore", () => goBack(supervised, fallback, signal));
      if (signal.aborted) return;
      attempts = 0;
      refusal = { subject: notStarted ? "restart" : fallback.subjectOf(attempt), error: info };
      raise("kept");
      log.warn({ code: info.code }, `plugin goes on with what worked last: ${info.message}`);
    } catch (error) {
      const trouble = toFailure(error, log);
      if (!signal.aborted) fail(stopsTraffic(trouble) ? trouble : info);
    }
  }

  async function readModels(link: Link, signal?: AbortSignal): Promise<Reply<Model[]>> {
    const reply = await link.listModels(signal);
    models = { models: reply.value, fetchedAt: new Date(clock.now()).toISOString() };
    return reply;
  }

  async function turnOff(signal: AbortSignal): Promise<void> {
    if (lifecycle === "disabled") return;
    failure = null;
    refusal = null;
    retryMs = null;
    fallback.forget();
    steps.begin(supervised ? ["cleanup", "process"] : ["cleanup"]);
    if (lifecycle !== "draining") raise("disable");
    await chats.drain(DRAIN_MS, signal);
    if (signal.aborted) return;
    chats.abort(disabledError(name()));
    await stepCleanup({ link, steps, goodbye, signal });
    if (signal.aborted) return;
    await hangUp();
    if (supervised) await stepEndProcess(supervised, steps);
    raise("drained");
  }

  async function hangUp(): Promise<void> {
    const closing = link;
    link = null;
    fallback.forget();
    if (closing !== null) await goodbye.close(closing);
  }

  return {
    ...{ lifecycle: () => lifecycle, steps: steps.list },
    ...{ failure: () => failure, refusal: () => refusal },
    retry: () => (retryMs === null ? null : { attempt: attempts, delayMs: retryMs }),
    ...{ link: () => link, models: () => models },
    refreshModels: (link, signal) => readModels(link, signal).then(() => models),
    ...{ turnOn, turnOff, hangUp, fail, spoil: fallback.spoil, settle: fallback.settle },
    ...{ findLoss: findLoss.bind(null, () => supervised), endProcess: async () => supervised?.stop() },
    forgetAttempts() {
      attempts = 0;
      supervised?.forgive();
    },
  };
}

/** When to try again. A process that ended is started again by its own rule, which also knows when to give up. */
function planRetry(
  info: ErrorInfo,
  delayMs: number,
  supervised: Supervised | null,
  now: number,
): { status: ReturnType<Supervised["state"]>["status"]; ms: number | null } {
  const { status, nextStartAt } = supervised?.state() ?? { status: "stopped" as const, nextStartAt: null };
  if (status === "parked") return { status, ms: null };
  if (nextStartAt !== null) return { status, ms: Math.max(0, Date.parse(nextStartAt) - now) };
  return { status, ms: needsPerson(info) ? null : delayMs };
}
