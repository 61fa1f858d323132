import { z } from "zod";
import { AppError } from "../contract/error.ts";
import { Finding, Manifest } from "../contract/manifest.ts";
import { Desired, PluginFile, PluginOrigin } from "../contract/plugin.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection, TransactionClient } from "./client.ts";
import type { PluginRecord, PluginStore } from "./data.ts";
import type { Plugin } from "./generated/client.ts";
import { deleteSamples } from "./samples.ts";
import { parseStored } from "./stored-json.ts";
import { isMissingRow, takenFields } from "./violation.ts";

type Content = Omit<PluginRecord, "id" | "createdAt" | "updatedAt">;

const Findings = z.array(Finding);
const StoredFile = PluginFile.extend({ hash: z.string(), resume: z.boolean().optional() });

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
    ...{ name, origin, endpoint, desired, healthCheckIntervalSeconds },
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

/** Says which of two unique columns is taken, and by whom. */
async function toTaken(client: TransactionClient, error: unknown, input: Partial<Content>): Promise<unknown> {
  const fields = takenFields(error);
  if (fields.includes("name")) {
    return new AppError("name_taken", `There is already a plugin named ${input.name}.`, {
      field: "name",
      hint: "Choose another name.",
    });
  }
  if (!fields.includes("endpoint") || typeof input.endpoint !== "string") return error;
  const holder = await client.plugin.findFirst({ where: { endpoint: input.endpoint } });
  return new AppError("endpoint_taken", `${input.endpoint} is already registered as ${holder?.name}.`, {
    field: "endpoint",
    hint: "Open that plugin, or remove it first.",
    ...(holder ? { details: { pluginId: holder.id, name: holder.name } } : {}),
  });
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
      const rows = await client.plugin.findMany({ select: { name: true, endpoint: true } });
      const endpoints = rows.flatMap(({ endpoint }) => endpoint ?? []);
      return { names: new Set(rows.map(({ name }) => name)), endpoints: new Set(endpoints) };
    },

    async listFiles() {
      const select = { id: true, name: true, endpoint: true, file: true };
      const rows = await client.plugin.findMany({ where: { filePath: { not: null } }, select });
      return rows.flatMap(({ id, name, endpoint, file }) =>
        file === null
          ? []
          : [{ pluginId: id, endpoint, file: parseStored(StoredFile, file, `the file of plugin ${name}`) }],
      );
    },

    async create(input) {
      const data = { ...toRow(input, new Date(clock.now())), config: { create: {} } };
      try {
        return toRecord(await client.plugin.create({ data }));
      } catch (error) {
        throw await toTaken(client, error, input);
      }
    },

    createAll(inputs) {
      const now = new Date(clock.now());
      return atomically(async (transaction) => {
        const data = inputs.map((input) => toRow(input, now));
        const rows = await transaction.plugin.createManyAndReturn({ data }).catch(async (error: unknown) => {
          throw await toTaken(transaction, error, {});
        });
        await transaction.pluginConfig.createMany({ data: rows.map(({ id }) => ({ pluginId: id })) });
        return rows.map(toRecord);
      });
    },

    async update(id, patch) {
      const data = { ...toColumns(patch), updatedAt: new Date(clock.now()) };
      try {
        return toRecord(await client.plugin.update({ where: { id }, data }));
      } catch (error) {
        if (isMissingRow(error)) throw notFound(id);
        throw await toTaken(client, error, patch);
      }
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
