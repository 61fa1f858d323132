import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { PluginClient } from "../../transport/client.ts";
import type { Convergence } from "./reconciler.ts";
import { toFailure } from "../failure.ts";
import type { Observer } from "../health/health-checker.ts";
import { CLEANUP_MS } from "./disconnect.ts";
import type { Power } from "./lifecycle-controller.ts";
import { unrecorded } from "../connection/step-log.ts";
import { runTrial, type Trial, type TrialOptions, type TrialOutcome } from "../connection/config-trial.ts";

export interface TesterOptions {
  convergence: Convergence;
  power: Power;
  observer: Pick<Observer, "interrupt">;
  openClient: () => PluginClient;
  /** Asked anew for every trial. */
  trialOptions: () => Omit<TrialOptions, "signal" | "onSecrets" | "onTold">;
  /** Takes the plugin through all steps of an enable. */
  switchOn: (signal: AbortSignal) => Promise<void>;
  /** A running plugin has accepted the saved configuration again. */
  onRestored: () => void;
}

/** Tries unsaved configurations on one plugin, in turn with everything else that is done to it, and leaves it as it is wished. */
export interface Tester {
  /**
   * @param prepare runs when it is this trial's turn
   * Throws `conflict` while another trial runs or waits.
   */
  run(trial: Trial, signal: AbortSignal, prepare: () => void): Promise<TrialOutcome>;
}

export function createTester(options: TesterOptions): Tester {
  const { convergence, power, observer, openClient, trialOptions, switchOn, onRestored } = options;
  let isTesting = false;

  async function tryNow(trial: Trial, left: AbortSignal, interrupt: AbortSignal): Promise<TrialOutcome> {
    await observer.interrupt();
    const shared = trialOptions();
    const used = power.link();
    used?.client.conceal(used.introduction()?.config.secrets ?? []);
    const run = await runTrial(trial, {
      ...shared,
      onTold: power.spoil,
      signal: AbortSignal.any([left, interrupt]),
      onSecrets: (secrets) => power.link()?.client.conceal(secrets),
    });
    const trouble = run.ok ? await save(trial) : null;
    // A newer wish takes the plugin through steps of its own.
    if (interrupt.aborted) return { ok: false, error: interrupted().toInfo() };
    if (run.told) await leaveAsWished(trial, run.ok && trouble === null && trial.save !== null, interrupt);
    return { ok: run.ok, error: trouble };
  }

  async function save(trial: Trial): Promise<ErrorInfo | null> {
    return tell(() => trial.save?.() ?? Promise.resolve());
  }

  /** What it runs with, or the configuration that was saved, for a plugin that is wanted, a cleanup for any other. */
  async function leaveAsWished({ report }: Trial, saved: boolean, signal: AbortSignal): Promise<void> {
    const isWanted = convergence.wish().kind === "enabled";
    const { clock } = trialOptions();
    const name = isWanted ? "restore" : "cleanup";
    const startedMs = clock.monotonic();
    report({ name, status: "running", durationMs: null });
    const error = isWanted ? await restore(saved, signal) : await cleanUp();
    const durationMs = clock.monotonic() - startedMs;
    report({ name, durationMs, ...(error ? { status: "failed", error } : { status: "ok" }) });
  }

  async function restore(saved: boolean, signal: AbortSignal): Promise<ErrorInfo | null> {
    const link = power.link();
    const wasRefused = power.refusal() !== null;
    if (power.lifecycle() !== "ready" || link === null || (saved && wasRefused)) {
      return startOver(signal);
    }
    const failure = await tell(async () => {
      await link.repeat(unrecorded, signal);
      power.settle();
      onRestored();
    });
    if (failure === null || signal.aborted) return failure;
    const loss = await power.findLoss(failure, signal);
    // A draft may have ended the process: what is saved begins with a new one.
    if (loss) return startOver(signal);
    if (!signal.aborted) power.fail(failure);
    return failure;
  }

  async function startOver(signal: AbortSignal): Promise<ErrorInfo | null> {
    await switchOn(signal);
    return power.failure() ?? power.refusal()?.error ?? null;
  }

  async function cleanUp(): Promise<ErrorInfo | null> {
    const client = openClient();
    const deadline = trialOptions().clock.deadline(CLEANUP_MS);
    const failure = await tell(() => client.cleanup(deadline.signal));
    deadline.clear();
    await client.close();
    return failure;
  }

  async function tell(work: () => Promise<unknown>): Promise<ErrorInfo | null> {
    try {
      await work();
      return null;
    } catch (error) {
      return toFailure(error, trialOptions().log);
    }
  }

  return {
    async run(trial, signal, prepare) {
      if (isTesting) throw alreadyTesting(trialOptions().record.name);
      isTesting = true;
      try {
        return await convergence.exclusively((interrupt) => {
          prepare();
          return tryNow(trial, signal, interrupt);
        });
      } finally {
        isTesting = false;
      }
    },
  };
}

function alreadyTesting(name: string): AppError {
  return new AppError("conflict", `${name} is being tested already.`, {
    hint: "Wait until that test is over.",
  });
}

function interrupted(): AppError {
  return new AppError(
    "request_aborted",
    "The test was ended by something newer: a save, a switch or a restart.",
    {
      hint: "Test again when that is over.",
    },
  );
}
