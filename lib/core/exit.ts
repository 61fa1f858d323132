import type { ErrorCode, ErrorInfo } from "../contract/error.ts";

/** How a process ended, as the system reports it. Exactly one of `code` and `signal` is there, unless it never began (`spawnError`). */
export interface RawExit {
  code: number | null;
  signal: string | null;
  /** `ENOENT`, `EACCES` … when it could not be started at all. */
  spawnError?: string | undefined;
  /** Why the console ended it; null when it ended by itself. */
  endedBy: "stop" | "memory" | "not_ready" | "port_taken" | null;
}

/** What is needed to explain an exit. */
export interface ExitContext {
  /** As the manifest writes it. */
  command: string;
  memoryMb: number;
  /** Last lines of stderr, oldest first. */
  stderr: readonly string[];
}

/** What people read about the end of a process: what happened, and what to do. A wanted stop is no error but has the same shape. */
export function explainExit(exit: RawExit, context: ExitContext): ErrorInfo {
  const name = context.command;
  if (exit.endedBy === "stop") return info("process_exited", `${name} was stopped by the console.`);
  if (exit.endedBy === "not_ready") {
    return info("process_not_ready", `${name} did not answer in time and was ended.`, LOOK_AT_LOG);
  }
  if (exit.endedBy === "port_taken") return portTaken(name, "");
  if (exit.endedBy === "memory" || ranOutOfMemory(exit, context)) return outOfMemory(name, context.memoryMb);
  if (exit.spawnError === "ENOENT") return notFound(name);
  if (exit.code === 127) return notFound(`${name}, or a program that it calls,`);
  if (exit.spawnError === "EACCES" || exit.code === 126) return notExecutable(name);
  if (exit.spawnError !== undefined) {
    return info(
      "process_exited",
      `${name} could not be started: ${exit.spawnError}.`,
      "Check the command in the manifest.",
    );
  }
  const port = takenPort(context.stderr);
  if (port !== null) return portTaken(name, port);
  return exit.signal === null ? byCode(name, exit.code ?? 0) : bySignal(name, exit.signal);
}

function byCode(name: string, code: number): ErrorInfo {
  if (code === 0) {
    return info(
      "process_exited",
      `${name} ended by itself, without an error.`,
      "A plugin has to keep running: check that it serves and does not only start something else.",
    );
  }
  if (code > 128 && code < 160) return bySignal(name, SIGNALS[code - 128] ?? `signal ${code - 128}`);
  return info("process_exited", `${name} ended with exit code ${code}.`, LOOK_AT_LOG);
}

/** What a shell or a wrapper reports as 128 + n. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

const LOOK_AT_LOG = "Its last lines on stderr usually say why.";

const MEANINGS: Readonly<Record<string, [what: string, hint: string]>> = {
  SIGSEGV: [
    "crashed (segmentation fault)",
    "A native part of the plugin is broken: look for an update of it.",
  ],
  SIGBUS: ["crashed (bus error)", "A native part of the plugin is broken, or a disk it maps is full."],
  SIGILL: ["crashed (illegal instruction)", "It was built for another processor."],
  SIGABRT: ["gave up (abort)", LOOK_AT_LOG],
  SIGKILL: [
    "was killed from outside",
    "Often the system's out-of-memory killer: look at the system log, or give it less to do.",
  ],
  SIGTERM: ["was asked to end from outside", "Somebody or something sent it SIGTERM."],
};

function bySignal(name: string, signal: string): ErrorInfo {
  const [what, hint] = MEANINGS[signal] ?? [`was ended by ${signal}`, LOOK_AT_LOG];
  return info("process_exited", `${name} ${what}.`, hint);
}

/** The words in which the usual runtimes say that memory is used up. */
const OUT_OF_MEMORY =
  /heap out of memory|cannot allocate memory|MemoryError|out of memory|std::bad_alloc|OutOfMemoryError/i;

function ranOutOfMemory({ code, spawnError }: RawExit, { stderr }: ExitContext): boolean {
  return code !== 0 && spawnError === undefined && stderr.some((line) => OUT_OF_MEMORY.test(line));
}

function outOfMemory(name: string, memoryMb: number): ErrorInfo {
  return info(
    "process_out_of_memory",
    `${name} used up its memory (limit ${memoryMb} MB).`,
    "Raise the limit on the plugin's page, or find out what it keeps.",
  );
}

function notFound(name: string): ErrorInfo {
  return info(
    "process_not_found",
    `${name} was not found.`,
    "Install it, or give its path in the manifest's command; it is looked for on the search path and in the manifest's folder.",
  );
}

function notExecutable(name: string): ErrorInfo {
  return info(
    "process_not_executable",
    `${name} may not be executed.`,
    `Make it executable: chmod +x ${name}`,
  );
}

/** The port a plugin complains about, as Node, Python, Go and Rust word it; null when it does not. */
function takenPort(stderr: readonly string[]): string | null {
  const line = stderr.find((text) => /EADDRINUSE|address (?:is )?already in use/i.test(text));
  if (line === undefined) return null;
  return /:(\d{2,5})\b/.exec(line)?.[1] ?? "";
}

/** The port a process plugin needs is in use by something that the console did not start. */
export function portTaken(name: string, port: string): ErrorInfo {
  return info(
    "process_port_taken",
    `${name} cannot have its port${port === "" ? "" : ` ${port}`}: another program uses it already.`,
    "End the other program, or change the port in the manifest. Nothing was sent to it.",
  );
}

function info(code: ErrorCode, message: string, hint?: string): ErrorInfo {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
