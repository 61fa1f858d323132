import { stat } from "node:fs/promises";
import type { Finding } from "../../contract/manifest.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../log.ts";
import { createChangeSignal, type OpenWatch } from "./file-watcher.ts";
import { isInside, readManifestFile, type FileContent } from "./manifest-file.ts";
import { readTree, type FolderState, type FoundFile, type Tree } from "./manifest-scan.ts";

/** A file is read once nothing happened to it for so long, ms: editors and copies write in several pieces. */
export const SETTLE_MS = 200;
/** How often a folder is looked for that is missing, or may have been replaced, ms. */
const ROOT_MS = 1_000;
/** How often everything is looked through when the system has no watches left, ms. */
const POLL_MS = 2_000;
/** How often everything is looked through anyway, ms: shared and network folders tell of no change, and a watch may miss one. */
export const SWEEP_MS = 60_000;
/** Between two looks while something changes, ms. */
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

/** What a look at the folders brought. */
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
  /** Looks for the first time, then goes on by itself. Resolves when the first snapshot was delivered. */
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

interface Seen {
  fingerprint: string;
  /** Monotonic ms of the first sight of this fingerprint; null once it was read. */
  since: number | null;
}

export function createDirectoryWatcher(options: DirectoryWatcherOptions): DirectoryWatcher {
  const { folders, clock, log, deliver } = options;
  const seen = new Map<string, Seen>();
  /** Files that were there and are not: by path, since when. */
  const missing = new Map<string, number>();
  const stopping = new AbortController();
  let waking = new AbortController();
  let changed = false;
  let unsettled = false;
  let waiters: Array<() => void> = [];
  let roots = "";
  let delivered = "";
  let sweepAt = 0;
  let running: Promise<void> | null = null;
  const signal = createChangeSignal(log, wake, options.openWatch);

  function wake(): void {
    changed = true;
    waking.abort();
  }

  /** Reads what stands still, and remembers whether something does not yet. */
  async function look(isAsked = false): Promise<void> {
    changed = false;
    sweepAt = clock.monotonic() + SWEEP_MS;
    const tree = await readTree(folders);
    noteMissing(tree);
    const settled = Array.from(tree.files.values()).filter(isSettled);
    const readings: FolderReading[] = [];
    for (let from = 0; from < settled.length; from += AT_ONCE) {
      const batch = settled.slice(from, from + AT_ONCE);
      for (const reading of await Promise.all(batch.map(read))) if (reading) readings.push(reading);
    }
    const isPresent = (path: string) =>
      tree.files.has(path) ||
      missing.has(path) ||
      tree.problems.has(path) ||
      tree.blind.some((blind) => isInside(blind, path));
    const { files, problems } = tree;
    const outline = JSON.stringify([tree.folders, ...problems, "", ...files.keys(), "", ...missing.keys()]);
    if (readings.length > 0 || isAsked || outline !== delivered)
      await deliver({ folders: tree.folders, readings, problems, isPresent });
    delivered = outline;
    unsettled =
      missing.size > 0 || Array.from(tree.files.keys()).some((path) => seen.get(path)?.since !== null);
  }

  function isSettled({ path, fingerprint, changedAt }: FoundFile): boolean {
    const now = clock.monotonic();
    let entry = seen.get(path);
    if (entry?.fingerprint !== fingerprint) seen.set(path, (entry = { fingerprint, since: now }));
    if (entry.since === null) return false;
    const age = clock.now() - changedAt;
    // A stamp from the future says nothing: then only our own watch counts.
    return age >= SETTLE_MS || now - entry.since >= SETTLE_MS;
  }

  async function read({ path, folder, realFolder, fingerprint }: FoundFile): Promise<FolderReading | null> {
    const content = await readManifestFile(path, realFolder);
    if (content === null) return null;
    seen.set(path, { fingerprint, since: null });
    return { path, folder, content };
  }

  /** An editor that replaces a file leaves a moment without one. */
  function noteMissing(tree: Tree): void {
    const now = clock.monotonic();
    for (const path of seen.keys()) {
      if (tree.files.has(path)) missing.delete(path);
      else if (!missing.has(path)) missing.set(path, now);
    }
    for (const [path, since] of missing) {
      if (now - since < SETTLE_MS) continue;
      missing.delete(path);
      seen.delete(path);
    }
  }

  async function lookAgain(): Promise<void> {
    const until = clock.monotonic() + RESCAN_MS;
    const asked = waiters;
    waiters = [];
    try {
      for (const entry of seen.values()) entry.since ??= 0;
      await look(true);
      while (unsettled && clock.monotonic() < until && !stopping.signal.aborted) {
        await clock.sleep(TURN_MS, stopping.signal);
        await look();
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
    await signal.watch(found.filter(({ id }) => id !== null).map(({ path }) => path));
    return true;
  }

  async function turn(): Promise<void> {
    if (await followRoots()) changed = true;
    if (waiters.length > 0) await lookAgain();
    else if (changed || unsettled || signal.isBlind() || clock.monotonic() >= sweepAt) await look();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      await turn().catch(logTrouble);
      if (waiters.length > 0) continue;
      if (changed || unsettled) await clock.sleep(TURN_MS, stopping.signal);
      else await clock.sleep(signal.isBlind() ? POLL_MS : ROOT_MS, waking.signal);
    }
    for (const done of waiters) done();
  }

  function logTrouble(error: unknown): void {
    log.error({ err: error }, "looking through the plugin folders failed");
  }

  return {
    async start() {
      // Setting up the watches competes with the first look for the disk; what changes meanwhile the next look finds.
      await lookAgain().catch(logTrouble);
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
      await signal.close();
      await running;
    },
  };
}
