import { z } from "zod";
import { ErrorInfo } from "./error.ts";

/** Exactly what starting a process plugin would run. An approval covers one of these, and nothing that differs from it. */
export const ProcessCommand = z.object({
  /** Absolute path of the program, as found on the search path or in the folder. */
  executable: z.string(),
  /** As the manifest writes it. */
  command: z.string(),
  args: z.array(z.string()),
  /** What the manifest adds to the environment. */
  env: z.record(z.string(), z.string()),
  /** Absolute. The folder of the manifest. */
  workingDirectory: z.string(),
  /** SHA-256, hex, over the program and everything in the folder but what `FolderCoverage.data` names. */
  digest: z.string(),
});
export type ProcessCommand = z.infer<typeof ProcessCommand>;

/** What the digest of a command covers. */
export const FolderCoverage = z.object({
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Files that may change without a question, relative to the folder: the manifest, logs, databases. At most 20 of `dataCount`. */
  data: z.array(z.string()),
  dataCount: z.number().int().nonnegative(),
});
export type FolderCoverage = z.infer<typeof FolderCoverage>;

/** Which files of the folder are not what was approved, relative to it. At most 50 in all; `more` counts the others. */
export const FileChanges = z.object({
  changed: z.array(z.string()),
  added: z.array(z.string()),
  removed: z.array(z.string()),
  more: z.number().int().nonnegative(),
});
export type FileChanges = z.infer<typeof FileChanges>;

/** Bounds of one process and its children. */
export const ProcessLimits = z.object({
  /** Data in memory, MB. */
  memoryMb: z.number().int().min(64).max(65_536).default(1_024),
  /** Files and sockets open at once. */
  openFiles: z.number().int().min(64).max(65_536).default(1_024),
});
export type ProcessLimits = z.infer<typeof ProcessLimits>;

/** How a run ended. */
export const ProcessExit = z.object({
  at: z.iso.datetime(),
  /** Ran so long, ms. */
  ranMs: z.number().nonnegative(),
  /** Null when a signal ended it. */
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** True when the console asked it to stop. */
  wanted: z.boolean(),
  reason: ErrorInfo,
});
export type ProcessExit = z.infer<typeof ProcessExit>;

/** One measurement of a process and its children. */
export const ProcessUsage = z.object({
  /** Epoch ms. */
  at: z.number().int(),
  /** Share of one core since the measurement before; 2 is two cores. Null for the first. */
  cpu: z.number().nonnegative().nullable(),
  /** Resident bytes of the whole tree. */
  memoryBytes: z.number().int().nonnegative(),
  processes: z.number().int().nonnegative(),
});
export type ProcessUsage = z.infer<typeof ProcessUsage>;

/** Where a managed process is. `waiting`: it ended and is started again at `nextStartAt`. `parked`: it ended too often. */
export const ProcessStatus = z.enum(["stopped", "starting", "running", "stopping", "waiting", "parked"]);
export type ProcessStatus = z.infer<typeof ProcessStatus>;

/** One line of a process's output. */
export const LogLine = z.object({
  /** Grows by one with every line of a plugin, over restarts of the console too. */
  seq: z.number().int().nonnegative(),
  at: z.iso.datetime(),
  /** `console` are the supervisor's own remarks: started, ended, lines dropped. */
  stream: z.enum(["stdout", "stderr", "console"]),
  /** Without line break; ANSI colours kept; at most 16 KB. */
  text: z.string(),
  /** True when the line was longer and has been cut. */
  cut: z.boolean().optional(),
});
export type LogLine = z.infer<typeof LogLine>;

/** `GET /api/plugins/:id/process`: what runs for a plugin whose manifest has a `command`, and whether it may. */
export const PluginProcess = z.object({
  /** The operator lets the console start processes (`LOOM_ALLOW_PROCESSES=true`). */
  allowed: z.boolean(),
  /** What would be started now; null while `problem` says why there is nothing to start. */
  command: ProcessCommand.nullable(),
  problem: ErrorInfo.nullable(),
  /** What an admin agreed to. `command` has to equal it before anything starts. */
  approval: z
    .object({ command: ProcessCommand, approvedBy: z.string(), approvedAt: z.iso.datetime() })
    .nullable(),
  /** True when `command` is exactly what was approved. */
  approved: z.boolean(),
  /** True when what runs now is exactly what was approved last, whatever would be started next; null while nothing runs or is approved. */
  runsApproved: z.boolean().nullable(),
  /** What the digest of `command` covers; null with it. */
  coverage: FolderCoverage.nullable(),
  /** What differs in the folder from what was approved; null when nothing was, or nothing does. */
  changes: FileChanges.nullable(),
  limits: ProcessLimits,
  status: ProcessStatus,
  pid: z.number().int().nullable(),
  startedAt: z.iso.datetime().nullable(),
  /** When it is started again after it ended by itself. */
  nextStartAt: z.iso.datetime().nullable(),
  /** Newest first, at most 20, since the console started. */
  exits: z.array(ProcessExit),
  /** Oldest first, the last half hour. */
  usage: z.array(ProcessUsage),
  /** Epoch ms of the starts of the last half hour, oldest first. */
  starts: z.array(z.number().int()),
  /** The last 50 lines of stderr, oldest first, without colours. */
  lastErrors: z.array(z.string()),
});
export type PluginProcess = z.infer<typeof PluginProcess>;

/** `POST /api/plugins/:id/process/approve`: the command as it was shown; a 409 `conflict` when it has changed since. */
export const ProcessApproval = z.strictObject({ command: ProcessCommand });
export type ProcessApproval = z.infer<typeof ProcessApproval>;

/** `GET /api/plugins/:id/logs`. */
export const LogPage = z.object({ lines: z.array(LogLine) });
export type LogPage = z.infer<typeof LogPage>;
