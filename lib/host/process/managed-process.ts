import { randomUUID } from "node:crypto";
import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { PluginProcess, ProcessCommand, ProcessLimits } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import { explainExit, type RawExit } from "../../core/exit.ts";
import type { Log } from "../../log.ts";
import { isLostContact, requireWanted, toError } from "../failure.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { OwnProcess } from "../connection/own-process.ts";
import type { InspectOptions } from "../approval/command-inspector.ts";
import { requireApproval, type InspectedCommand, type ApprovalStatus } from "../approval/command-approval.ts";
import { startChildProcess, type Guardian, type ChildProcess } from "./child-process.ts";
import { findOwner, type Owner } from "./port-owner.ts";
import type { ProcessLog } from "./process-log.ts";
import { answers, requirePortOwner, portTakenByOther, waitForFreePort, type Ask } from "./port-guard.ts";
import { RestartPolicy } from "./restart-policy.ts";
import { findExit, isEnding } from "./exit-detection.ts";
import { forget, remember, type RunRegistry } from "./run-registry.ts";
import { createResourceUsage } from "./resource-usage.ts";

/** A started process answers `/metadata` within this, ms. */
const READY_MS = 60_000;
/** Between two questions whether it is ready, ms. */
const ASK_EVERY_MS = 100;
const ERROR_LINES = 50;
/** Share of its limit that a whole tree may take: the limit itself holds for each process. */
const TREE_FACTOR = 1.5;
const NEVER = new AbortController().signal;

export interface ManagedProcessOptions {
  clock: Clock;
  log: Log;
  environment: Readonly<Record<string, string>>;
  output: ProcessLog;
  guardian: () => Guardian;
  runs: RunRegistry;
  /** What would be started now. Throws why nothing can be. */
  command: (how: InspectOptions) => Promise<InspectedCommand>;
  /** Where it will answer. */
  endpoint: () => string;
  /** False when the manifest says something else by now than what runs. */
  isCurrent: (running: ProcessCommand) => boolean;
  /** How it compares with what an admin approved. */
  approval: (candidate: InspectedCommand) => Promise<ApprovalStatus>;
  /** True when no approval is left. */
  isRevoked: () => Promise<boolean>;
  /** It ended by itself, or had to be ended. Not called for a stop. */
  onEnd: (reason: ErrorInfo) => void;
}

/** What there is to say about the process, running or not. */
export type ProcessState = Pick<
  PluginProcess,
  "status" | "pid" | "startedAt" | "nextStartAt" | "exits" | "usage" | "starts" | "lastErrors"
>;

/** One start. */
interface Run {
  process: ChildProcess;
  runId: string;
  command: ProcessCommand;
  limits: ProcessLimits;
  startedAt: number;
  startedMs: number;
  /** Number of the newest line in the log before it. */
  logStart: number;
  ready: boolean;
  stopping: boolean;
  /** Resolves with the reason once it has ended and was recorded. */
  ended: Promise<ErrorInfo>;
}

/** The process of one plugin, kept in order: started when approved, waited for, explained, ended with everything it started. */
export class ManagedProcess implements OwnProcess {
  readonly #options: ManagedProcessOptions;
  readonly #usage;
  readonly #restartPolicy: RestartPolicy;
  #run: Run | null = null;

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
    this.#usage = createResourceUsage(options.clock);
    this.#restartPolicy = new RestartPolicy(options.clock);
  }

  /**
   * Makes sure that the process runs and answers: starts it unless it does. `ask` asks once who is there, `anew` replaces one that runs.
   * That one is ended only once what would take its place is approved. Returns what was learnt.
   * Throws `process_needs_approval`, `process_port_taken`, `process_not_ready` or why it ended.
   */
  async ensureReady(ask: Ask, signal: AbortSignal, anew: boolean): Promise<string> {
    const { clock, isCurrent } = this.#options;
    this.#restartPolicy.forgetWait();
    if (this.#run && (anew || this.#run.stopping || !isCurrent(this.#run.command))) {
      if (!this.#run.stopping) await requireApproved(this.#options, { signal, again: false });
      requireWanted(signal);
      await this.stop();
    }
    const run = this.#run ?? (await this.#launch(ask, signal));
    if (run.ready) return `Runs, pid ${run.process.pid}`;
    await this.#waitUntilReady(run, ask, signal);
    const seconds = ((clock.monotonic() - run.startedMs) / 1_000).toFixed(1);
    return `Started, pid ${run.process.pid}; it answered after ${seconds} s`;
  }

  /** See `OwnProcess`. */
  async requireOwner({ manifest, name, endpoint }: PluginRecord): Promise<void> {
    const { clock } = this.#options;
    const owner = await this.#ownerOf(this.#run, endpoint ?? "");
    // A process that ends between two looks leaves a port that seems to be a stranger's.
    if (owner === "other" || owner === "nobody") {
      const around = { clock, restartPolicy: this.#restartPolicy, signal: NEVER };
      const reason = await findExit(() => this.#run, around);
      if (reason) throw toError(reason);
    }
    requirePortOwner(owner, manifest.command ?? name, endpoint ?? "");
  }

  /** See `OwnProcess`. */
  async findLoss(failure: ErrorInfo, signal: AbortSignal): Promise<ErrorInfo | null> {
    if (!isLostContact(failure)) return null;
    const { clock } = this.#options;
    return findExit(() => this.#run, { clock, restartPolicy: this.#restartPolicy, signal });
  }

  /** Ends it when its approval was taken back. */
  async endRevoked(): Promise<void> {
    if (this.#run && (await this.#options.isRevoked())) await this.stop();
  }

  /** Ends it, waits until nothing of it is left. Safe to call when there is none. */
  async stop(): Promise<void> {
    this.#restartPolicy.forgetWait();
    if (!this.#run) return;
    this.#run.stopping = true;
    const { process, ended } = this.#run;
    await process.stop("stop");
    await ended;
  }

  /** A person acts: earlier ends no longer count. */
  forgive(): void {
    this.#restartPolicy.forgive();
  }

  /** What was started and has not ended; null when there is nothing. */
  running(): ProcessCommand | null {
    return this.#run?.command ?? null;
  }

  state(): ProcessState {
    const run = this.#run;
    return {
      status: run ? statusOf(run) : this.#restartPolicy.status(),
      pid: run?.process.pid ?? null,
      startedAt: run ? new Date(run.startedAt).toISOString() : null,
      ...this.#restartPolicy.state(),
      usage: this.#usage.list(),
      lastErrors: this.#options.output.lastErrors(ERROR_LINES),
    };
  }

  async #launch(ask: Ask, signal: AbortSignal): Promise<Run> {
    const options = this.#options;
    const before = await requireApproved(options, { signal, again: false });
    await waitForFreePort(ask, before.command.command, options.clock, signal);
    const runId = randomUUID();
    // Written before there is anything to find: a console that is killed now is followed by one that looks for this run.
    await remember(options, runId, 0);
    try {
      // Files and approval may have changed while the port was looked at. From this answer to the start nothing is waited for.
      const { command, limits } = await requireApproved(options, { signal });
      requireWanted(signal);
      return this.#begin(command, limits, runId);
    } catch (error) {
      await forget(options, runId);
      throw error;
    }
  }

  #begin(command: ProcessCommand, limits: ProcessLimits, runId: string): Run {
    const { clock, environment, output } = this.#options;
    const logStart = output.newest();
    const process = startChildProcess({
      command,
      limits,
      environment,
      runId,
      clock,
      onOutput: output.write,
    });
    const pid = process.pid === null ? "" : `, pid ${process.pid}`;
    output.remark(`Started ${[command.command, ...command.args].join(" ")}${pid}`);
    const run: Run = {
      process,
      runId,
      command,
      limits,
      startedAt: clock.now(),
      startedMs: clock.monotonic(),
      logStart,
      ready: false,
      stopping: false,
      ended: Promise.resolve({ code: "process_exited", message: "" }),
    };
    this.#restartPolicy.started(run);
    run.ended = this.#follow(run);
    this.#run = run;
    return run;
  }

  /** From the start to the end of one run. */
  async #follow(run: Run): Promise<ErrorInfo> {
    const options = this.#options;
    const { runId, process } = run;
    const { pid } = process;
    const over = new AbortController();
    const remembered = pid === null ? null : remember(options, runId, pid);
    if (pid !== null) {
      options.guardian().add(pid, runId);
      void this.#usage.watch({ runId, leader: pid }, over.signal, ({ memoryBytes }) => {
        if (memoryBytes > run.limits.memoryMb * 1_048_576 * TREE_FACTOR) void process.stop("memory");
      });
    }
    const exit = await process.exited;
    over.abort();
    if (pid !== null) options.guardian().remove(pid);
    await remembered;
    await forget(options, runId);
    return this.#recordExit(run, exit);
  }

  #recordExit(run: Run, exit: RawExit): ErrorInfo {
    const { output, onEnd } = this.#options;
    const reason = explainExit(exit, {
      command: run.command.command,
      memoryMb: run.limits.memoryMb,
      stderr: output.lastErrors(ERROR_LINES, run.logStart),
    });
    output.remark(reason.message);
    this.#restartPolicy.ended(run.startedMs, exit, reason);
    this.#run = null;
    if (exit.endedBy !== "stop") onEnd(reason);
    return reason;
  }

  /** Until it answers, ends, or the time is over. */
  async #waitUntilReady(run: Run, ask: Ask, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const ended = new AbortController();
    void run.ended.then((reason) => ended.abort(toError(reason)));
    const deadline = clock.deadline(READY_MS);
    const waiting = AbortSignal.any([signal, ended.signal, deadline.signal]);
    try {
      for (;;) {
        if (ended.signal.aborted) throw ended.signal.reason;
        requireWanted(signal);
        if (deadline.signal.aborted) throw await this.#giveUp(run);
        if (await answers(ask, waiting)) {
          const owner = await this.#ownerOf(run);
          if (owner === "run" || owner === "unknown") break;
          if (owner === "other" && !(await isEnding(run, clock, waiting)))
            throw await this.#stopForTakenPort(run);
        }
        await clock.sleep(ASK_EVERY_MS, waiting);
      }
      run.ready = true;
    } finally {
      deadline.clear();
    }
  }

  #ownerOf(run: Run | null, endpoint = this.#options.endpoint()): Promise<Owner> {
    return findOwner(endpoint, run?.runId ?? null, run?.process.pid ?? null);
  }

  async #stopForTakenPort(run: Run): Promise<AppError> {
    await run.process.stop("port_taken");
    return portTakenByOther(run.command.command, this.#options.endpoint());
  }

  async #giveUp(run: Run): Promise<AppError> {
    await run.process.stop("not_ready");
    return neverAnswered(run.command.command);
  }
}

function statusOf({ stopping, ready }: Run): PluginProcess["status"] {
  return stopping ? "stopping" : ready ? "running" : "starting";
}

function neverAnswered(command: string): AppError {
  return new AppError(
    "process_not_ready",
    `${command} runs, but did not answer /metadata within ${READY_MS / 1_000} s.`,
    { hint: "Check that it listens on the endpoint of its manifest: its log is on the Logs tab." },
  );
}

/** What would run at this moment, which is what an admin agreed to. Throws `process_needs_approval`. */
async function requireApproved(
  { command: inspect, approval }: Pick<ManagedProcessOptions, "command" | "approval">,
  how: InspectOptions,
): Promise<{ command: ProcessCommand; limits: ProcessLimits }> {
  const candidate = await inspect(how);
  const status = await approval(candidate);
  requireApproval(candidate.command, status);
  return { command: candidate.command, limits: status.limits };
}
