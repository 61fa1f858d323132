import { isAppError } from "../contract/error.ts";
import type { Finding } from "../contract/manifest.ts";
import { isSameJson } from "../core/json-object.ts";
import type { Json } from "../contract/manifest.ts";
import type { PluginRecord, StoredFile } from "../data/data.ts";
import type { FolderReading, FolderSnapshot } from "../host/directory-watcher.ts";
import { createGate } from "../host/gate.ts";
import { createBreath } from "./breath.ts";
import type { Context } from "./context.ts";
import { markBroken, markGone, registerFiles, reloadFile } from "./file-plugin.ts";
import type { FilePlace, NewFile, UsableReading } from "./file-plugin.ts";
import { locate, readFileContent, toFileFinding, type FileReading } from "./file-reading.ts";
import { chooseName } from "./preview.ts";
import { reconcileLater } from "./switching.ts";

/** Names that may be looked up at once. */
const LOOKUPS = 16;

/** New plugins stored in one transaction, and characters of manifests: each commit waits for the disk, and others for the commit. */
const BATCH = 40;
const BATCH_CHARACTERS = 131_072;

/** What a look at the folders changed, by name of plugin. */
export interface FolderOutcome {
  registered: string[];
  reloaded: string[];
  gone: string[];
}

/** A file that waits for a person. */
export interface OpenProblem {
  findings: Finding[];
  pluginId: string | null;
  /** The problem ends when this place is allowed. */
  waitsFor: FileReading["waitsFor"];
  /** Tried again whenever something changes: somebody else has its endpoint. */
  retry?: FolderReading;
}

interface Owned {
  pluginId: string;
  endpoint: string | null;
  file: StoredFile;
}

/**
 * Brings the registered plugins to what a look at the folders found. `problems` (by path) are updated on the way. A file that
 * cannot be used never stops the others, and leaves its plugin running as it was.
 */
export async function takeIn(
  context: Context,
  snapshot: FolderSnapshot,
  problems: Map<string, OpenProblem>,
): Promise<FolderOutcome> {
  const intake = await createIntake(context, snapshot, problems);
  for (const path of problems.keys()) if (!snapshot.isPresent(path)) problems.delete(path);
  const fresh = new Set(snapshot.readings.map(({ path }) => path));
  const waiting = Array.from(problems.values(), ({ retry }) => retry ?? []).flat();
  const readings = [...snapshot.readings, ...waiting.filter(({ path }) => !fresh.has(path))];
  const open = await intake.takeAll(readings.toSorted((a, b) => a.path.localeCompare(b.path)));
  await intake.takeProblems();
  await intake.takeLosses();
  // What one file gave up another may have been waiting for.
  if (open.length > 0) await intake.takeAll(open);
  return intake.outcome;
}

async function createIntake(context: Context, snapshot: FolderSnapshot, problems: Map<string, OpenProblem>) {
  const { data, clock, log } = context;
  const outcome: FolderOutcome = { registered: [], reloaded: [], gone: [] };
  const owned = new Map((await data.plugins.listFiles()).map((entry) => [entry.file.path, entry]));
  const breathe = createBreath(clock);
  const taken = await data.plugins.listTaken();
  let coming: Array<NewFile & { waiting: OpenProblem | null; length: number }> = [];

  /** Returns the readings whose endpoint somebody else has. */
  async function takeAll(readings: FolderReading[]): Promise<FolderReading[]> {
    const open: FolderReading[] = [];
    const steps = readInTurn(
      context,
      readings.filter((reading) => isNews(reading, owned.get(reading.path))),
      breathe,
    );
    for (const { read } of steps) read.catch(() => undefined);
    for (const { reading, read } of steps) {
      try {
        await breathe();
        if (await take(reading, await read)) continue;
        const problem = problems.get(reading.path);
        if (problem) problem.retry = reading;
        open.push(reading);
      } catch (error) {
        noteFailure(reading.path, error);
      }
    }
    await storeComing();
    return open;
  }

  function noteFailure(path: string, error: unknown): void {
    log.error({ err: error, path }, "a plugin file could not be taken over");
    const message = isAppError(error) ? error.message : "Something went wrong inside the console.";
    const finding = toFileFinding("internal_error", message, "Reload the folders to try again.", "");
    problems.set(path, { findings: [finding], pluginId: null, waitsFor: null });
  }

  /** False when its endpoint belongs to somebody else. */
  async function take({ path, folder, content }: FolderReading, reading: FileReading): Promise<boolean> {
    const place: FilePlace = { path, folder, hash: "hash" in content ? content.hash : "" };
    const owner = owned.get(path) ?? findMoved(place, reading.endpoint);
    if (!isUsable(reading)) {
      await refuse(place, owned.get(path), reading.findings);
      return true;
    }
    const conflict = await findConflict(reading, owner);
    if (conflict) {
      const at = "text" in content ? locate(content.text, "endpoint") : undefined;
      await refuse(place, owner, [{ ...conflict, ...at }]);
      return false;
    }
    const { waitsFor } = reading;
    const waiting = waitsFor && { findings: [toWaiting(waitsFor, content)], waitsFor };
    if (owner === undefined) {
      const name = chooseName(taken.names, reading.manifest.metadata.name);
      const length = "text" in content ? content.text.length : 0;
      await register({ place, reading, name, length, waiting: waiting && { ...waiting, pluginId: null } });
    } else {
      const pluginId = await reload(owner, place, reading);
      setWaiting(problems, path, waiting && { ...waiting, pluginId });
    }
    return true;
  }

  async function register(file: (typeof coming)[number]): Promise<void> {
    taken.names.add(file.name);
    if (file.reading.endpoint !== null) taken.endpoints.add(file.reading.endpoint);
    coming.push(file);
    const characters = coming.reduce((sum, { length }) => sum + length, 0);
    if (coming.length >= BATCH || characters >= BATCH_CHARACTERS) await storeComing();
  }

  async function storeComing(): Promise<void> {
    const files = coming;
    coming = [];
    if (files.length === 0) return;
    // Somebody may have taken a name or an endpoint since we looked: then one by one, so that only that file fails.
    if (!(await tryToStore(files))) for (const file of files) await tryToStore([file]);
  }

  async function tryToStore(files: typeof coming): Promise<boolean> {
    try {
      const records = await registerFiles(context, files);
      const byPath = new Map(files.map((file) => [file.place.path, file]));
      for (const record of records) welcome(record, byPath.get(record.file?.path ?? "")?.waiting ?? null);
      return true;
    } catch (error) {
      const [first] = files;
      if (first && files.length === 1) noteFailure(first.place.path, error);
      return false;
    }
  }

  function welcome(record: PluginRecord, waiting: OpenProblem | null): void {
    remember(record);
    outcome.registered.push(record.name);
    if (record.file) setWaiting(problems, record.file.path, waiting && { ...waiting, pluginId: record.id });
    if (record.desired === "enabled") reconcileLater(context, record.id);
  }

  async function reload(owner: Owned, place: FilePlace, reading: UsableReading): Promise<string> {
    const { record, isChanged, needsRestart } = await reloadFile(context, owner.pluginId, place, reading);
    owned.delete(owner.file.path);
    remember(record);
    if (record.endpoint !== null) taken.endpoints.add(record.endpoint);
    if (isChanged) {
      outcome.reloaded.push(record.name);
      reconcileLater(context, record.id, { restart: needsRestart });
    }
    return record.id;
  }

  function remember({ id, endpoint, file }: PluginRecord): void {
    if (file) owned.set(file.path, { pluginId: id, endpoint, file });
  }

  async function refuse(place: FilePlace, owner: Owned | undefined, findings: Finding[]): Promise<void> {
    const pluginId = owner?.pluginId ?? null;
    problems.set(place.path, { findings, pluginId, waitsFor: null });
    if (pluginId !== null) await markBroken(context, pluginId, place, findings);
  }

  /** A file that lay elsewhere: the same content, or the same endpoint, where the old place is empty. */
  function findMoved({ hash }: FilePlace, endpoint: string | null): Owned | undefined {
    const lost = Array.from(owned.values()).filter(({ file }) => !snapshot.isPresent(file.path));
    return (
      lost.find(({ file }) => file.hash === hash) ??
      lost.find((entry) => endpoint !== null && entry.endpoint === endpoint)
    );
  }

  async function findConflict(reading: UsableReading, owner: Owned | undefined): Promise<Finding | null> {
    const { endpoint, manifest } = reading;
    if (endpoint === null) {
      const detached = owner ? undefined : await findDetachedBuiltin(context, manifest as Json);
      return detached ? toDetached(detached) : null;
    }
    if (!taken.endpoints.has(endpoint)) return null;
    if (coming.some((file) => file.reading.endpoint === endpoint)) await storeComing();
    const holder = await data.plugins.findByEndpoint(endpoint);
    if (holder === null || holder.id === owner?.pluginId) return null;
    return holder.origin === "folder" && holder.file === null ? toDetached(holder) : toTaken(holder);
  }

  /** A pipe, or a link out of the folder, where a plugin's file was. */
  async function takeProblems(): Promise<void> {
    for (const [path, problem] of snapshot.problems) {
      const owner = owned.get(path);
      if (owner === undefined) continue;
      await breathe();
      await refuse({ path, folder: owner.file.folder, hash: "" }, owner, [problem]);
    }
  }

  async function takeLosses(): Promise<void> {
    for (const { pluginId, file } of owned.values()) {
      if (file.state === "gone" || snapshot.isPresent(file.path)) continue;
      await breathe();
      const record = await markGone(context, pluginId);
      if (record === null) continue;
      outcome.gone.push(record.name);
      reconcileLater(context, pluginId);
    }
  }

  return { outcome, takeAll, takeProblems, takeLosses };
}

/** Parses one file after the other, with breaths; names are looked up side by side. */
function readInTurn(context: Context, readings: FolderReading[], breathe: () => Promise<void>) {
  const lookups = createGate(LOOKUPS);
  const parsing = createGate(1);
  return readings.map((reading) => ({
    reading,
    read: lookups.run(async () => {
      const { pending } = await parsing.run(async () => {
        await breathe();
        return { pending: readFileContent(context, reading.content) };
      });
      return pending;
    }),
  }));
}

async function findDetachedBuiltin({ data }: Context, manifest: Json): Promise<PluginRecord | undefined> {
  return (await data.plugins.list()).find(
    (record) =>
      record.origin === "folder" && record.file === null && isSameJson(record.manifest as Json, manifest),
  );
}

function setWaiting(problems: Map<string, OpenProblem>, path: string, waiting: OpenProblem | null): void {
  if (waiting === null) problems.delete(path);
  else problems.set(path, waiting);
}

function isNews({ content }: FolderReading, owner: Owned | undefined): boolean {
  return !(owner?.file.state === "ok" && "hash" in content && content.hash === owner.file.hash);
}

function isUsable(reading: FileReading): reading is UsableReading {
  return reading.manifest !== null;
}

function toWaiting({ host, port }: { host: string; port: number }, content: FolderReading["content"]) {
  const at = "text" in content ? locate(content.text, "endpoint") : undefined;
  return { ...waitingFinding(`${host.includes(":") ? `[${host}]` : host}:${port}`), ...at };
}

/** Of a plugin at a loopback or private place, host:port, that no admin allowed. */
export function waitingFinding(place: string): Finding {
  return toFileFinding(
    "address_needs_approval",
    `${place} is on this machine or in a private network: nothing is sent there until an admin allows it.`,
    "If you trust what listens there, allow it. A file cannot do that for you.",
  );
}

function toTaken({ name, endpoint, file }: PluginRecord): Finding {
  return file === null
    ? toFileFinding(
        "endpoint_taken",
        `${endpoint} is already registered as ${name}, which is not managed by a file.`,
        `Remove ${name} and reload the folders to manage it by this file, or remove this file.`,
      )
    : toFileFinding(
        "endpoint_taken",
        `${endpoint} is already used by ${name}, from ${file.path}.`,
        "Give each file an endpoint of its own, or remove one of the two.",
      );
}

/** No mistake: somebody wanted it so. */
function toDetached({ name }: PluginRecord): Finding {
  const message = `${name} was detached from its file, so this file changes nothing.`;
  const fix = `Remove this file. Or remove ${name} and reload the folders: then the file registers it again.`;
  return { ...toFileFinding("detached", message, fix, ""), severity: "warning" };
}
