import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AppError } from "../../contract/error.ts";
import { ProcessLimits, type ProcessCommand } from "../../contract/process.ts";
import { createLog } from "../../log.ts";
import { createClock } from "../../real-clock.ts";
import { openProcessLog, type ProcessLog } from "./process-log.ts";
import { createSupervised } from "./managed-process.ts";

const clock = createClock();
const log = createLog({ level: "silent", pretty: false });
const approved: ProcessCommand = {
  ...{ executable: "/bin/sh", command: "sh", args: ["-c", "exit 0"], env: {}, workingDirectory: "/" },
  digest: "as approved",
};

let directory: string;
let output: ProcessLog;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "loom-supervised-"));
  output = await openProcessLog({ directory, clock, log, redact: (text) => text });
});
afterEach(async () => {
  await output.flush();
  await rm(directory, { recursive: true });
});

/** Starts it, and lets `meanwhile` happen while the port is looked at. */
async function startWhile(meanwhile: (world: { digest: string; isApproved: boolean }) => void) {
  const world = { digest: approved.digest, isApproved: true };
  const supervised = createSupervised({
    ...{ clock, log, output, environment: {}, endpoint: () => "http://127.0.0.1:9" },
    guardian: () => ({ add: () => undefined, remove: () => undefined, close: async () => undefined }),
    runs: { remember: async () => undefined, forget: async () => undefined },
    command: async () => ({ command: { ...approved, digest: world.digest }, inventory: new Map() }),
    ...{ isCurrent: () => true, isRevoked: async () => false },
    consent: async ({ command: { digest } }) => ({
      isGiven: world.isApproved,
      difference: digest === approved.digest ? null : "changed",
      limits: ProcessLimits.parse({}),
    }),
    onEnd: () => undefined,
  });
  const ask = async () => {
    meanwhile(world);
    throw new AppError("plugin_unreachable", "Nobody is there yet");
  };
  return supervised.ensureReady(ask, new AbortController().signal, false).catch((error: unknown) => error);
}

it("does not start what was changed after it was looked at", async () => {
  expect(await startWhile((world) => (world.digest = "changed"))).toMatchObject({
    code: "process_needs_approval",
  });
  expect(output.list({ limit: 10 })).toEqual([]);
});

it("does not start what is not approved any more", async () => {
  expect(await startWhile((world) => (world.isApproved = false))).toMatchObject({
    code: "process_needs_approval",
  });
  expect(output.list({ limit: 10 })).toEqual([]);
});

it("starts what is still what was approved", async () => {
  expect(await startWhile(() => undefined)).toMatchObject({ code: "process_exited" });
  expect(output.list({ limit: 10 })[0]?.text).toMatch(/^Started sh -c exit 0/);
});

it("explains an end by what this run said, not by the words of an earlier one", async () => {
  const script = { text: "echo 'out of memory' >&2; exit 1" };
  const supervised = createSupervised({
    ...{ clock, log, output, environment: {}, endpoint: () => "http://127.0.0.1:9" },
    guardian: () => ({ add: () => undefined, remove: () => undefined, close: async () => undefined }),
    runs: { remember: async () => undefined, forget: async () => undefined },
    command: async () => ({ command: { ...approved, args: ["-c", script.text] }, inventory: new Map() }),
    ...{ isCurrent: () => true, isRevoked: async () => false },
    consent: async () => ({ isGiven: true, difference: null, limits: ProcessLimits.parse({}) }),
    onEnd: () => undefined,
  });
  const start = () =>
    supervised
      .ensureReady(
        async () => {
          throw new AppError("plugin_unreachable", "Nobody is there yet");
        },
        new AbortController().signal,
        false,
      )
      .catch((error: unknown) => error);
  expect(await start()).toMatchObject({ code: "process_out_of_memory" });
  script.text = "echo 'no such model' >&2; exit 3";
  expect(await start()).toMatchObject({ code: "process_exited", message: expect.stringContaining("code 3") });
  expect(supervised.state().lastErrors).toEqual(["out of memory", "no such model"]);
});

it("reads everything again right before the start, and can be interrupted while it looks", async () => {
  const newer = new AbortController();
  const looks: Array<boolean | undefined> = [];
  const supervised = createSupervised({
    ...{ clock, log, output, environment: {}, endpoint: () => "http://127.0.0.1:9" },
    guardian: () => ({ add: () => undefined, remove: () => undefined, close: async () => undefined }),
    runs: { remember: async () => undefined, forget: async () => undefined },
    async command({ signal, again }) {
      if (looks.push(again) === 1) return { command: approved, inventory: new Map() };
      return new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new AppError("request_aborted", "Something newer")));
        newer.abort();
      });
    },
    ...{ isCurrent: () => true, isRevoked: async () => false },
    consent: async () => ({ isGiven: true, difference: null, limits: ProcessLimits.parse({}) }),
    onEnd: () => undefined,
  });
  const ask = async () => {
    throw new AppError("plugin_unreachable", "Nobody is there yet");
  };
  await expect(supervised.ensureReady(ask, newer.signal, false)).rejects.toMatchObject({
    code: "request_aborted",
  });
  // The second one says nothing, which means all.
  expect(looks).toEqual([false, undefined]);
  expect(output.list({ limit: 10 })).toEqual([]);
});
