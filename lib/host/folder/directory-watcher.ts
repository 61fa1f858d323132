import { stat } from "node:fs/promises";
import type { Finding } from "../../contract/manifest.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import { createFileWatcher, type OpenWatch } from "./file-watcher.ts";
import { isInside, readManifestFile, type FileContent } from "./manifest-file.ts";
import { SettledFiles } from "./settled-files.ts";
import { scanFolders, type FolderState, type FoundFile } from "./manifest-scan.ts";

/** How often a folder is looked for that is missing, or may have been replaced, ms. */
const ROOT_MS = 1_000;
/** How often everything is scanned when the system has no watches left, ms. */
const POLL_MS = 2_000;
/** How often everything is scanned anyway, ms: shared and network folders report no change, and a watch may miss one. */
export const SWEEP_MS = 60_000;
/** Between two scans while something changes, ms. */
const TURN_MS = 50;
/** A rescan waits no longer than this for files that are being written, ms. */
const RESCAN_MS = 5_000;
/** Files read before others get a turn. */
const AT_ONCE = 16;

/** One manifest file that is new, was written, or was asked for again. */
export interface FolderReading {
  path: string;
  folder: string;
  content: FileContent;
}

/** What one scan of the folders found. */
export interface FolderSnapshot {
  folders: FolderState[];
  readings: FolderReading[];
  /** Files that are there, and directories, that cannot be used, by path. */
  problems: ReadonlyMap<string, Finding>;
  /** Whether a manifest at this path is there, may be, or cannot be known to be gone. */
  isPresent(path: string): boolean;
}

/** Watches folders for plugin manifests. Knows nothing of plugins. */
export interface DirectoryWatcher {
  /** Scans for the first time, then goes on by itself. Resolves when the first snapshot was delivered. */
  start(): Promise<void>;
  /** Reads everything again; resolves when it was delivered, at once when the watcher does not run. */
  rescan(): Promise<void>;
  stop(): Promise<void>;
}

export interface DirectoryWatcherOptions {
  /** Absolute. */
  folders: readonly string[];
  clock: Clock;
  log: Log;
  /** Takes one snapshot at a time, in order. */
  deliver: (snapshot: FolderSnapshot) => Promise<void>;
  openWatch?: OpenWatch;
}

export function createDirectoryWatcher(options: DirectoryWatcherOptions): DirectoryWatcher {
  const { folders, clock, log, deliver } = options;
  const settled = new SettledFiles(clock);
  const stopping = new AbortController();
  let waking = new AbortController();
  let changed = false;
  let unsettled = false;
  let waiters: Array<() => void> = [];
  let roots = "";
  let delivered = "";
  let sweepAt = 0;
  let running: Promise<void> | null = null;
  const watcher = createFileWatcher(log, wake, options.openWatch);

  function wake(): void {
    changed = true;
    waking.abort();
  }

  /** Reads what stands still, and remembers whether something does not yet. */
  async function scan(isAsked = false): Promise<void> {
    changed = false;
    sweepAt = clock.monotonic() + SWEEP_MS;
    const found = await scanFolders(folders);
    const { files, problems } = found;
    settled.noteMissing(files);
    const readings = await readAll(Array.from(files.values()).filter((file) => settled.isReadable(file)));
    const missing = settled.missing();
    const outline = JSON.stringify([found.folders, ...problems, "", ...files.keys(), "", ...missing]);
    if (readings.length > 0 || isAsked || outline !== delivered) {
      const isPresent = (path: string) =>
        files.has(path) ||
        settled.isMissing(path) ||
        problems.has(path) ||
        found.blind.some((blind) => isInside(blind, path));
      await deliver({ folders: found.folders, readings, problems, isPresent });
    }
    delivered = outline;
    unsettled = settled.isUnsettled(files);
  }

  async function readAll(files: FoundFile[]): Promise<FolderReading[]> {
    const readings: FolderReading[] = [];
    for (let from = 0; from < files.length; from += AT_ONCE) {
      const batch = files.slice(from, from + AT_ONCE);
      for (const reading of await Promise.all(batch.map(read))) if (reading) readings.push(reading);
    }
    return readings;
  }

  async function read(file: FoundFile): Promise<FolderReading | null> {
    const { path, folder, realFolder } = file;
    const content = await readManifestFile(path, realFolder);
    if (content === null) return null;
    settled.markRead(file);
    return { path, folder, content };
  }

  async function rescanAll(): Promise<void> {
    const until = clock.monotonic() + RESCAN_MS;
    const asked = waiters;
    waiters = [];
    try {
      settled.forgetReadings();
      await scan(true);
      while (unsettled && clock.monotonic() < until && !stopping.signal.aborted) {
        await clock.sleep(TURN_MS, stopping.signal);
        await scan();
      }
    } finally {
      for (const done of asked) done();
    }
  }

  /** Watches anew when a folder appeared, vanished or is another one than before. */
  async function followRoots(): Promise<boolean> {
    const found = await Promise.all(
      folders.map((path) =>
        stat(path).then(
          ({ dev, ino }) => ({ path, id: `${dev}:${ino}` }),
          () => ({ path, id: null }),
        ),
      ),
    );
    const now = JSON.stringify(found);
    if (now === roots) return false;
    roots = now;
    await watcher.watch(found.filter(({ id }) => id !== null).map(({ path }) => path));
    return true;
  }

  async function turn(): Promise<void> {
    if (await followRoots()) changed = true;
    if (waiters.length > 0) await rescanAll();
    else if (changed || unsettled || watcher.isBlind() || clock.monotonic() >= sweepAt) await scan();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      await turn().catch(logTrouble);
      if (waiters.length > 0) continue;
      if (changed || unsettled) await clock.sleep(TURN_MS, stopping.signal);
      else await clock.sleep(watcher.isBlind() ? POLL_MS : ROOT_MS, waking.signal);
    }
    for (const done of waiters) done();
  }

  function logTrouble(error: unknown): void {
    log.error({ err: error }, "looking through the plugin folders failed");
  }

  return {
    async start() {
      // Setting up the watches competes with the first scan for the disk; what changes meanwhile the next scan finds.
      await rescanAll().catch(logTrouble);
      running = run();
    },
    rescan() {
      if (running === null || stopping.signal.aborted) return Promise.resolve();
      const done = new Promise<void>((resolve) => waiters.push(resolve));
      waking.abort();
      return done;
    },
    async stop() {
      stopping.abort();
      waking.abort();
      await watcher.close();
      await running;
    },
  };
}
