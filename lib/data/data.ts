import type { DBAdapterInstance } from "better-auth";
import type { AuditEntry } from "../contract/activity.ts";
import type { SecretState, SecretWrite } from "../contract/config.ts";
import type { ConfigRevision } from "../contract/config-revision.ts";
import type { ErrorInfo } from "../contract/error.ts";
import type { HealthMarker, Incident, Sample } from "../contract/health.ts";
import type { Finding, Manifest } from "../contract/manifest.ts";
import type { ProcessCommand, ProcessLimits } from "../contract/process.ts";
import type { Inventory } from "../core/inventory.ts";
import type { RevisionInput } from "../core/revision.ts";
import type { ConfigValues, Desired, PluginFile, PluginOrigin } from "../contract/plugin.ts";

/** A plugin's manifest file with the SHA-256 of the content last read, hex. */
export interface StoredFile extends PluginFile {
  hash: string;
  /** Present while the file is gone: whether the plugin was enabled when it went, and so comes back enabled. */
  resume?: boolean | undefined;
}

/** A stored registration. */
export interface PluginRecord {
  id: string;
  name: string;
  origin: PluginOrigin;
  manifest: Manifest;
  /** Null unless the plugin belongs to a file of a watched folder. `path` is unique. */
  file: StoredFile | null;
  findings: Finding[];
  /** Normalised base URL; null for builtin. Unique. */
  endpoint: string | null;
  desired: Desired;
  healthCheckIntervalSeconds: number;
  createdAt: string;
  updatedAt: string;
}

/** A file of a watched folder and the plugin it belongs to. */
export interface OwnedFile {
  pluginId: string;
  name: string;
  endpoint: string | null;
  file: Pick<StoredFile, "path" | "folder" | "state" | "hash">;
}

export interface PluginStore {
  list(): Promise<PluginRecord[]>;
  /** By id or by unique name. */
  find(idOrName: string): Promise<PluginRecord | null>;
  findByEndpoint(endpoint: string): Promise<PluginRecord | null>;
  /** Every name and endpoint in use. */
  listTaken(): Promise<{ names: Set<string>; endpoints: Set<string> }>;
  /** The files that plugins belong to, without their findings: there may be thousands. */
  listFiles(): Promise<OwnedFile[]>;
  /** Throws `name_taken` or `endpoint_taken`. */
  create(input: Omit<PluginRecord, "id" | "createdAt" | "updatedAt">): Promise<PluginRecord>;
  /** Many at once, in two statements; all or none. Throws like `create`. */
  createAll(
    inputs: ReadonlyArray<Omit<PluginRecord, "id" | "createdAt" | "updatedAt">>,
  ): Promise<PluginRecord[]>;
  /** Throws `not_found`, `name_taken` or `endpoint_taken`. */
  update(
    id: string,
    patch: Partial<Omit<PluginRecord, "id" | "createdAt" | "updatedAt">>,
  ): Promise<PluginRecord>;
  /** Removes it with its configuration, secrets, samples, incidents and markers. Audit stays. */
  remove(id: string): Promise<void>;
}

/** Secrets in clear text by field, and why the others cannot be used. */
export interface OpenedSecrets {
  values: Record<string, string>;
  problems: Record<string, string>;
}

export interface ConfigStore {
  get(pluginId: string): Promise<{ values: ConfigValues; version: number }>;
  /** One entry for every stored secret, as things are while the plugin goes to `origin` (`Destinations.originOf`). */
  secretStates(pluginId: string, origin: string | null): Promise<Record<string, SecretState>>;
  /**
   * Replaces the values, applies the secret operations, binds new secrets to `origin` (that of the plugin's present endpoint when
   * absent), adds a revision, returns the new version. Throws `version_conflict`.
   */
  save(
    pluginId: string,
    write: {
      version: number;
      values: ConfigValues;
      secrets: Record<string, SecretWrite>;
      changedBy: string;
      origin?: string | null;
      revision?: RevisionInput;
    },
  ): Promise<number>;
  /** Newest first, at most `REVISIONS_KEPT`. */
  revisions(pluginId: string): Promise<ConfigRevision[]>;
  /**
   * Takes the values of these fields out of every revision and out of the activity of the configuration: they have become secrets.
   * When that is committed, their bytes are gone from the database's files too; older copies keep them.
   */
  scrub(pluginId: string, fields: readonly string[]): Promise<void>;
  /** Sensitive fields that have a value in clear text somewhere: in force, in a revision or in the activity. */
  listExposed(): Promise<Array<{ pluginId: string; fields: string[] }>>;
  /** Why the operator does not allow a secret to be this reference; null when it may be stored. */
  refuseReference(reference: string): Promise<string | null>;
  /** The text a reference leads to now, or why it leads nowhere. Its text is a secret. */
  resolveReference(reference: string): Promise<{ value: string } | { problem: string }>;
  /** Binds the secrets that are bound to no origin to this one; returns how many there were. */
  bindUnbound(pluginId: string, origin: string): Promise<number>;
  /**
   * Decrypts, and follows references. A secret that was entered for another origin stays closed: it is among the problems.
   * Only the host calls this, with the origin it is about to send to.
   */
  openSecrets(pluginId: string, origin: string | null): Promise<OpenedSecrets>;
}

export interface SampleStore {
  /** One statement for the whole batch. */
  append(batch: ReadonlyArray<Sample & { pluginId: string }>): Promise<void>;
  /** Oldest first, `from` ≤ at < `to`. */
  range(pluginId: string, from: number, to: number): Promise<Sample[]>;
  prune(before: number): Promise<number>;
}

export interface IncidentStore {
  /** At most one is open per plugin; opening twice keeps the first. */
  open(pluginId: string, at: string, error: ErrorInfo): Promise<void>;
  /** Closes the open one, if any. */
  close(pluginId: string, at: string): Promise<void>;
  /** Those overlapping the range, newest first. */
  list(pluginId: string, from: number, to: number): Promise<Incident[]>;
  listOpen(): Promise<Incident[]>;
}

export interface MarkerStore {
  add(pluginId: string, marker: HealthMarker): Promise<void>;
  list(pluginId: string, from: number, to: number): Promise<HealthMarker[]>;
}

export interface AuditStore {
  append(entry: Omit<AuditEntry, "id">): Promise<void>;
  /** Many in one statement, in this order. */
  appendAll(entries: ReadonlyArray<Omit<AuditEntry, "id">>): Promise<void>;
  /** Newest first; `cursor` is the id of the last entry of the page before. An unknown cursor gives an empty page. */
  list(query: { cursor?: string; limit: number; targetId?: string }): Promise<AuditEntry[]>;
}

/** Consent of an admin to talk to one loopback or private host:port. */
export interface ApprovalStore {
  list(): Promise<Array<{ host: string; port: number; approvedBy: string; approvedAt: string }>>;
  /** Idempotent. */
  add(approval: { host: string; port: number; approvedBy: string; approvedAt: string }): Promise<void>;
  /** False when there was none. */
  remove(host: string, port: number): Promise<boolean>;
}

/** An admin's yes to one command, with the files it was given for. */
export interface CommandApproval {
  command: ProcessCommand;
  inventory: Inventory;
  approvedBy: string;
  approvedAt: string;
}

/** What an admin decided about the process of a plugin. */
export interface ProcessDecision {
  approval:
    | (Omit<CommandApproval, "inventory"> & {
        /** Read when asked for; empty for an approval that knew none. */
        inventory(): Inventory;
      })
    | null;
  limits: ProcessLimits;
}

/** One start that has not ended as far as is known. Pid and start time together name one process for ever. */
export interface StoredRun {
  runId: string;
  pid: number;
  startTicks: number;
}

export interface ProcessStore {
  /** No approval and the default limits while nobody has decided. */
  get(pluginId: string): Promise<ProcessDecision>;
  approve(pluginId: string, approval: CommandApproval): Promise<void>;
  /** False when there was no approval. */
  revoke(pluginId: string): Promise<boolean>;
  setLimits(pluginId: string, limits: ProcessLimits): Promise<void>;
  rememberRun(run: StoredRun): Promise<void>;
  forgetRun(runId: string): Promise<void>;
  listRuns(): Promise<StoredRun[]>;
}

export interface UserStore {
  count(): Promise<number>;
  setRole(id: string, role: string): Promise<void>;
  /**
   * Creates a person who signs in with e-mail and password: better-auth's user row and its account row (`providerId` "credential",
   * `accountId` the user's id). The only way to make one, since sign-up is closed. `email` is stored lower-case;
   * `passwordHash` is what better-auth's `hashPassword` returned. Throws `conflict` when the e-mail is in use.
   */
  create(input: {
    name: string;
    email: string;
    role: string;
    passwordHash: string;
    at: string;
  }): Promise<{ id: string }>;
}

export interface Repositories {
  plugins: PluginStore;
  configs: ConfigStore;
  samples: SampleStore;
  incidents: IncidentStore;
  markers: MarkerStore;
  audit: AuditStore;
  approvals: ApprovalStore;
  processes: ProcessStore;
  users: UserStore;
}

/**
 * Everything remembered. Failures of the database are `storage_unavailable` or `storage_full`, never a driver's own error.
 * `close()` waits for writes under way; safe to call twice.
 */
export interface Data extends Repositories {
  /** All or nothing. The repositories handed in write inside the transaction; do not wait for a plugin in there. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Copies the database into `backups/` unless the newest daily copy is younger than a day. Returns the copy's path, or null. */
  copyDaily(): Promise<string | null>;
  /** What better-auth's `database` option takes: the Prisma adapter over our client. */
  authDatabase: AuthDatabase;
  /** Signs session cookies: at least 32 characters, derived from the secret key (so it survives a restart), never the key itself. */
  sessionSecret: string;
  close(): Promise<void>;
}

/** Opaque to everyone but better-auth. */
export type AuthDatabase = DBAdapterInstance;
