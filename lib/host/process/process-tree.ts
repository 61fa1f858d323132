import { readdir, readFile } from "node:fs/promises";

/** Marks every process of one run: children inherit it whatever they do to their process group. */
export const RUN_VARIABLE = "LOOM_PLUGIN_RUN";

/** One process as the kernel shows it. */
export interface ProcessEntry {
  pid: number;
  /** Clock ticks since boot. With the pid it names one process for ever: a pid alone is used again. */
  startTicks: number;
  /** User and system time, clock ticks. */
  cpuTicks: number;
  parent: number;
}

/** Null when there is no such process (any more), or no /proc on this system. */
export async function readProcess(pid: number): Promise<ProcessEntry | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  // proc(5): the name in field 2 may hold blanks and brackets; what follows the last bracket is fixed.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3] ?? 0);
  // A zombie has ended: it only waits for its parent to notice.
  if (fields[0] === "Z") return null;
  return { pid, startTicks: field(22), cpuTicks: field(14) + field(15), parent: field(4) };
}

/** Processes that belong to a run although nothing on them says so. */
export interface Kin {
  /** Its first process, while it is known to live. */
  leader?: number | null;
  /** Found in the run earlier: a child whose parent has ended cannot be told by it any more. */
  known?: readonly ProcessEntry[];
}

/**
 * Every living process of a run, wherever it has moved: those that carry its mark, their children, who may have wiped it, and `kin`.
 * Empty where there is no /proc.
 */
export async function findRun(runId: string, { leader, known = [] }: Kin = {}): Promise<ProcessEntry[]> {
  const seen = (await Promise.all((await listPids()).map((pid) => inspectProcess(pid)))).filter(
    (one) => one !== null,
  );
  const isKin = ({ pid, startTicks }: ProcessEntry) =>
    pid === leader || known.some((one) => one.pid === pid && one.startTicks === startTicks);
  const run = new Set(seen.filter((one) => one.runs.includes(runId) || isKin(one.entry)));
  // A set that grows while it is walked: children of children come in turn.
  for (const { entry } of run) {
    for (const other of seen) if (other.entry.parent === entry.pid) run.add(other);
  }
  return [...run].map(({ entry }) => entry);
}

/** The runs of which a process that carries their mark is left: one look for all. Empty where there is no /proc. */
export async function findLivingRuns(): Promise<Set<string>> {
  const seen = await Promise.all((await listPids()).map((pid) => inspectProcess(pid)));
  return new Set(seen.flatMap((one) => one?.runs ?? []));
}

async function listPids(): Promise<number[]> {
  const names = await readdir("/proc").catch((): string[] => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Null for a process that is gone or somebody else's. */
async function inspectProcess(pid: number): Promise<{ entry: ProcessEntry; runs: string[] } | null> {
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => null);
  const entry = environment === null ? null : await readProcess(pid);
  if (environment === null || entry === null) return null;
  const marks = environment.split("\0").filter((line) => line.startsWith(`${RUN_VARIABLE}=`));
  return { entry, runs: marks.map((line) => line.slice(RUN_VARIABLE.length + 1)) };
}

/** Ends a process group (null when only the run is known) and every process of the run. What is gone already is fine. */
export async function killRun(groupId: number | null, runId: string, kin: Kin = {}): Promise<void> {
  if (groupId !== null) signalGroup(groupId, "SIGKILL");
  // A fork may slip in between the look and the kill: look until nobody is left.
  for (let round = 0; round < 20; round++) {
    const left = await findRun(runId, kin);
    if (left.length === 0) return;
    for (const { pid } of left) signal(pid, "SIGKILL");
  }
}

/** Signals every member of a process group. */
export function signalGroup(groupId: number, name: NodeJS.Signals): void {
  signal(-groupId, name);
}

/** Signals each of these processes. */
export function signalAll(entries: readonly ProcessEntry[], name: NodeJS.Signals): void {
  for (const { pid } of entries) signal(pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM");
}

/** Resident bytes of one process; 0 when it is gone. */
export async function readMemory(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1_024;
}
