import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { PluginClient } from "../../transport/client.ts";
import type { Reconciler } from "./reconciler.ts";
import { toFailure } from "../failure.ts";
import type { HealthChecker } from "../health/health-checker.ts";
import { CLEANUP_MS } from "./disconnect.ts";
import type { LifecycleController } from "./lifecycle-controller.ts";
import { unrecorded } from "../connection/step-log.ts";
import { runTrial, type Trial, type TrialOptions, type TrialOutcome } from "../connection/config-trial.ts";

export interface ConfigTesterOptions {
  reconciler: Reconciler;
  controller: LifecycleController;
  healthChecker: Pick<HealthChecker, "interrupt">;
  openClient: () => PluginClient;
  /** Asked anew for every trial. */
  trialOptions: () => Omit<TrialOptions, "signal" | "onSecrets" | "onSend">;
  /** Takes the plugin through all steps of an enable. */
  switchOn: (signal: AbortSignal) => Promise<void>;
  /** A running plugin has accepted the saved configuration again. */
  onRestored: () => void;
}

/**
 * Tries unsaved configurations on one plugin, in turn with everything else that is done to it, and leaves it in its desired state.
 */
export class ConfigTester {
  readonly #options: ConfigTesterOptions;
  #isTesting = false;

  constructor(options: ConfigTesterOptions) {
    this.#options = options;
  }

  /**
   * @param prepare runs when it is this trial's turn
   * Throws `conflict` while another trial runs or waits.
   */
  async run(trial: Trial, signal: AbortSignal, prepare: () => void): Promise<TrialOutcome> {
    const { reconciler, trialOptions } = this.#options;
    if (this.#isTesting) throw alreadyTesting(trialOptions().record.name);
    this.#isTesting = true;
    try {
      return await reconciler.runExclusively((interrupt) => {
        prepare();
        return this.#tryNow(trial, signal, interrupt);
      });
    } finally {
      this.#isTesting = false;
    }
  }

  async #tryNow(trial: Trial, left: AbortSignal, interrupt: AbortSignal): Promise<TrialOutcome> {
    const { controller, healthChecker, trialOptions } = this.#options;
    await healthChecker.interrupt();
    const shared = trialOptions();
    const used = controller.connection();
    used?.client.redact(used.handshake()?.config.secrets ?? []);
    const run = await runTrial(trial, {
      ...shared,
      onSend: () => controller.invalidate(),
      signal: AbortSignal.any([left, interrupt]),
      onSecrets: (secrets) => controller.connection()?.client.redact(secrets),
    });
    const trouble = run.ok ? await this.#save(trial) : null;
    // Whatever was requested since takes the plugin through steps of its own.
    if (interrupt.aborted) return { ok: false, error: interrupted().toInfo() };
    const saved = run.ok && trouble === null && trial.save !== null;
    if (run.sent) await this.#leaveAsDesired(trial, saved, interrupt);
    return { ok: run.ok, error: trouble };
  }

  #save(trial: Trial): Promise<ErrorInfo | null> {
    return this.#failureOf(() => trial.save?.() ?? Promise.resolve());
  }

  /** Restores what it runs with, or the configuration that was saved, for a plugin that is enabled; a cleanup for any other. */
  async #leaveAsDesired({ report }: Trial, saved: boolean, signal: AbortSignal): Promise<void> {
    const { reconciler, trialOptions } = this.#options;
    const isEnabled = reconciler.desired().kind === "enabled";
    const { clock } = trialOptions();
    const name = isEnabled ? "restore" : "cleanup";
    const startedMs = clock.monotonic();
    report({ name, status: "running", durationMs: null });
    const error = isEnabled ? await this.#restore(saved, signal) : await this.#cleanUp();
    const durationMs = clock.monotonic() - startedMs;
    report({ name, durationMs, ...(error ? { status: "failed", error } : { status: "ok" }) });
  }

  async #restore(saved: boolean, signal: AbortSignal): Promise<ErrorInfo | null> {
    const { controller, onRestored } = this.#options;
    const connection = controller.connection();
    const wasRefused = controller.refusal() !== null;
    if (controller.lifecycle() !== "ready" || connection === null || (saved && wasRefused)) {
      return this.#startOver(signal);
    }
    const failure = await this.#failureOf(async () => {
      await connection.repeatHandshake(unrecorded, signal);
      controller.revalidate();
      onRestored();
    });
    if (failure === null || signal.aborted) return failure;
    const loss = await controller.process()?.findLoss(failure, signal);
    // A draft may have ended the process: what is saved begins with a new one.
    if (loss) return this.#startOver(signal);
    if (!signal.aborted) controller.fail(failure);
    return failure;
  }

  async #startOver(signal: AbortSignal): Promise<ErrorInfo | null> {
    const { controller, switchOn } = this.#options;
    await switchOn(signal);
    return controller.failure() ?? controller.refusal()?.error ?? null;
  }

  async #cleanUp(): Promise<ErrorInfo | null> {
    const { openClient, trialOptions } = this.#options;
    const client = openClient();
    const deadline = trialOptions().clock.deadline(CLEANUP_MS);
    const failure = await this.#failureOf(() => client.cleanup(deadline.signal));
    deadline.clear();
    await client.close();
    return failure;
  }

  /** What `work` fails with; null when it succeeds. */
  async #failureOf(work: () => Promise<unknown>): Promise<ErrorInfo | null> {
    try {
      await work();
      return null;
    } catch (error) {
      return toFailure(error, this.#options.trialOptions().log);
    }
  }
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
