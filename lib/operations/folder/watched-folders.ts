import type { FolderProblem, FolderReport } from "../../contract/intake.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { classifyAddress, formatPlace, parseEndpoint, type Endpoint } from "../../core/address.ts";
import { createDirectoryWatcher } from "../../host/folder/directory-watcher.ts";
import type { FolderSnapshot } from "../../host/folder/directory-watcher.ts";
import { requirePermission, type Actor } from "../actor.ts";
import { toAuditEntry } from "../audit.ts";
import { nowIso, type Context } from "../context.ts";
import { waitingFinding } from "./folder-findings.ts";
import { takeIn, type FolderOutcome, type OpenProblem } from "./folder-sync.ts";
import { getRecord, viewPlugin } from "../plugins.ts";

/** The watched folders, owned by `server.ts`. */
export interface Folders {
  /** Looks, brings the plugins to what was found, then goes on by itself. Resolves after the first look. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Reads every file again and waits until that was applied; what changed meanwhile. */
  rescan(): Promise<FolderOutcome>;
  report(changes?: FolderOutcome): Promise<FolderReport>;
}

export function createFolders(context: Context, paths: readonly string[]): Folders {
  const { data, host, clock, log, approvals } = context;
  const problems = new Map<string, OpenProblem>();
  const collecting = new Set<FolderOutcome>();
  let last: FolderSnapshot | null = null;
  let scannedAt: string | null = null;
  let changes: FolderOutcome = { registered: [], reloaded: [], gone: [] };

  const watcher = createDirectoryWatcher({ folders: paths, clock, log, deliver });

  async function deliver(snapshot: FolderSnapshot): Promise<void> {
    const outcome = await takeIn(context, snapshot, problems);
    last = snapshot;
    scannedAt = nowIso(clock);
    const { registered, reloaded, gone } = outcome;
    if (registered.length + reloaded.length + gone.length === 0) return;
    changes = outcome;
    for (const sum of collecting) {
      sum.registered.push(...registered);
      sum.reloaded.push(...reloaded);
      sum.gone.push(...gone);
    }
    const counts = { registered: registered.length, reloaded: reloaded.length, gone: gone.length };
    log.info(counts, "the plugin folders changed");
  }

  async function listProblems(): Promise<FolderProblem[]> {
    const found = new Map<string, OpenProblem>(
      Array.from(last?.problems ?? []).map(([path, finding]) => [
        path,
        { findings: [finding], pluginId: null, waitsFor: null },
      ]),
    );
    for (const [path, problem] of problems) {
      const { waitsFor } = problem;
      if (waitsFor === null || !approvals.isApproved(waitsFor.host, waitsFor.port)) found.set(path, problem);
    }
    // Also what waits since before this start, and what was taken back meanwhile.
    const files = await data.plugins.listFiles();
    for (const { pluginId, file, endpoint } of files) {
      if (found.has(file.path) || endpoint === null) continue;
      const place = parseEndpoint(endpoint);
      const isRefused = host.status(pluginId).failure?.code === "address_needs_approval";
      if (isRefused || (file.state === "ok" && lacksConsent(place)))
        found.set(file.path, {
          findings: [waitingFinding(formatPlace(place.host, place.port))],
          pluginId,
          waitsFor: null,
        });
    }
    // One query for all: a thousand files may wait for the same admin.
    const owners = new Map(files.map(({ pluginId: id, name, endpoint }) => [id, { id, name, endpoint }]));
    return Array.from(found)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { findings, pluginId }]) => ({
        ...{ path, findings },
        plugin: pluginId === null ? null : (owners.get(pluginId) ?? null),
      }));
  }

  /** Of a plugin that is off nobody knows more than its address tells without a look-up. */
  function lacksConsent({ host: name, port }: Endpoint): boolean {
    return (
      (name === "localhost" || classifyAddress(name) === "approval") && !approvals.isApproved(name, port)
    );
  }

  return {
    start: watcher.start,
    stop: watcher.stop,
    async rescan() {
      const sum: FolderOutcome = { registered: [], reloaded: [], gone: [] };
      collecting.add(sum);
      try {
        await watcher.rescan();
      } finally {
        collecting.delete(sum);
      }
      return sum;
    },
    async report(since = changes) {
      const folders = last?.folders ?? paths.map((path) => ({ path, exists: false, manifests: 0 }));
      return { folders, scannedAt, ...since, problems: await listProblems() };
    },
  };
}

/** The watched folders as they were last read. */
export async function listFolders(folders: Folders, actor: Actor): Promise<FolderReport> {
  requirePermission(actor, "plugins:read");
  return folders.report();
}

/** Reads the watched folders again; answers when everything found is applied. */
export async function rescanFolders(context: Context, folders: Folders, actor: Actor): Promise<FolderReport> {
  requirePermission(actor, "plugins:write");
  await context.data.audit.append(toAuditEntry(context, actor, { action: "folder.rescanned" }));
  return folders.report(await folders.rescan());
}

/**
 * Takes a plugin away from its file: from now on it belongs to the console, and the file is only told of. A plugin without a file
 * stays as it is. Throws `not_found`.
 */
export async function detachPlugin(
  context: Context,
  folders: Folders,
  actor: Actor,
  idOrName: string,
): Promise<Plugin> {
  requirePermission(actor, "plugins:write");
  const { record, isChanged } = await context.data.transaction(async (repositories) => {
    const before = await getRecord(repositories, idOrName);
    if (before.file === null) return { record: before, isChanged: false };
    const { path } = before.file;
    const after = await repositories.plugins.update(before.id, { file: null });
    const target = { id: after.id, name: after.name };
    const changes = [{ field: "file", before: path, after: null }];
    await repositories.audit.append(
      toAuditEntry(context, actor, { action: "plugin.detached", target, changes }),
    );
    return { record: after, isChanged: true };
  });
  if (isChanged) await folders.rescan();
  return viewPlugin(context, record);
}
