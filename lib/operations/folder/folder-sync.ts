import { isAppError } from "../../contract/error.ts";
import type { Finding } from "../../contract/manifest.ts";
import type { PluginRecord } from "../../data/data.ts";
import type { FolderReading, FolderSnapshot } from "../../host/folder/directory-watcher.ts";
import { createYieldToEventLoop } from "../../async/yield-to-event-loop.ts";
import type { Context } from "../context.ts";
import { markBroken, markGone, reloadFiles } from "./file-plugin.ts";
import type { FilePlace, Reloaded, UsableReading } from "./file-plugin.ts";
import {
  findEndpointConflict,
  findEndpointRings,
  type ConflictingFile,
  type OwnedConflictingFile,
} from "./endpoint-conflict.ts";
import { FileOwners, type FileOwner } from "./file-owners.ts";
import { readManifestFiles, toFileFinding, type FileReading } from "./manifest-from-file.ts";
import { atEndpoint, toApprovalProblem, type OpenProblem } from "./folder-findings.ts";
import { BatchRegistration } from "./batch-registration.ts";
import { chooseName } from "../registration/preview.ts";
import { reconcileLater } from "../plugin-lifecycle.ts";

/** What a scan of the folders changed, by name of plugin. */
export interface FolderChanges {
  registered: string[];
  reloaded: string[];
  gone: string[];
}

/**
 * After this resolves, the registered plugins are what a scan of the folders found. `problems` (by path) are updated on the way. A
 * file that cannot be used never stops the others, and leaves its plugin running as it was.
 */
export async function syncFolders(
  context: Context,
  snapshot: FolderSnapshot,
  problems: Map<string, OpenProblem>,
): Promise<FolderChanges> {
  const sync = new FolderSync(context, snapshot, problems, await FileOwners.load(context.data));
  return sync.run();
}

/** One sync; used once. */
class FolderSync {
  readonly #context: Context;
  readonly #snapshot: FolderSnapshot;
  readonly #problems: Map<string, OpenProblem>;
  readonly #owners: FileOwners;
  readonly #batch: BatchRegistration;
  readonly #yieldToEventLoop: () => Promise<void>;
  readonly #changes: FolderChanges = { registered: [], reloaded: [], gone: [] };

  constructor(
    context: Context,
    snapshot: FolderSnapshot,
    problems: Map<string, OpenProblem>,
    owners: FileOwners,
  ) {
    this.#context = context;
    this.#snapshot = snapshot;
    this.#problems = problems;
    this.#owners = owners;
    this.#yieldToEventLoop = createYieldToEventLoop(context.clock);
    this.#batch = new BatchRegistration(context, {
      onRegistered: (record) => this.#noteRegistered(record),
      onFailed: (path, error) => this.#noteFailure(path, error),
    });
  }

  async run(): Promise<FolderChanges> {
    const { readings, isPresent } = this.#snapshot;
    for (const path of this.#problems.keys()) if (!isPresent(path)) this.#problems.delete(path);
    const fresh = new Set(readings.map(({ path }) => path));
    const retries = Array.from(this.#problems.values(), ({ retry }) => retry ?? []).flat();
    const all = [...readings, ...retries.filter(({ path }) => !fresh.has(path))];
    const blocked = await this.#applyAll(all.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
    await this.#markUnusable();
    await this.#markMissing();
    await this.#applyBlocked(await this.#exchangeEndpoints(blocked));
    return this.#changes;
  }

  /** Returns the files whose endpoint another plugin has: that one may be about to give it up. */
  async #applyAll(readings: FolderReading[]): Promise<ConflictingFile[]> {
    const blocked: ConflictingFile[] = [];
    const news = readings.filter((reading) => this.#owners.isNews(reading));
    for (const { found, read } of readManifestFiles(this.#context, news, this.#yieldToEventLoop)) {
      try {
        await this.#yieldToEventLoop();
        const conflict = await this.#apply(found, await read);
        if (conflict) blocked.push(conflict);
      } catch (error) {
        this.#noteFailure(found.path, error);
      }
    }
    await this.#batch.flush();
    return blocked;
  }

  /** Moves files together that want each other's endpoints in a ring: none of them could go first. Returns the others. */
  async #exchangeEndpoints(blocked: ConflictingFile[]): Promise<ConflictingFile[]> {
    const rings = findEndpointRings(blocked);
    for (const ring of rings) await this.#reloadTogether(ring);
    const moved = new Set<ConflictingFile>(rings.flat());
    return blocked.filter((file) => !moved.has(file));
  }

  async #reloadTogether(files: OwnedConflictingFile[]): Promise<void> {
    try {
      const moves = files.map(({ owner, place, reading }) => ({ pluginId: owner.pluginId, place, reading }));
      const reloaded = await reloadFiles(this.#context, moves);
      const byId = new Map(reloaded.map((one) => [one.record.id, one]));
      for (const { owner, found, reading } of files) {
        const one = byId.get(owner.pluginId);
        if (one) this.#noteReloaded(owner, one);
        this.#setApprovalProblem(found, reading, owner.pluginId);
      }
    } catch (error) {
      for (const { found } of files) this.#noteFailure(found.path, error);
    }
  }

  /** What one file gave up another may have been waiting for; the rest is refused, and tried again at the next sync. */
  async #applyBlocked(blocked: ConflictingFile[]): Promise<void> {
    for (const { found, reading } of blocked) {
      try {
        await this.#yieldToEventLoop();
        const still = await this.#apply(found, reading);
        if (!still) continue;
        await this.#refuse(still.place, still.owner, [atEndpoint(still.conflict, found.content)]);
        const problem = this.#problems.get(found.path);
        if (problem) problem.retry = found;
      } catch (error) {
        this.#noteFailure(found.path, error);
      }
    }
    await this.#batch.flush();
  }

  /** The conflict when its endpoint belongs to another plugin; null once the file is dealt with. */
  async #apply(found: FolderReading, reading: FileReading): Promise<ConflictingFile | null> {
    const { path, folder, content } = found;
    const place: FilePlace = { path, folder, hash: "hash" in content ? content.hash : "" };
    const known = this.#owners.find(path);
    const owner = known ?? this.#owners.findMoved(this.#snapshot, place, reading.endpoint);
    if (!isUsable(reading)) {
      await this.#refuse(place, known, reading.findings);
      return null;
    }
    const conflict = await this.#findConflict(reading, owner);
    if (conflict) return { found, reading, place, owner, ...conflict };
    if (owner === undefined) await this.#register(found, reading, place);
    else await this.#reload(found, reading, place, owner);
    return null;
  }

  async #findConflict(reading: UsableReading, owner: FileOwner | undefined) {
    const { endpoint } = reading;
    if (endpoint !== null) {
      // Whose endpoint nobody has needs no question to the database.
      const isFree = !this.#owners.endpoints.has(endpoint);
      if (this.#batch.hasEndpoint(endpoint)) await this.#batch.flush();
      if (isFree) return null;
    }
    return findEndpointConflict(this.#context, reading, owner);
  }

  async #register(found: FolderReading, reading: UsableReading, place: FilePlace): Promise<void> {
    const { names, endpoints } = this.#owners;
    const name = chooseName(names, reading.manifest.metadata.name);
    names.add(name);
    if (reading.endpoint !== null) endpoints.add(reading.endpoint);
    this.#setApprovalProblem(found, reading, null);
    const length = "text" in found.content ? found.content.text.length : 0;
    await this.#batch.add({ place, reading, name, length });
  }

  async #reload(
    found: FolderReading,
    reading: UsableReading,
    place: FilePlace,
    owner: FileOwner,
  ): Promise<void> {
    const [one] = await reloadFiles(this.#context, [{ pluginId: owner.pluginId, place, reading }]);
    if (one) this.#noteReloaded(owner, one);
    this.#setApprovalProblem(found, reading, owner.pluginId);
  }

  async #refuse(place: FilePlace, owner: FileOwner | undefined, findings: Finding[]): Promise<void> {
    const pluginId = owner?.pluginId ?? null;
    this.#problems.set(place.path, { findings, pluginId, waitsFor: null });
    if (pluginId !== null) await markBroken(this.#context, pluginId, place, findings);
  }

  /** Of plugins at whose path is a pipe by now, or a link out of the folder. */
  async #markUnusable(): Promise<void> {
    for (const [path, problem] of this.#snapshot.problems) {
      const owner = this.#owners.find(path);
      if (owner === undefined) continue;
      await this.#yieldToEventLoop();
      await this.#refuse({ path, folder: owner.file.folder, hash: "" }, owner, [problem]);
    }
  }

  async #markMissing(): Promise<void> {
    for (const { pluginId, file } of this.#owners.list()) {
      if (file.state === "gone" || this.#snapshot.isPresent(file.path)) continue;
      await this.#yieldToEventLoop();
      const record = await markGone(this.#context, pluginId);
      if (record === null) continue;
      this.#changes.gone.push(record.name);
      reconcileLater(this.#context, pluginId);
    }
  }

  #noteRegistered(record: PluginRecord): void {
    this.#owners.add(record);
    this.#changes.registered.push(record.name);
    const problem = record.file && this.#problems.get(record.file.path);
    if (problem) problem.pluginId = record.id;
    if (record.desired === "enabled") reconcileLater(this.#context, record.id);
  }

  #noteReloaded(owner: FileOwner, { record, isChanged, needsRestart }: Reloaded): void {
    this.#owners.remove(owner.file.path);
    this.#owners.add(record);
    if (!isChanged) return;
    this.#changes.reloaded.push(record.name);
    reconcileLater(this.#context, record.id, { restart: needsRestart });
  }

  #noteFailure(path: string, error: unknown): void {
    this.#context.log.error({ err: error, path }, "a plugin file could not be taken over");
    const message = isAppError(error) ? error.message : "Something went wrong inside the console.";
    const finding = toFileFinding("internal_error", message, "Reload the folders to try again.", "");
    this.#problems.set(path, { findings: [finding], pluginId: null, waitsFor: null });
  }

  #setApprovalProblem(found: FolderReading, { waitsFor }: UsableReading, pluginId: string | null): void {
    if (waitsFor === null) this.#problems.delete(found.path);
    else this.#problems.set(found.path, toApprovalProblem(found.content, waitsFor, pluginId));
  }
}

function isUsable(reading: FileReading): reading is UsableReading {
  return reading.manifest !== null;
}
