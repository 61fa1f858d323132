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
  /** SHA-256, hex, over the program and every file of the folder that an argument names: `node plugin.js` covers plugin.js. */
  digest: z.string(),
});
export type ProcessCommand = z.infer<typeof ProcessCommand>;

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

/** Where a supervised process is. `waiting`: it ended and is started again at `nextStartAt`. `parked`: it ended too often. */
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
