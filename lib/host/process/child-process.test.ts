import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClock } from "../../real-clock.ts";
import { startProcess, type PluginProcess } from "./child-process.ts";
import { findRun, readProcess } from "./process-tree.ts";
import { createUsageMeter } from "./resource-usage.ts";

const started: PluginProcess[] = [];
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "loom-process-"));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop("stop")));
  await rm(directory, { recursive: true });
});

function start(executable: string, args: string[], { memoryMb = 512, env = {} } = {}) {
  const output: string[] = [];
  const runId = randomUUID();
  const child = startProcess({
    command: { executable, command: executable, args, env, workingDirectory: directory, digest: "" },
    limits: { memoryMb, openFiles: 256 },
    environment: { PATH: "/usr/bin:/bin" },
    runId,
    clock: createClock(),
    onOutput: (_stream, bytes) => void output.push(bytes.toString()),
  });
  started.push(child);
  return { child, runId, text: () => output.join("") };
}

const node = (script: string, options = {}) => start(process.execPath, ["-e", script], options);
const shell = (script: string) => start("/bin/sh", ["-c", script]);

describe("a plugin's process", () => {
  it("runs in its folder with what it is given and nothing else", async () => {
    const { child, text } = start("/usr/bin/env", [], { env: { ACME: "1" } });
    await child.exited;
    const names = text()
      .split("\n")
      .map((line) => line.split("=")[0])
      .filter(Boolean)
      .sort();
    expect(names).toEqual(
      ["ACME", "LOOM_PLUGIN_RUN", "PATH", ...(text().includes("PWD=") ? ["PWD"] : [])].sort(),
    );
  });

  it("tells how it ended", async () => {
    expect(await shell("exit 3").child.exited).toEqual({ code: 3, signal: null, endedBy: null });
    expect(await shell("kill -SEGV $$").child.exited).toMatchObject({ signal: "SIGSEGV", endedBy: null });
  });

  it("that is missing or not executable says so and needs no stopping", async () => {
    const missing = await start(join(directory, "nothing"), []).child.exited;
    expect(missing.spawnError === "ENOENT" || missing.code === 127).toBe(true);
    const forbidden = await start(directory, []).child.exited;
    expect(forbidden.spawnError === "EACCES" || forbidden.code === 126).toBe(true);
  });

  it("ends when asked, and the first reason wins", async () => {
    const { child, text } = shell("echo up; exec sleep 60");
    await vi.waitFor(() => expect(text()).toContain("up"));
    const first = child.stop("memory");
    await child.stop("stop");
    expect(await first).toMatchObject({ signal: "SIGTERM", endedBy: "memory" });
  });

  it("takes the hint of a closed stdin", async () => {
    const { child, text } = node(
      "process.on('SIGTERM',()=>{});process.stdin.resume();process.stdin.on('end',()=>process.exit(7));console.log('up')",
    );
    await vi.waitFor(() => expect(text()).toContain("up"));
    expect(await child.stop("stop")).toMatchObject({ code: 7 });
  });

  it("leaves nobody behind: not what ignores SIGTERM, not what moved to a session of its own", async () => {
    const { child, runId, text } = shell(
      "trap '' TERM; (trap '' TERM; sleep 61) & setsid sh -c 'trap \"\" TERM; sleep 62' & echo up; while :; do sleep 1; done",
    );
    await vi.waitFor(() => expect(text()).toContain("up"));
    await vi.waitFor(async () => expect((await findRun(runId)).length).toBeGreaterThanOrEqual(4));
    expect(await child.stop("stop")).toMatchObject({ endedBy: "stop" });
    expect(await findRun(runId)).toEqual([]);
  });

  it("leaves nobody behind who moved to a session of its own and wiped its environment", async () => {
    const { child, runId, text } = shell(
      "setsid env -i /bin/sh -c 'echo $$; exec sleep 68' & wait; while :; do sleep 1; done",
    );
    await vi.waitFor(() => expect(text()).toMatch(/^\d+\n/));
    const pid = Number(text());
    expect((await findRun(runId)).map((entry) => entry.pid)).toContain(pid);
    await child.stop("stop");
    expect(await readProcess(pid)).toBeNull();
  });

  it("is known by its pid when it has wiped its environment: measured, and ended with what it started elsewhere", async () => {
    const { child, runId, text } = shell(
      "exec env -i /bin/sh -c 'setsid sleep 69 & echo $!; trap : TERM; while :; do sleep 1; done'",
    );
    await vi.waitFor(() => expect(text()).toMatch(/^\d+\n/));
    const meter = createUsageMeter(createClock());
    const over = new AbortController();
    const measuring = meter.watch({ runId, leader: child.pid }, over.signal, () => over.abort());
    await measuring;
    expect(meter.list()[0]?.processes).toBeGreaterThanOrEqual(2);
    expect(meter.list()[0]?.memoryBytes).toBeGreaterThan(0);
    await child.stop("stop");
    expect(await readProcess(Number(text()))).toBeNull();
  });

  it("that cannot be started for want of anything is an end and no accident of ours", async () => {
    const exit = await start("/bin/echo", ["a\0b"]).child.exited;
    expect(exit).toMatchObject({ code: null, signal: null, spawnError: expect.stringMatching(/./) });
  });

  it("that ends by itself takes its children along", async () => {
    const { child, runId } = shell("sleep 63 & exit 0");
    expect(await child.exited).toMatchObject({ code: 0, endedBy: null });
    expect(await findRun(runId)).toEqual([]);
  });

  it("cannot have more memory than its limit", async () => {
    const { child } = node("const a=[];for(;;)a.push(Buffer.alloc(1e6,1))", { memoryMb: 256 });
    const exit = await child.exited;
    expect(exit.endedBy).toBeNull();
    expect(exit.code === 0).toBe(false);
  });

  it("ends with the console, its children too, even when the console is killed", async () => {
    const script = join(import.meta.dirname, "../../../test/orphan-maker.ts");
    const maker = spawn(process.execPath, ["--import", "tsx", script, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const runId = await new Promise<string>((resolve) => {
      maker.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().trim()));
    });
    await vi.waitFor(async () => expect((await findRun(runId)).length).toBeGreaterThanOrEqual(2), 30_000);
    maker.kill("SIGKILL");
    await vi.waitFor(async () => expect(await findRun(runId)).toEqual([]), 30_000);
  });

  it("'s guardian lets a console that closes it go on to its end", async () => {
    const program = `
      import { startGuardian } from "./lib/host/process/child-process.ts";
      const guardian = startGuardian("lib/host/process/guardian.mjs");
      await guardian.close();
      process.stdout.write("closed");`;
    const args = ["--import", "tsx", "--input-type=module", "--eval", program];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const output: string[] = [];
    child.stdout.on("data", (bytes: Buffer) => output.push(bytes.toString()));
    await once(child, "close");
    expect(output.join("")).toBe("closed");
  });
});
