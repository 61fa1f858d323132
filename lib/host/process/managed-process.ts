import { randomUUID } from "node:crypto";
import { AppError, type ErrorInfo } from "../../contract/error.ts";
import type { PluginProcess, ProcessCommand, ProcessLimits } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import { explainExit, type RawExit } from "../../core/exit.ts";
import type { Log } from "../../log.ts";
import { requireWanted } from "../failure.ts";
import type { LookHow } from "../approval/command-inspector.ts";
import { requireApproval, type Candidate, type ProcessConsent } from "../approval/command-approval.ts";
import { startProcess, type Guardian, type PluginProcess as Running } from "./child-process.ts";
import { findOwner, type Owner } from "./port-owner.ts";
import type { ProcessLog } from "./process-log.ts";
import { answers, requireOwner, strangerAnswers, waitForFreePort, type Ask } from "./port-guard.ts";
import { createRunHistory } from "./restart-policy.ts";
import { findLoss, isEnding, requireAlive } from "./exit-detection.ts";
import { forget, remember, type RunMemory } from "./run-registry.ts";
import { createUsageMeter } from "./resource-usage.ts";

/** A started process answers `/metadata` within this, ms. */
const READY_MS = 60_000;
/** Between two questions whether it is ready, ms. */
const ASK_EVERY_MS = 100;
const ERROR_LINES = 50;
/** Share of its limit that a whole tree may take: the limit itself holds for each process. */
const TREE_FACTOR = 1.5;

export interface SupervisedOptions {
  clock: Clock;
  log: Log;
  environment: Readonly<Record<string, string>>;
  output: ProcessLog;
  guardian: () => Guardian;
  runs: RunMemory;
  /** What would be started now. Throws why nothing can be. */
  command: (how: LookHow) => Promise<Candidate>;
  /** Where it will answer. */
  endpoint: () => string;
  /** False when the manifest says something else by now than what runs. */
  isCurrent: (running: ProcessCommand) => boolean;
  consent: (candidate: Candidate) => Promise<ProcessConsent>;
  /** True when no approval is left. */
  isRevoked: () => Promise<boolean>;
  /** It ended by itself, or had to be ended. Not called for a stop. */
  onEnd: (reason: ErrorInfo) => void;
}

/** The process of one plugin, kept in order: started when approved, waited for, explained, ended with everything it started. */
export interface Supervised {
  /**
   * Makes sure that the process runs and answers: starts it unless it does. `ask` asks once who is there, `anew` replaces one that runs.
   * That one is ended only once what would take its place is approved. Returns what was learnt.
   * Throws `process_needs_approval`, `process_port_taken`, `process_not_ready` or why it ended.
   */
  ensureReady(ask: Ask, signal: AbortSignal, anew: boolean): Promise<string>;
  /**
   * Ask before anything secret is sent. Throws `process_port_taken` when who listens at the endpoint is not the process as it was
   * started, nor anything that it started, or why the process ended a moment ago. `command` names the plugin while nothing runs.
   */
  requireOwner(command: string, endpoint: string): Promise<void>;
  /**
   * Ask when contact was lost: why the process ended, once everything that it started is gone too. Null when it goes on, ended as
   * wanted, or `signal` aborts.
   */
  findLoss(signal: AbortSignal): Promise<ErrorInfo | null>;
  /** Ends it when its approval was taken back. */
  endRevoked(): Promise<void>;
  /** Ends it, waits until nothing of it is left. Safe to call when there is none. */
  stop(): Promise<void>;
  /** A person acts: earlier ends no longer count. */
  forgive(): void;
  /** What was started and has not ended; null when there is nothing. */
  running(): ProcessCommand | null;
  state(): Pick<
    PluginProcess,
    "status" | "pid" | "startedAt" | "nextStartAt" | "exits" | "usage" | "starts" | "lastErrors"
  >;
}

/** One start. */
interface Run {
  process: Running;
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

export function createSupervised(options: SupervisedOptions): Supervised {
  const { clock, output } = options;
  const meter = createUsageMeter(clock);
  const history = createRunHistory(clock);
  let run: Run | null = null;

  async function launch(ask: Ask, signal: AbortSignal): Promise<Run> {
    const before = await requireConsent(options, { signal, again: false });
    await waitForFreePort(ask, before.command.command, clock, signal);
    const runId = randomUUID();
    // Written before there is anything to find: a console that is killed now is followed by one that looks for this run.
    await remember(options, runId, 0);
    try {
      // Files and consent may have changed while the port was looked at. From this answer to the start nothing is waited for.
      const { command, limits } = await requireConsent(options, { signal });
      requireWanted(signal);
      return begin(command, limits, runId);
    } catch (error) {
      await forget(options, runId);
      throw error;
    }
  }

  function begin(command: ProcessCommand, limits: ProcessLimits, runId: string): Run {
    const logStart = output.newest();
    const { environment } = options;
    const onOutput = output.write;
    const child = startProcess({ command, limits, environment, runId, clock, onOutput });
    output.remark(
      `Started ${[command.command, ...command.args].join(" ")}${child.pid === null ? "" : `, pid ${child.pid}`}`,
    );
    const begun: Run = {
      ...{ process: child, runId, command, limits, startedAt: clock.now(), startedMs: clock.monotonic() },
      ...{
        logStart,
        ready: false,
        stopping: false,
        ended: Promise.resolve({ code: "process_exited", message: "" }),
      },
    };
    history.started(begun);
    begun.ended = follow(begun);
    run = begun;
    return begun;
  }

  /** From the start to the end of one run. */
  async function follow(begun: Run): Promise<ErrorInfo> {
    const { runId } = begun;
    const { pid } = begun.process;
    const over = new AbortController();
    const remembered = pid === null ? null : remember(options, runId, pid);
    if (pid !== null) {
      options.guardian().add(pid, runId);
      void meter.watch({ runId, leader: pid }, over.signal, ({ memoryBytes }) => {
        if (memoryBytes > begun.limits.memoryMb * 1_048_576 * TREE_FACTOR) void begun.process.stop("memory");
      });
    }
    const exit = await begun.process.exited;
    over.abort();
    if (pid !== null) options.guardian().remove(pid);
    await remembered;
    await forget(options, runId);
    return recordExit(begun, exit);
  }

  function recordExit(begun: Run, exit: RawExit): ErrorInfo {
    const reason = explainExit(exit, {
      command: begun.command.command,
      memoryMb: begun.limits.memoryMb,
      stderr: output.lastErrors(ERROR_LINES, begun.logStart),
    });
    output.remark(reason.message);
    history.ended(begun.startedMs, exit, reason);
    run = null;
    if (exit.endedBy !== "stop") options.onEnd(reason);
    return reason;
  }

  /** Until it answers, ends, or the time is over. */
  async function waitUntilReady(begun: Run, ask: Ask, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    void begun.ended.then((reason) => ended.abort(new AppError(reason.code, reason.message, reason)));
    const deadline = clock.deadline(READY_MS);
    const waiting = AbortSignal.any([signal, ended.signal, deadline.signal]);
    try {
      for (;;) {
        if (ended.signal.aborted) throw ended.signal.reason;
        requireWanted(signal);
        if (deadline.signal.aborted) throw await giveUp(begun);
        if (await answers(ask, waiting)) {
          const owner = await ownerOf(begun);
          if (owner === "run" || owner === "unknown") break;
          if (owner === "other" && !(await isEnding(begun, clock, waiting)))
            throw await leaveToStranger(begun);
        }
        await clock.sleep(ASK_EVERY_MS, waiting);
      }
      begun.ready = true;
    } finally {
      deadline.clear();
    }
  }

  function ownerOf(begun: Run | null, endpoint = options.endpoint()): Promise<Owner> {
    return findOwner(endpoint, begun?.runId ?? null, begun?.process.pid ?? null);
  }

  async function leaveToStranger(begun: Run): Promise<AppError> {
    await begun.process.stop("port_taken");
    return strangerAnswers(begun.command.command, options.endpoint());
  }

  async function giveUp(begun: Run): Promise<AppError> {
    await begun.process.stop("not_ready");
    return neverAnswered(begun.command.command);
  }

  async function stop(): Promise<void> {
    history.forgetWait();
    if (!run) return;
    run.stopping = true;
    const { process, ended } = run;
    await process.stop("stop");
    await ended;
  }

  return {
    findLoss: (signal) => findLoss(() => run, { clock, history, signal }),
    async requireOwner(command, endpoint) {
      const owner = await ownerOf(run, endpoint);
      // A process that ends between two looks leaves a port that seems to be a stranger's.
      if (owner === "other" || owner === "nobody") await requireAlive(() => run, { clock, history });
      requireOwner(owner, command, endpoint);
    },
    async endRevoked() {
      if (run && (await options.isRevoked())) await stop();
    },
    async ensureReady(ask, signal, anew) {
      history.forgetWait();
      if (run && (anew || run.stopping || !options.isCurrent(run.command))) {
        if (!run.stopping) await requireConsent(options, { signal, again: false });
        requireWanted(signal);
        await stop();
      }
      const begun = run ?? (await launch(ask, signal));
      if (begun.ready) return `Runs, pid ${begun.process.pid}`;
      await waitUntilReady(begun, ask, signal);
      const seconds = ((clock.monotonic() - begun.startedMs) / 1_000).toFixed(1);
      return `Started, pid ${begun.process.pid}; it answered after ${seconds} s`;
    },
    stop,
    ...{ forgive: history.forgive, running: () => run?.command ?? null },
    state() {
      return {
        status: run ? statusOf(run) : history.status(),
        pid: run?.process.pid ?? null,
        startedAt: run ? new Date(run.startedAt).toISOString() : null,
        ...history.state(),
        usage: meter.list(),
        lastErrors: output.lastErrors(ERROR_LINES),
      };
    },
  };
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
async function requireConsent(
  { command: look, consent }: Pick<SupervisedOptions, "command" | "consent">,
  how: LookHow,
): Promise<{ command: ProcessCommand; limits: ProcessLimits }> {
  const candidate = await look(how);
  const given = await consent(candidate);
  requireApproval(candidate.command, given);
  return { command: candidate.command, limits: given.limits };
}
