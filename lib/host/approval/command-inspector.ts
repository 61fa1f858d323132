import { dirname } from "node:path";
import { AppError, isAppError } from "../../contract/error.ts";
import { abortable } from "../../async/abortable.ts";
import type { Clock } from "../../core/clock.ts";
import type { PluginRecord } from "../../data/data.ts";
import { createFileDigests } from "./file-digest.ts";
import { uncovered } from "./folder-digest.ts";
import { lookAtCommand, type CommandLook } from "./command-fingerprint.ts";
import { requireWanted } from "../failure.ts";

/** A folder with more files than this is not looked at again for every page. */
const MANY_FILES = 1_000;
/** How long such a look holds for pages, ms. */
const HOLDS_MS = 5_000;

/** A look for a page is given up after this, ms: a network folder may never answer. */
const PAGE_MS = 10_000;
/** One for a decision, ms: a gigabyte from a slow disk. */
const DECISION_MS = 60_000;

export interface LookHow {
  /** Interrupts the look, whatever it is waiting for. */
  signal?: AbortSignal;
  /** False where a look that reads everything follows; true unless given. */
  again?: boolean;
}

/** Looks at what the commands of plugins would run. Both throw what `lookAtCommand` throws, and `process_folder_uncovered` when it takes too long. */
export interface CommandLooks {
  /** As it is at this moment, every byte read again: for decisions. Throws `request_aborted` too. */
  now(record: PluginRecord, how?: LookHow): Promise<CommandLook>;
  /** For pages that ask often: one look at a time, and a few seconds old where the folder is full or refused. */
  recent(record: PluginRecord): Promise<CommandLook>;
  forget(pluginId: string): void;
}

interface Kept {
  subject: string;
  look: Promise<CommandLook>;
  /** Monotonic ms until which it holds; while it is being taken, for ever. */
  until: number;
}

export function createCommandLooks(clock: Clock, searchPath: string): CommandLooks {
  const digests = createFileDigests(clock);
  const kept = new Map<string, Kept>();

  async function take(
    { manifest, file, name }: PluginRecord,
    withinMs: number,
    { signal: unwanted, again = false }: LookHow = {},
  ): Promise<CommandLook> {
    if (!file) throw homeless(name);
    const deadline = clock.deadline(withinMs);
    const signal = AbortSignal.any([deadline.signal, ...(unwanted ? [unwanted] : [])]);
    try {
      const options = { manifest, file: file.path, searchPath, digests, clock, again, signal };
      return await abortable(lookAtCommand(options), signal);
    } catch (error) {
      if (unwanted) requireWanted(unwanted);
      throw deadline.signal.aborted ? tooSlow(file.path, withinMs) : error;
    } finally {
      deadline.clear();
    }
  }

  async function keepWhile(pluginId: string, entry: Kept): Promise<void> {
    const costly = await entry.look.then(
      ({ coverage }) => coverage.files > MANY_FILES,
      // To learn that a folder is too large takes as long as to look at one that is not.
      (error: unknown) => isAppError(error) && error.code === "process_folder_uncovered",
    );
    entry.until = clock.monotonic() + HOLDS_MS;
    if (!costly && kept.get(pluginId) === entry) kept.delete(pluginId);
  }

  return {
    now(record, how = {}) {
      // Whoever has just decided is shown what was found.
      kept.delete(record.id);
      return take(record, DECISION_MS, { again: true, ...how });
    },
    recent(record) {
      const { command, args, env } = record.manifest;
      const subject = JSON.stringify([record.file?.path, command, args, env]);
      const before = kept.get(record.id);
      if (before?.subject === subject && clock.monotonic() < before.until) return before.look;
      const entry: Kept = { subject, look: take(record, PAGE_MS), until: Infinity };
      kept.set(record.id, entry);
      void keepWhile(record.id, entry);
      return entry.look;
    },
    forget: (pluginId) => void kept.delete(pluginId),
  };
}

function tooSlow(file: string, ms: number): AppError {
  return uncovered(
    `${dirname(file)} and the program could not be read within ${ms / 1_000} s`,
    "Keep them on a disk of this machine: a network folder may not answer.",
  );
}

/** A manifest that never was a file has no folder to run its command in, and running elsewhere would be a guess. */
function homeless(name: string): AppError {
  return new AppError(
    "process_not_found",
    `${name} has a command, but its manifest lies in no folder to run it in.`,
    {
      hint: "Put the manifest and its program into a watched folder, for example ./plugins/my-plugin/plugin.yaml, or start the plugin yourself.",
    },
  );
}
