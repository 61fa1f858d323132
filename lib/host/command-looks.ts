import { AppError } from "../contract/error.ts";
import type { Clock } from "../core/clock.ts";
import type { PluginRecord } from "../data/data.ts";
import { createFileDigests } from "./file-digest.ts";
import { lookAtCommand, type CommandLook } from "./process-command.ts";

/** A folder with more files than this is not looked at again for every page. */
const MANY_FILES = 1_000;
/** How long such a look holds for pages, ms. */
const HOLDS_MS = 5_000;

/** Looks at what the commands of plugins would run. Both throw what `lookAtCommand` throws. */
export interface CommandLooks {
  /** As it is at this moment: for decisions. */
  now(record: PluginRecord): Promise<CommandLook>;
  /** For pages that ask often: one look at a time, and a few seconds old where the folder is full. */
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

  async function now({ manifest, file, name }: PluginRecord): Promise<CommandLook> {
    if (!file) throw homeless(name);
    return lookAtCommand({ manifest, file: file.path, searchPath, digests, clock });
  }

  async function keepWhile(pluginId: string, entry: Kept): Promise<void> {
    const files = await entry.look.then(
      ({ coverage }) => coverage.files,
      () => 0,
    );
    entry.until = clock.monotonic() + HOLDS_MS;
    if (files <= MANY_FILES && kept.get(pluginId) === entry) kept.delete(pluginId);
  }

  return {
    now,
    recent(record) {
      const { command, args, env } = record.manifest;
      const subject = JSON.stringify([record.file?.path, command, args, env]);
      const before = kept.get(record.id);
      if (before?.subject === subject && clock.monotonic() < before.until) return before.look;
      const entry: Kept = { subject, look: now(record), until: Infinity };
      kept.set(record.id, entry);
      void keepWhile(record.id, entry);
      return entry.look;
    },
    forget: (pluginId) => void kept.delete(pluginId),
  };
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
