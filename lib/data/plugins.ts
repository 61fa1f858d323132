import { z } from "zod";
import { AppError } from "../contract/error.ts";
import { Finding, Manifest } from "../contract/manifest.ts";
import { Desired, PluginFile, PluginOrigin } from "../contract/plugin.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection, TransactionClient } from "./client.ts";
import type { PluginRecord, PluginStore } from "./data.ts";
import type { Plugin } from "./generated/client.ts";
import { createRowId } from "./row-id.ts";
import { deleteSamples } from "./samples.ts";
import { parseStored } from "./stored-json.ts";
import { toStoredTime } from "./stored-time.ts";
import { isMissingRow, takenFields } from "./violation.ts";

type Content = Omit<PluginRecord, "id" | "createdAt" | "updatedAt">;

const Findings = z.array(Finding);
const StoredFile = PluginFile.extend({ hash: z.string(), resume: z.boolean().optional() });

const OwnedFiles = z.array(
  z.object({
    pluginId: z.string(),
    name: z.string(),
    endpoint: z.string().nullable(),
    file: StoredFile.pick({ path: true, folder: true, state: true, hash: true }),
  }),
);

function toRecord(row: Plugin): PluginRecord {
  return {
    id: row.id,
    name: row.name,
    origin: PluginOrigin.parse(row.origin),
    manifest: parseStored(Manifest, row.manifest, `the manifest of plugin ${row.name}`),
    file: row.file === null ? null : parseStored(StoredFile, row.file, `the file of plugin ${row.name}`),
    findings: parseStored(Findings, row.findings, `the findings of plugin ${row.name}`),
    endpoint: row.endpoint,
    desired: Desired.parse(row.desired),
    healthCheckIntervalSeconds: row.healthCheckIntervalSeconds,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function toColumns<T extends Partial<Content>>({ manifest, findings, file, ...plain }: T) {
  return {
    ...plain,
    ...(file === undefined ? {} : { file: file && JSON.stringify(file), filePath: file?.path ?? null }),
    ...(manifest === undefined ? {} : { manifest: JSON.stringify(manifest) }),
    ...(findings === undefined ? {} : { findings: JSON.stringify(findings) }),
  };
}

/** Every column of a new plugin. Only those: an object may bring more than its type says. */
function toRow(input: Content, now: Date) {
  const { name, origin, endpoint, desired, healthCheckIntervalSeconds, file } = input;
  return {
    name,
    origin,
    endpoint,
    desired,
    healthCheckIntervalSeconds,
    file: file && JSON.stringify(file),
    filePath: file?.path ?? null,
    manifest: JSON.stringify(input.manifest),
    findings: JSON.stringify(input.findings),
    createdAt: now,
    updatedAt: now,
  };
}

function notFound(id: string): AppError {
  return new AppError("not_found", `There is no plugin ${id}.`, {
    hint: "It may have been removed meanwhile.",
  });
}

function nameTaken(name: string | undefined): AppError {
  return new AppError("name_taken", `There is already a plugin named ${name}.`, {
    field: "name",
    hint: "Choose another name.",
  });
}

function endpointTaken(endpoint: string | null, holder: Plugin | null): AppError {
  return new AppError("endpoint_taken", `${endpoint} is already registered as ${holder?.name}.`, {
    field: "endpoint",
    hint: "Open that plugin, or remove it first.",
    ...(holder ? { details: { pluginId: holder.id, name: holder.name } } : {}),
  });
}

/** Says which of two unique columns is taken, and by whom. */
async function toTaken(client: TransactionClient, error: unknown, input: Partial<Content>): Promise<unknown> {
  const fields = takenFields(error);
  if (fields.includes("name")) return nameTaken(input.name);
  if (!fields.includes("endpoint") || typeof input.endpoint !== "string") return error;
  return endpointTaken(
    input.endpoint,
    await client.plugin.findFirst({ where: { endpoint: input.endpoint } }),
  );
}

type PackedTaken = Record<"names" | "ids" | "endpoints", string>;

function unpackSet(packed = "[]"): Set<string> {
  return new Set(JSON.parse(packed) as string[]);
}

/** Only our columns: an object may bring more than its type says. */
function toNewRecord(input: Content, now: Date): PluginRecord {
  const { name, origin, manifest, file, findings, endpoint, desired, healthCheckIntervalSeconds } = input;
  const at = now.toISOString();
  return {
    id: createRowId(),
    name,
    origin,
    manifest,
    file,
    findings,
    endpoint,
    desired,
    healthCheckIntervalSeconds,
    createdAt: at,
    updatedAt: at,
  };
}

/** Rows travel as one JSON text, as in `samples.ts`: Prisma takes a third of a millisecond for each it handles itself. */
async function insertAll(transaction: TransactionClient, records: PluginRecord[], now: Date): Promise<void> {
  const rows = JSON.stringify(records.map((record) => ({ id: record.id, ...toRow(record, now) })));
  const at = toStoredTime(now);
  const stored = await transaction.$executeRaw`
    INSERT INTO Plugin (id, name, origin, manifest, findings, file, filePath, endpoint, desired,
                        healthCheckIntervalSeconds, createdAt, updatedAt)
      SELECT value ->> 'id', value ->> 'name', value ->> 'origin', value ->> 'manifest', value ->> 'findings',
             value ->> 'file', value ->> 'filePath', value ->> 'endpoint', value ->> 'desired',
             value ->> 'healthCheckIntervalSeconds', ${at}, ${at}
      FROM json_each(${rows}) WHERE true
      ON CONFLICT DO NOTHING`;
  if (stored < records.length) throw await findTaken(transaction, records);
  const ids = JSON.stringify(records.map(({ id }) => id));
  await transaction.$executeRaw`INSERT INTO PluginConfig (pluginId) SELECT value FROM json_each(${ids})`;
}

/** Which of the records was left out, and why. */
async function findTaken(transaction: TransactionClient, records: PluginRecord[]): Promise<AppError> {
  const ids = new Set((await transaction.plugin.findMany({ select: { id: true } })).map(({ id }) => id));
  const left = records.find(({ id }) => !ids.has(id));
  const holder =
    left &&
    left.endpoint !== null &&
    (await transaction.plugin.findFirst({ where: { endpoint: left.endpoint } }));
  return holder ? endpointTaken(left.endpoint, holder) : nameTaken(left?.name);
}

/** Either finds a plugin: a name that is another's id would lead to the wrong one. */
async function requireNoId(client: TransactionClient, name: string): Promise<void> {
  if ((await client.plugin.findUnique({ where: { id: name }, select: { id: true } })) !== null)
    throw nameTaken(name);
}

export function createPluginStore(
  client: TransactionClient,
  atomically: Connection["atomically"],
  clock: Clock,
): PluginStore {
  return {
    async list() {
      return (await client.plugin.findMany({ orderBy: { name: "asc" } })).map(toRecord);
    },

    async find(idOrName) {
      const rows = await client.plugin.findMany({ where: { OR: [{ id: idOrName }, { name: idOrName }] } });
      // Someone may name a plugin like another one's id: the id wins.
      const row = rows.find(({ id }) => id === idOrName) ?? rows[0];
      return row ? toRecord(row) : null;
    },

    async findByEndpoint(endpoint) {
      const row = await client.plugin.findFirst({ where: { endpoint } });
      return row ? toRecord(row) : null;
    },

    async listTaken() {
      const [row] = await client.$queryRaw<PackedTaken[]>`
        SELECT json_group_array(name) AS names, json_group_array(id) AS ids,
               json_group_array(endpoint) FILTER (WHERE endpoint IS NOT NULL) AS endpoints
        FROM Plugin`;
      const names = new Set([...unpackSet(row?.names), ...unpackSet(row?.ids)]);
      return { names, endpoints: unpackSet(row?.endpoints) };
    },

    async listFiles() {
      const [row] = await client.$queryRaw<Array<{ files: string }>>`
        SELECT json_group_array(json_object(
                 'pluginId', id, 'name', name, 'endpoint', endpoint,
                 'file', json_object('path', file ->> 'path', 'folder', file ->> 'folder',
                                     'state', file ->> 'state', 'hash', file ->> 'hash'))) AS files
        FROM Plugin WHERE filePath IS NOT NULL`;
      return parseStored(OwnedFiles, row?.files ?? "[]", "the files of the plugins");
    },

    async create(input) {
      const data = { ...toRow(input, new Date(clock.now())), config: { create: {} } };
      return atomically(async (transaction) => {
        await requireNoId(transaction, input.name);
        try {
          return toRecord(await transaction.plugin.create({ data }));
        } catch (error) {
          throw await toTaken(transaction, error, input);
        }
      });
    },

    createAll(inputs) {
      const now = new Date(clock.now());
      const records = inputs.map((input) => toNewRecord(input, now));
      return atomically(async (transaction) => {
        await insertAll(transaction, records, now);
        return records;
      });
    },

    async update(id, patch) {
      const data = { ...toColumns(patch), updatedAt: new Date(clock.now()) };
      return atomically(async (transaction) => {
        if (patch.name !== undefined) await requireNoId(transaction, patch.name);
        try {
          return toRecord(await transaction.plugin.update({ where: { id }, data }));
        } catch (error) {
          if (isMissingRow(error)) throw notFound(id);
          throw await toTaken(transaction, error, patch);
        }
      });
    },

    remove(id) {
      return atomically(async (transaction) => {
        // The rest goes by the foreign keys; samples are too many to go in the same statement.
        await deleteSamples(transaction, clock, id);
        const { count } = await transaction.plugin.deleteMany({ where: { id } });
        if (count === 0) throw notFound(id);
      });
    },
  };
}
