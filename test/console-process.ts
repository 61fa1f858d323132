import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export const ADMIN = { name: "Ada", email: "ada@example.test", password: "a long enough password" };

/** The built console (`dist/server.js`) as a real process with a data directory of its own. */
export interface ConsoleProcess {
  url: string;
  pid: number;
  dataDirectory: string;
  /** What it watches for manifests; it does not exist until a test makes it. */
  pluginsDirectory: string;
  /** The one-time token it printed, or null when an admin exists. */
  setupToken: string | null;
  /** Everything it wrote so far. */
  output(): string;
  /** SIGTERM, then the exit code; the data directory stays. */
  stop(): Promise<number | null>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
}

export interface ConsoleOptions {
  dataDirectory?: string;
  /** 0, the default, takes a free port. */
  port?: number;
  env?: Record<string, string>;
  /** Resolves as soon as this is written, with the first group as `url`; by default when it is ready. */
  until?: RegExp;
}

/** Starts the console and resolves once it answers; rejects with its output when it exits instead, or after 30 s. */
export async function startConsole(options: ConsoleOptions = {}): Promise<ConsoleProcess> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), "loom-console-")));
  const pluginsDirectory = join(dataDirectory, "plugins");
  const child = spawn(process.execPath, ["dist/server.js"], {
    env: {
      ...inherited(),
      PORT: String(options.port ?? 0),
      LOOM_DATA_DIR: dataDirectory,
      LOOM_PLUGINS_DIR: pluginsDirectory,
      LOOM_LOG_FORMAT: "json",
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(child);
  const url = await waitForMatch(child, output, options.until ?? /ready at (http:\/\/\S+)/, 90_000);
  return {
    url,
    pid: child.pid ?? 0,
    dataDirectory,
    pluginsDirectory,
    setupToken: /#token=(\S+)/.exec(output())?.[1] ?? null,
    output,
    stop: () => end(child, "SIGTERM"),
    kill: async () => void (await end(child, "SIGKILL")),
  };
}

/** A plugin of `examples/plugins` as a real process. */
export interface PluginProcess {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** Starts an example plugin; port 0 takes a free one. */
export async function startExamplePlugin(
  port = 0,
  example: "example-nodejs" | "example-grpc" = "example-nodejs",
): Promise<PluginProcess> {
  const child = spawn(process.execPath, ["plugin.js"], {
    cwd: `examples/plugins/${example}`,
    env: { ...inherited(), PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await waitForMatch(child, collect(child), /((?:http|grpc):\/\/[\d.]+:\d+)/, 60_000);
  return { url, port: Number(new URL(url).port), stop: async () => void (await end(child, "SIGKILL")) };
}

export async function removeDirectory(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** Polls until `probe` gives something other than undefined; throws `what` after `timeoutMs`. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > until) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await delay(25);
  }
}

/** Nothing else of this process's environment may change what a test sees. */
function inherited(): NodeJS.ProcessEnv {
  return { NODE_ENV: "production", PATH: process.env["PATH"], HOME: process.env["HOME"] };
}

function collect(child: ChildProcess): () => string {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

function waitForMatch(
  child: ChildProcess,
  output: () => string,
  pattern: RegExp,
  timeoutMs: number,
): Promise<string> {
  return waitFor(
    `output matching ${pattern}`,
    () => {
      const found = pattern.exec(output())?.[1];
      if (found === undefined && child.exitCode !== null) {
        throw new Error(`The process exited with ${child.exitCode}:\n${output()}`);
      }
      return found;
    },
    timeoutMs,
  );
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    // Not `exit`: the last words may still be on their way then.
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}
