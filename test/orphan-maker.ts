/**
 * A console in miniature, to be killed: starts a process that starts another one in a session of its own, prints the id of the run
 * and waits. Argument: a folder to run in.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { startGuardian, startProcess } from "../lib/host/process/child-process.ts";
import { createClock } from "../lib/real-clock.ts";

const runId = randomUUID();
const guardian = startGuardian(join(import.meta.dirname, "../lib/host/process/guardian.mjs"));
const { pid } = startProcess({
  command: {
    executable: "/bin/sh",
    command: "sh",
    args: ["-c", "setsid sleep 64 & exec sleep 65"],
    env: {},
    workingDirectory: process.argv[2] ?? "/",
    digest: "",
  },
  limits: { memoryMb: 256, openFiles: 256 },
  environment: { PATH: "/usr/bin:/bin" },
  runId,
  clock: createClock(),
  onOutput: () => undefined,
});
if (pid !== null) guardian.add(pid, runId);
process.stdout.write(`${runId}\n`);
setInterval(() => undefined, 60_000);
