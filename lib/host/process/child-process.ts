import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Writable } from "node:stream";
import type { ProcessCommand, ProcessLimits } from "../../contract/process.ts";
import type { Clock } from "../../core/clock.ts";
import type { RawExit } from "../../core/exit.ts";
import { findRun, killRun, RUN_VARIABLE, signalAll, signalGroup } from "./process-tree.ts";

/** Between asking a process to end and insisting, ms. Twice this and a little more is the longest a stop takes. */
const GRACE_MS = 5_000;
/** How often a stopping tree is looked at, ms. */
const LOOK_MS = 50;

export type OutputStream = "stdout" | "stderr";

export interface ProcessOptions {
  command: ProcessCommand;
  limits: ProcessLimits;
  /** What the process inherits; the manifest's own `env` and the marker of the run are added. */
  environment: Readonly<Record<string, string>>;
  /** Unique for every start: found again in the environment of each child. */
  runId: string;
  clock: Clock;
  /** Raw output as it comes. */
  onOutput: (stream: OutputStream, bytes: Buffer) => void;
}

/** A plugin's process with everything it started. Ends on its own or by `stop`; either way nothing of it is left. */
export interface PluginProcess {
  /** The process group as well. Null when it could not even be started. */
  readonly pid: number | null;
  /** Aborts once the process itself has ended; what it started may still be there. */
  readonly gone: AbortSignal;
  /** Resolves once the process has ended and its whole tree is gone. Never rejects. */
  readonly exited: Promise<RawExit>;
  /**
   * Ask, wait, insist: closes stdin, SIGTERM to the group, after 5 s SIGKILL to the whole run. The first reason wins; safe to call
   * twice. Resolves like `exited`.
   */
  stop(reason: NonNullable<RawExit["endedBy"]>): Promise<RawExit>;
}

/**
 * Starts a process: without a shell, in a group of its own, bound to our life and to its limits where the system can do that. What
 * cannot be started is a process that has ended already.
 */
export function startProcess(options: ProcessOptions): PluginProcess {
  const { command, runId } = options;
  const [program = command.executable, ...args] = wrap(options);
  try {
    const child = spawn(program, args, {
      cwd: command.workingDirectory,
      env: toEnvironment({ ...options.environment, ...command.env, [RUN_VARIABLE]: runId }),
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const ended = waitForExit(child);
    // Without a file descriptor to spare there are no pipes, whatever the types say.
    return isPiped(child) ? superviseChild(child, ended, options) : neverBegan(ended);
  } catch (error) {
    return neverBegan(Promise.resolve(toSpawnError(error)));
  }
}

function isPiped(child: Partial<ChildProcessWithoutNullStreams>): child is ChildProcessWithoutNullStreams {
  return Boolean(child.stdin && child.stdout && child.stderr);
}

function neverBegan(ended: Promise<Omit<RawExit, "endedBy">>): PluginProcess {
  const exited = ended.then((exit): RawExit => ({ ...exit, endedBy: null }));
  return { pid: null, gone: AbortSignal.abort(), exited, stop: () => exited };
}

function superviseChild(
  child: ChildProcessWithoutNullStreams,
  ended: Promise<Omit<RawExit, "endedBy">>,
  { runId, clock, onOutput }: ProcessOptions,
): PluginProcess {
  let endedBy: RawExit["endedBy"] = null;
  let insisting: Promise<void> | null = null;
  child.stdout.on("data", (bytes: Buffer) => onOutput("stdout", bytes));
  child.stderr.on("data", (bytes: Buffer) => onOutput("stderr", bytes));
  // A process may close its stdin or end while we do: that is its right.
  child.stdin.on("error", () => undefined);
  const { pid = null } = child;
  const gone = new AbortController();

  const exited = ended.then(async (exit): Promise<RawExit> => {
    gone.abort();
    // The leader has ended; what it started has not, perhaps.
    if (pid !== null) await (insisting ?? endTree(pid));
    child.stdout.destroy();
    child.stderr.destroy();
    return { ...exit, endedBy };
  });

  /** Asks the group, waits until the leader and everybody of the run are gone or the grace is over, then insists. */
  async function endTree(groupId: number): Promise<void> {
    // Before the first one ends: whom it leaves alone without a mark is found by this list only.
    const known = await findRun(runId, { leader: gone.signal.aborted ? null : groupId });
    child.stdin.end();
    signalGroup(groupId, "SIGTERM");
    signalAll(known, "SIGTERM");
    const end = clock.monotonic() + GRACE_MS;
    while (clock.monotonic() < end) {
      if (gone.signal.aborted && (await findRun(runId, { known })).length === 0) break;
      await clock.sleep(LOOK_MS);
    }
    await killRun(groupId, runId, { known });
  }

  return {
    pid,
    gone: gone.signal,
    exited,
    stop(reason) {
      endedBy ??= gone.signal.aborted ? null : reason;
      if (pid !== null && !gone.signal.aborted) insisting ??= endTree(pid);
      return exited;
    },
  };
}

/** Next's types insist on NODE_ENV; a plugin gets what it is given. */
function toEnvironment(variables: Record<string, string>): NodeJS.ProcessEnv {
  return variables as NodeJS.ProcessEnv;
}

/** Resolves with the end of the process itself. */
async function waitForExit(child: ChildProcessWithoutNullStreams): Promise<Omit<RawExit, "endedBy">> {
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    return { code, signal };
  } catch (error) {
    return toSpawnError(error);
  }
}

function toSpawnError(error: unknown): Omit<RawExit, "endedBy"> {
  const spawnError = error instanceof Error && "code" in error ? String(error.code) : "failed";
  return { code: null, signal: null, spawnError };
}

/**
 * V8 reserves this much address space for code when it starts (Node 24 and 26; 22 does not). The kernel counts it as data, though it is
 * no memory in use: below it a Node plugin could not even start.
 */
const CODE_RANGE_MB = 512;

const [SETPRIV, PRLIMIT] = ["/usr/bin/setpriv", "/usr/bin/prlimit"];

/** The command behind the programs that bind it to our life and to its limits; as it is where they are missing. */
function wrap({ command, limits }: ProcessOptions): string[] {
  const bound = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL"] : [];
  // Data and not address space: runtimes reserve far more addresses than they ever fill.
  const limited = existsSync(PRLIMIT)
    ? [
        PRLIMIT,
        `--data=${(limits.memoryMb + CODE_RANGE_MB) * 1_048_576}`,
        `--nofile=${limits.openFiles}`,
        "--core=0",
      ]
    : [];
  return [...bound, ...limited, command.executable, ...command.args];
}

function isPipe(stream: Writable | null | undefined): stream is Writable {
  return Boolean(stream);
}

/** Tells a program of its own which groups to end when the console is gone, however it went. */
export interface Guardian {
  add(groupId: number, runId: string): void;
  remove(groupId: number): void;
  /** Ends it and waits. Groups still added are ended with it. */
  close(): Promise<void>;
}

/** @param script path of `guardian.mjs` */
export function startGuardian(script: string): Guardian {
  const child = spawn(process.execPath, [script], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: toEnvironment({}),
  });
  // One that cannot be started, for want of a file descriptor, guards nothing and harms nobody.
  const closed = once(child, "close").catch(() => undefined);
  const pipe = isPipe(child.stdin) ? child.stdin : null;
  pipe?.on("error", () => undefined);
  // It must not keep the console from ending.
  child.unref();
  const tell = (message: object) => void pipe?.write(`${JSON.stringify(message)}\n`);
  return {
    add: (groupId, runId) => tell({ add: { groupId, marker: `${RUN_VARIABLE}=${runId}` } }),
    remove: (groupId) => tell({ remove: { groupId } }),
    async close() {
      // From here on somebody waits for it: the console would end in the middle of its own stop.
      child.ref();
      pipe?.end();
      await closed;
    },
  };
}
