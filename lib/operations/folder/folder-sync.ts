import { isAppError } from "../../contract/error.ts";
import type { Finding } from "../../contract/manifest.ts";
import { formatPlace } from "../../core/address.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { FolderReading, FolderSnapshot } from "../../host/folder/directory-watcher.ts";
import { createGate } from "../../async/semaphore.ts";
import { createBreath } from "../../async/yield-to-event-loop.ts";
import type { Context } from "../context.ts";
import { markBroken, markGone, reloadFiles } from "./file-plugin.ts";
import type { FilePlace, Reloaded, UsableReading } from "./file-plugin.ts";
import { findConflict, ringsOf, type Blocked, type Moving, type Owned } from "./endpoint-conflict.ts";
import { readFileContent, toFileFinding, type FileReading } from "./manifest-from-file.ts";
import { atEndpoint, waitingFinding } from "./folder-findings.ts";
import { createNewFiles } from "./batch-registration.ts";
import { chooseName } from "../registration/preview.ts";
import { reconcileLater } from "../plugin-lifecycle.ts";

/** Names that may be looked up at once. */
const LOOKUPS = 16;

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
  const blocked = await intake.takeAll(readings.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
  await intake.takeProblems();
  await intake.takeLosses();
  await intake.takeRest(await intake.exchange(blocked));
  return intake.outcome;
}

async function createIntake(context: Context, snapshot: FolderSnapshot, problems: Map<string, OpenProblem>) {
  const { data, clock, log } = context;
  const outcome: FolderOutcome = { registered: [], reloaded: [], gone: [] };
  const files = await data.plugins.listFiles();
  const owned = new Map<string, Owned>(files.map((entry) => [entry.file.path, entry]));
  const breathe = createBreath(clock);
  const taken = await data.plugins.listTaken();
  const coming = createNewFiles(context, { welcome, fail: noteFailure });

  /** Returns the files whose endpoint somebody else has: others may be about to give it up. */
  async function takeAll(readings: FolderReading[]): Promise<Blocked[]> {
    const blocked: Blocked[] = [];
    const news = readings.filter((reading) => isNews(reading, owned.get(reading.path)));
    const steps = readInTurn(context, news, breathe);
    for (const { read } of steps) read.catch(() => undefined);
    for (const { reading: found, read } of steps) {
      try {
        await breathe();
        const refused = await take(found, await read);
        if (refused) blocked.push(refused);
      } catch (error) {
        noteFailure(found.path, error);
      }
    }
    await coming.store();
    return blocked;
  }

  /** Lets files go together that want each other's endpoints in a ring: none of them could go first. Returns the others. */
  async function exchange(blocked: Blocked[]): Promise<Blocked[]> {
    const rings = ringsOf(blocked);
    for (const ring of rings) await reloadTogether(ring);
    const moved = new Set<Blocked>(rings.flat());
    return blocked.filter((file) => !moved.has(file));
  }

  async function reloadTogether(files: Moving[]): Promise<void> {
    try {
      const moves = files.map(({ owner, place, reading }) => ({ pluginId: owner.pluginId, place, reading }));
      const byId = new Map((await reloadFiles(context, moves)).map((one) => [one.record.id, one]));
      for (const { owner, found, reading } of files) {
        const one = byId.get(owner.pluginId);
        if (one) noteReload(owner, one);
        setWaiting(problems, found.path, toWaiting(found, reading, owner.pluginId));
      }
    } catch (error) {
      for (const { found } of files) noteFailure(found.path, error);
    }
  }

  /** What one file gave up another may have been waiting for; the rest is refused. */
  async function takeRest(blocked: Blocked[]): Promise<void> {
    for (const { found, reading } of blocked) {
      try {
        await breathe();
        const still = await take(found, reading);
        if (!still) continue;
        await refuse(still.place, still.owner, [atEndpoint(still.conflict, found.content)]);
        const problem = problems.get(found.path);
        if (problem) problem.retry = found;
      } catch (error) {
        noteFailure(found.path, error);
      }
    }
    await coming.store();
  }

  function noteFailure(path: string, error: unknown): void {
    log.error({ err: error, path }, "a plugin file could not be taken over");
    const message = isAppError(error) ? error.message : "Something went wrong inside the console.";
    const finding = toFileFinding("internal_error", message, "Reload the folders to try again.", "");
    problems.set(path, { findings: [finding], pluginId: null, waitsFor: null });
  }

  /** What stands in the way when its endpoint belongs to somebody else; null once the file is dealt with. */
  async function take(found: FolderReading, reading: FileReading): Promise<Blocked | null> {
    const { path, folder, content } = found;
    const place: FilePlace = { path, folder, hash: "hash" in content ? content.hash : "" };
    const owner = owned.get(path) ?? findMoved(place, reading.endpoint);
    if (!isUsable(reading)) return refuse(place, owned.get(path), reading.findings);
    // Whose endpoint nobody has needs no question to the database.
    const isFree = reading.endpoint !== null && !taken.endpoints.has(reading.endpoint);
    if (reading.endpoint !== null && coming.has(reading.endpoint)) await coming.store();
    const conflict = isFree ? null : await findConflict(context, reading, owner);
    if (conflict) return { found, reading, place, owner, ...conflict };
    if (owner === undefined) {
      const name = chooseName(taken.names, reading.manifest.metadata.name);
      taken.names.add(name);
      if (reading.endpoint !== null) taken.endpoints.add(reading.endpoint);
      setWaiting(problems, path, toWaiting(found, reading, null));
      await coming.add({ place, reading, name, length: "text" in content ? content.text.length : 0 });
    } else {
      const [one] = await reloadFiles(context, [{ pluginId: owner.pluginId, place, reading }]);
      if (one) noteReload(owner, one);
      setWaiting(problems, path, toWaiting(found, reading, owner.pluginId));
    }
    return null;
  }

  function welcome(record: PluginRecord): void {
    remember(record);
    outcome.registered.push(record.name);
    const waiting = record.file && problems.get(record.file.path);
    if (waiting) waiting.pluginId = record.id;
    if (record.desired === "enabled") reconcileLater(context, record.id);
  }

  function noteReload(owner: Owned, { record, isChanged, needsRestart }: Reloaded): void {
    owned.delete(owner.file.path);
    remember(record);
    if (record.endpoint !== null) taken.endpoints.add(record.endpoint);
    if (!isChanged) return;
    outcome.reloaded.push(record.name);
    reconcileLater(context, record.id, { restart: needsRestart });
  }

  function remember({ id, endpoint, file }: PluginRecord): void {
    if (file) owned.set(file.path, { pluginId: id, endpoint, file });
  }

  async function refuse(place: FilePlace, owner: Owned | undefined, findings: Finding[]): Promise<null> {
    const pluginId = owner?.pluginId ?? null;
    problems.set(place.path, { findings, pluginId, waitsFor: null });
    if (pluginId !== null) await markBroken(context, pluginId, place, findings);
    return null;
  }

  /** A file that lay elsewhere: the same content, or the same endpoint, where the old place is empty. */
  function findMoved({ hash }: FilePlace, endpoint: string | null): Owned | undefined {
    const lost = Array.from(owned.values()).filter(({ file }) => !snapshot.isPresent(file.path));
    const hasEndpoint = (entry: Owned) => endpoint !== null && entry.endpoint === endpoint;
    return lost.find(({ file }) => file.hash === hash) ?? lost.find(hasEndpoint);
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

  return { outcome, takeAll, exchange, takeRest, takeProblems, takeLosses };
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

/** What a usable file waits for; null when its place needs no consent, or has one. */
function toWaiting(
  { content }: FolderReading,
  { waitsFor }: UsableReading,
  pluginId: string | null,
): OpenProblem | null {
  if (waitsFor === null) return null;
  const finding = waitingFinding(formatPlace(waitsFor.host, waitsFor.port));
  return { findings: [atEndpoint(finding, content)], pluginId, waitsFor };
}
