import { watch, type FSWatcher } from "chokidar";
import type { Log } from "../../log.ts";
import { isManifestName, isSkipped } from "./manifest-scan.ts";
import { errorCode } from "./manifest-file.ts";

/** Out of inotify watches, or of file descriptors. */
const EXHAUSTED = new Set(["ENOSPC", "EMFILE", "ENFILE"]);

/** Chokidar's `watch`; tests put one in its place that fails. */
export type OpenWatch = typeof watch;

/** Tells that something in the folders may have changed; what, is for a look at the folders to find out. */
export interface ChangeSignal {
  /** Watches these folders instead of the former ones. Folders that do not exist are left out. */
  watch(folders: readonly string[]): Promise<void>;
  /** True when the operating system ran out of watches: somebody has to look by themselves, from time to time. */
  isBlind(): boolean;
  close(): Promise<void>;
}

export function createChangeSignal(log: Log, onChange: () => void, open: OpenWatch = watch): ChangeSignal {
  let watcher: FSWatcher | null = null;
  let blind = false;

  function onError(error: unknown): void {
    if (!EXHAUSTED.has(errorCode(error))) {
      log.debug({ err: error }, "watching a plugin folder");
    } else if (!blind) {
      blind = true;
      log.warn(
        { code: errorCode(error) },
        "The system has no more file watches (fs.inotify.max_user_watches or the limit of open files), so the plugin folders are looked through every two seconds instead.",
      );
      void close();
    }
    onChange();
  }

  async function close(): Promise<void> {
    const former = watcher;
    watcher = null;
    await former?.close().catch(onError);
  }

  return {
    async watch(folders) {
      await close();
      if (blind || folders.length === 0) return;
      watcher = open([...folders], {
        ignoreInitial: true,
        followSymlinks: false,
        ignorePermissionErrors: true,
        ignored: (path, stats) => {
          if (stats === undefined || stats.isSymbolicLink() || folders.includes(path)) return false;
          return stats.isDirectory() ? isSkipped(path) : !stats.isFile() || !isManifestName(path);
        },
      });
      // After `ready` too: what changed between our look and the first watch would otherwise go unseen.
      watcher.on("all", onChange).on("ready", onChange).on("error", onError);
      // Chokidar tells only what differs from its own list, and a file that came while it made the list is not on it.
      watcher.on("raw", (_event: string, name: string | null) => {
        if (name === null || isManifestName(name)) onChange();
      });
    },
    isBlind: () => blind,
    close,
  };
}
