import type { ErrorInfo } from "../contract/error.ts";
import type { Lifecycle, LifecycleStep, PluginModels } from "../contract/plugin.ts";
import { retryDelayMs } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { nextLifecycle } from "../core/lifecycle.ts";
import type { LifecycleEvent } from "../core/lifecycle.ts";
import type { Log } from "../log.ts";
import type { Chats } from "./chats.ts";
import { disabledError, needsPerson, toFailure } from "./failure.ts";
import type { Link, LinkCheck } from "./link.ts";
import { createStepLog } from "./steps.ts";
import type { Supervised } from "./supervised.ts";

const DRAIN_MS = 30_000;
/** How long a plugin may take to say goodbye. */
export const CLEANUP_MS = 5_000;
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
  /** The planned attempt after a failure; null when there is none or a person has to act first. */
  retry(): { attempt: number; delayMs: number } | null;
  /** Open from the first contact until it is off. */
  link(): Link | null;
  models(): PluginModels;
  /** Throws the plugin's error. */
  refreshModels(link: Link, signal?: AbortSignal): Promise<PluginModels>;
  turnOn(signal: AbortSignal): Promise<void>;
  /** Drains chats, says goodbye, hangs up. A dead plugin is off all the same. */
  turnOff(signal: AbortSignal): Promise<void>;
  /** Closes the connection without a word to the plugin. Safe to call twice. */
  hangUp(): Promise<void>;
  /** A running plugin must not be used any more. */
  fail(failure: ErrorInfo): void;
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
  /** Opens the connection; may throw. */
  connect: () => Link;
  /** The process the console starts for this plugin; null for a plugin that somebody else starts. */
  process: () => Promise<Supervised | null>;
  /** The first check after initialize, reported like any other. */
  observe: (link: Link, signal: AbortSignal) => Promise<LinkCheck>;
}

export function createPower(options: PowerOptions): Power {
  const { name, clock, log, random, chats, connect, observe, process } = options;
  const steps = createStepLog(clock, log);
  let lifecycle: Lifecycle = "disabled";
  let failure: ErrorInfo | null = null;
  let attempts = 0;
  let retryMs: number | null = null;
  let link: Link | null = null;
  let models = NO_MODELS;
  /** Of the newest start; kept until it is stopped, whatever the manifest says by then. */
  let supervised: Supervised | null = null;

  function raise(event: LifecycleEvent): void {
    const next = nextLifecycle(lifecycle, event);
    if (next === null) {
      log.error({ state: lifecycle, event }, "an impossible lifecycle event was ignored");
      return;
    }
    lifecycle = next;
  }

  function fail(info: ErrorInfo): void {
    failure = info;
    attempts += 1;
    retryMs = needsPerson(info) ? null : retryDelayMs(attempts, random());
    // A process that ended is started again by its own rule, which also knows when to give up.
    const { status, nextStartAt } = supervised?.state() ?? { status: "stopped", nextStartAt: null };
    if (nextStartAt !== null) retryMs = Math.max(0, Date.parse(nextStartAt) - clock.now());
    if (status === "parked") retryMs = null;
    raise(status === "parked" ? "park" : "fail");
    log.warn({ code: info.code, retryMs }, `plugin failed: ${info.message}`);
  }

  async function turnOn(signal: AbortSignal): Promise<void> {
    failure = null;
    retryMs = null;
    const next = await process();
    if (supervised !== next) await supervised?.stop();
    supervised = next;
    steps.begin(supervised ? ["process", ...ENABLE_STEPS] : ENABLE_STEPS);
    raise("enable");
    try {
      link ??= connect();
      await stepProcess(link, signal);
      await link.introduce(steps, signal, () => raise("identified"));
      await stepHealth(link, signal);
      await stepModels(link, signal);
      if (signal.aborted) return;
      attempts = 0;
      raise("initialized");
    } catch (error) {
      steps.skipRest();
      if (!signal.aborted) fail(toFailure(error, log));
    }
  }

  async function stepProcess({ client }: Link, signal: AbortSignal): Promise<void> {
    const starting = supervised;
    if (!starting) return;
    await steps.run("process", async () => ({
      value: null,
      note: await starting.ensureReady((asking) => client.metadata(asking), signal),
    }));
  }

  /** An unhealthy answer is the verdict's business: the plugin runs, and people may want to talk to it to find out why. */
  async function stepHealth(link: Link, signal: AbortSignal): Promise<void> {
    await steps.run("health", async () => {
      const { message, error } = (await observe(link, signal)).result;
      return {
        value: null,
        ...(message === null ? {} : { note: message }),
        ...(error === null ? {} : { error }),
      };
    });
  }

  async function stepModels(link: Link, signal: AbortSignal): Promise<void> {
    await steps.run("models", async () => {
      try {
        const { models: found } = await refreshModels(link, signal);
        return { value: null, note: found.length === 1 ? "1 model" : `${found.length} models` };
      } catch (error) {
        const info = toFailure(error, log);
        if (info.code !== "plugin_endpoint_missing") return { value: null, error: info };
        return { value: null, note: "It has no /models: type the model's name where one is asked for" };
      }
    });
  }

  async function refreshModels(link: Link, signal?: AbortSignal): Promise<PluginModels> {
    models = await link.listModels(signal);
    return models;
  }

  async function turnOff(signal: AbortSignal): Promise<void> {
    if (lifecycle === "disabled") return;
    failure = null;
    retryMs = null;
    steps.begin(supervised ? ["cleanup", "process"] : ["cleanup"]);
    if (lifecycle !== "draining") raise("disable");
    await chats.drain(DRAIN_MS, signal);
    if (signal.aborted) return;
    chats.abort(disabledError(name()));
    await stepCleanup(signal);
    if (signal.aborted) return;
    await hangUp();
    await stepEndProcess();
    raise("drained");
  }

  async function stepEndProcess(): Promise<void> {
    const ending = supervised;
    if (!ending) return;
    await steps.run("process", async () => {
      await ending.stop();
      return { value: null, note: "Ended, with everything it had started" };
    });
  }

  async function stepCleanup(signal: AbortSignal): Promise<void> {
    const told = link?.wasTold() === true ? link : null;
    if (told === null) return steps.skip("cleanup", "Nothing to clean up: it was never initialised");
    const deadline = clock.deadline(CLEANUP_MS);
    await steps.run("cleanup", async () => {
      try {
        await told.client.cleanup(AbortSignal.any([signal, deadline.signal]));
        return { value: null };
      } catch (error) {
        return { value: null, error: toFailure(error, log) };
      } finally {
        deadline.clear();
      }
    });
  }

  async function hangUp(): Promise<void> {
    const closing = link;
    link = null;
    await closing?.client
      .close()
      .catch((error: unknown) => log.warn({ err: error }, "closing a connection failed"));
  }

  return {
    lifecycle: () => lifecycle,
    steps: steps.list,
    failure: () => failure,
    retry: () => (retryMs === null ? null : { attempt: attempts, delayMs: retryMs }),
    link: () => link,
    models: () => models,
    refreshModels,
    turnOn,
    turnOff,
    hangUp,
    fail,
    endProcess: async () => supervised?.stop(),
    forgetAttempts() {
      attempts = 0;
      supervised?.forgive();
    },
  };
}
