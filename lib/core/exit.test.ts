import { describe, expect, it } from "vitest";
import { explainExit, type RawExit } from "./exit.ts";

const explain = (exit: Partial<RawExit>, stderr: string[] = []) =>
  explainExit(
    { code: null, signal: null, endedBy: null, ...exit },
    { command: "./plugin", memoryMb: 512, stderr },
  );

describe("explainExit", () => {
  it.each<[string, Partial<RawExit>, string[], string, RegExp]>([
    ["a clean end", { code: 0 }, [], "process_exited", /ended by itself/],
    ["an exit code", { code: 3 }, [], "process_exited", /exit code 3/],
    ["a missing program", { spawnError: "ENOENT" }, [], "process_not_found", /was not found/],
    ["127 of a wrapper", { code: 127 }, [], "process_not_found", /was not found/],
    ["no permission", { spawnError: "EACCES" }, [], "process_not_executable", /may not be executed/],
    ["126 of a wrapper", { code: 126 }, [], "process_not_executable", /may not be executed/],
    ["a segmentation fault", { signal: "SIGSEGV" }, [], "process_exited", /segmentation fault/],
    ["139 of a wrapper", { code: 139 }, [], "process_exited", /segmentation fault/],
    ["a kill from outside", { signal: "SIGKILL" }, [], "process_exited", /killed from outside/],
    [
      "our memory limit",
      { signal: "SIGKILL", endedBy: "memory" },
      [],
      "process_out_of_memory",
      /limit 512 MB/,
    ],
    [
      "Node's heap",
      { signal: "SIGABRT" },
      ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
      "process_out_of_memory",
      /limit 512 MB/,
    ],
    ["Python's memory", { code: 1 }, ["MemoryError"], "process_out_of_memory", /limit 512 MB/],
    [
      "Node's taken port",
      { code: 1 },
      ["Error: listen EADDRINUSE: address already in use 127.0.0.1:8090"],
      "process_port_taken",
      /port 8090/,
    ],
    [
      "Go's taken port",
      { code: 1 },
      ["listen tcp :9000: bind: address already in use"],
      "process_port_taken",
      /port 9000/,
    ],
    [
      "silence",
      { signal: "SIGTERM", endedBy: "not_ready" },
      [],
      "process_not_ready",
      /did not answer in time/,
    ],
    ["a stop", { signal: "SIGTERM", endedBy: "stop" }, [], "process_exited", /stopped by the console/],
  ])("tells %s", (_what, exit, stderr, code, message) => {
    const info = explain(exit, stderr);
    expect(info.code).toBe(code);
    expect(info.message).toMatch(message);
  });
});
