import { z } from "zod";
import { Me, SetupState, type SetupRequest } from "../contract/account.ts";
import { ActivityPage } from "../contract/activity.ts";
import {
  EffectiveConfig,
  PluginConfig,
  PluginConfigSaved,
  type PluginConfigWrite,
} from "../contract/config.ts";
import { ConfigRestored, ConfigRevisionList, type ConfigRestore } from "../contract/config-revision.ts";
import { HealthReport, Overview } from "../contract/health.ts";
import { LogPage, PluginProcess, type ProcessCommand, type ProcessLimits } from "../contract/process.ts";
import { type DriftAccept } from "../contract/drift.ts";
import { Plugin, PluginModels, PluginSummary } from "../contract/plugin.ts";
import { PluginPreview, type PluginCreate, type PluginPatch } from "../contract/registration.ts";
import { ApprovalList, FolderReport } from "../contract/intake.ts";
import type { Call, Send } from "./http.ts";

const OnePlugin = z.object({ plugin: Plugin });
const ManyPlugins = z.object({ plugins: z.array(PluginSummary) });
const OneProcess = z.object({ process: PluginProcess });
const Anything = z.unknown();

/** Which lines of a process's output: the newest `limit` after line `after`, of one stream, that contain `q`. */
export interface LogSearch {
  after?: number | undefined;
  limit?: number | undefined;
  stream?: "stdout" | "stderr" | "console" | undefined;
  q?: string | undefined;
}

export interface ActivityFilter {
  cursor?: string | undefined;
  limit?: number | undefined;
  pluginId?: string | undefined;
}

/** Epoch ms, `from` < `to`; an absent end means "now", an absent start an hour before the end. */
export interface TimeRange {
  from?: number | undefined;
  to?: number | undefined;
}

export type Api = ReturnType<typeof createApi>;

/** Every call of our HTTP API that people's screens make, typed by the contract. Each throws `AppError`. */
export function createApi(send: Send) {
  const plugin = (id: string, rest = "") => `/api/plugins/${encodeURIComponent(id)}${rest}`;
  const one = async (call: Call) => (await send(OnePlugin, call)).plugin;
  return {
    me: (signal?: AbortSignal) => send(Me, { path: "/api/me", signal }),
    setupState: (signal?: AbortSignal) => send(SetupState, { path: "/api/setup", signal }),
    checkSetupToken: (token: string, signal?: AbortSignal) =>
      send(Anything, { method: "POST", path: "/api/setup/token", body: { token }, signal }),
    setup: (body: SetupRequest, signal?: AbortSignal) =>
      send(Anything, { method: "POST", path: "/api/setup", body, signal }),
    signIn: (body: { email: string; password: string }, signal?: AbortSignal) =>
      send(Anything, { method: "POST", path: "/api/auth/sign-in/email", body, signal }),
    signOut: (signal?: AbortSignal) =>
      send(Anything, { method: "POST", path: "/api/auth/sign-out", body: {}, signal }),
    overview: (signal?: AbortSignal) => send(Overview, { path: "/api/overview", signal }),
    listPlugins: async (signal?: AbortSignal) =>
      (await send(ManyPlugins, { path: "/api/plugins", signal })).plugins,
    getPlugin: (id: string, signal?: AbortSignal) => one({ path: plugin(id), signal }),
    previewPlugin: (body: PluginCreate, signal?: AbortSignal) =>
      send(PluginPreview, { method: "POST", path: "/api/plugins/preview", body, signal }),
    registerPlugin: (body: PluginCreate, signal?: AbortSignal) =>
      one({ method: "POST", path: "/api/plugins", body, signal }),
    changePlugin: (id: string, body: PluginPatch, signal?: AbortSignal) =>
      one({ method: "PATCH", path: plugin(id), body, signal }),
    removePlugin: (id: string, signal?: AbortSignal) =>
      send(Anything, { method: "DELETE", path: plugin(id), signal }),
    enablePlugin: (id: string, signal?: AbortSignal) =>
      one({ method: "POST", path: plugin(id, "/enable"), body: {}, signal }),
    disablePlugin: (id: string, signal?: AbortSignal) =>
      one({ method: "POST", path: plugin(id, "/disable"), body: {}, signal }),
    restartPlugin: (id: string, signal?: AbortSignal) =>
      one({ method: "POST", path: plugin(id, "/restart"), body: {}, signal }),
    checkPlugin: (id: string, signal?: AbortSignal) =>
      one({ method: "POST", path: plugin(id, "/check"), body: {}, signal }),
    /** Gives the plugin to the console: its manifest file no longer speaks for it. */
    detachPlugin: (id: string, signal?: AbortSignal) =>
      one({ method: "POST", path: plugin(id, "/detach"), body: {}, signal }),
    /** Of the manifest as a file; `toAddress` makes it a link. */
    manifestPath: (id: string, format: "yaml" | "json") => plugin(id, `/manifest?format=${format}`),
    getProcess: async (id: string, signal?: AbortSignal) =>
      (await send(OneProcess, { path: plugin(id, "/process"), signal })).process,
    /** Agrees to run exactly `command`, as it was shown. */
    approveProcess: async (id: string, command: ProcessCommand, signal?: AbortSignal) =>
      (
        await send(OneProcess, {
          method: "POST",
          path: plugin(id, "/process/approve"),
          body: { command },
          signal,
        })
      ).process,
    /** Takes the approval of the command back; answers when its process is gone. */
    revokeProcess: async (id: string, signal?: AbortSignal) =>
      (await send(OneProcess, { method: "DELETE", path: plugin(id, "/process/approval"), signal })).process,
    setProcessLimits: async (id: string, body: ProcessLimits, signal?: AbortSignal) =>
      (await send(OneProcess, { method: "PUT", path: plugin(id, "/process/limits"), body, signal })).process,
    listLog: async (id: string, search: LogSearch, signal?: AbortSignal) =>
      (await send(LogPage, { path: plugin(id, `/logs${toQuery({ ...search })}`), signal })).lines,
    listFolders: (signal?: AbortSignal) => send(FolderReport, { path: "/api/folders", signal }),
    rescanFolders: (signal?: AbortSignal) =>
      send(FolderReport, { method: "POST", path: "/api/plugins/rescan", body: {}, signal }),
    listApprovals: async (signal?: AbortSignal) =>
      (await send(ApprovalList, { path: "/api/approvals", signal })).approvals,
    revokeApproval: (id: string, signal?: AbortSignal) =>
      send(Anything, { method: "DELETE", path: `/api/approvals/${encodeURIComponent(id)}`, signal }),
    getConfig: (id: string, signal?: AbortSignal) =>
      send(PluginConfig, { path: plugin(id, "/config"), signal }),
    saveConfig: (id: string, body: PluginConfigWrite, signal?: AbortSignal) =>
      send(PluginConfigSaved, { method: "PUT", path: plugin(id, "/config"), body, signal }),
    getEffectiveConfig: (id: string, signal?: AbortSignal) =>
      send(EffectiveConfig, { path: plugin(id, "/config/effective"), signal }),
    /** Newest first; the first is what is in force. */
    listRevisions: async (id: string, signal?: AbortSignal) =>
      (await send(ConfigRevisionList, { path: plugin(id, "/config/revisions"), signal })).revisions,
    restoreConfig: (id: string, body: z.input<typeof ConfigRestore>, signal?: AbortSignal) =>
      send(ConfigRestored, { method: "POST", path: plugin(id, "/config/restore"), body, signal }),
    acceptDrift: (id: string, body: DriftAccept, signal?: AbortSignal) =>
      one({ method: "POST", path: plugin(id, "/drift/accept"), body, signal }),
    getHealth: (id: string, range: TimeRange, signal?: AbortSignal) =>
      send(HealthReport, { path: plugin(id, `/health${toQuery({ ...range })}`), signal }),
    getModels: (id: string, signal?: AbortSignal) =>
      send(PluginModels, { path: plugin(id, "/models"), signal }),
    refreshModels: (id: string, signal?: AbortSignal) =>
      send(PluginModels, { method: "POST", path: plugin(id, "/models/refresh"), body: {}, signal }),
    listActivity: (filter: ActivityFilter, signal?: AbortSignal) =>
      send(ActivityPage, { path: `/api/activity${toQuery({ ...filter })}`, signal }),
  };
}

function toQuery(parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `?${query}` : "";
}
