import { AppError } from "../contract/error.ts";
import { ConfigValues } from "../contract/plugin.ts";
import { originOf } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection, TransactionClient } from "./client.ts";
import type { ConfigStore } from "./data.ts";
import { addRevision, listRevisions, PLAIN_SAVE, scrubRevisions } from "./revisions.ts";
import type { SecretBox } from "./secret-box.ts";
import type { References } from "./secret-reference.ts";
import { openRows, toSecretState, writeSecret } from "./secrets.ts";
import { parseStored } from "./stored-json.ts";

/** Raises the version, which decides between two writers: the statement changes no row when another write came first. */
async function raiseVersion(
  client: TransactionClient,
  pluginId: string,
  version: number,
  values: ConfigValues,
) {
  const { count } = await client.pluginConfig.updateMany({
    where: { pluginId, version },
    data: { version: version + 1, values: JSON.stringify(values) },
  });
  if (count === 1) return;
  const stored = await requireConfig(client, pluginId);
  throw new AppError("version_conflict", "Someone else saved this configuration in the meantime.", {
    hint: "Load it again and repeat your change.",
    details: { version: stored.version },
  });
}

async function requireConfig(client: TransactionClient, pluginId: string) {
  const row = await client.pluginConfig.findFirst({ where: { pluginId } });
  if (!row) {
    throw new AppError("not_found", `There is no plugin ${pluginId}.`, {
      hint: "It may have been removed meanwhile.",
    });
  }
  return row;
}

/** What a plugin's secrets are bound to now. */
async function findOrigin(client: TransactionClient, pluginId: string): Promise<string | null> {
  const row = await client.plugin.findFirst({ where: { id: pluginId }, select: { endpoint: true } });
  return originOf(row?.endpoint ?? null);
}

export interface ConfigStoreOptions {
  client: TransactionClient;
  atomically: Connection["atomically"];
  box: SecretBox;
  references: References;
  clock: Clock;
}

export function createConfigStore(options: ConfigStoreOptions): ConfigStore {
  const { client, atomically, box, references, clock } = options;
  return {
    async get(pluginId) {
      const { values, version } = await requireConfig(client, pluginId);
      return { values: parseStored(ConfigValues, values, "a plugin's configuration"), version };
    },

    async secretStates(pluginId) {
      const [origin, rows] = await Promise.all([
        findOrigin(client, pluginId),
        client.secret.findMany({ where: { pluginId }, omit: { since: true } }),
      ]);
      const states = await Promise.all(
        rows.map(async (row) => [row.field, await toSecretState(row, origin, box, references)] as const),
      );
      return Object.fromEntries(states);
    },

    save(pluginId, { version, values, secrets, changedBy, revision = PLAIN_SAVE }) {
      return atomically(async (transaction) => {
        await raiseVersion(transaction, pluginId, version, values);
        const saved = version + 1;
        const at = new Date(clock.now());
        const origin = await findOrigin(transaction, pluginId);
        for (const [field, write] of Object.entries(secrets)) {
          const circumstances = { origin, since: saved, changedAt: at, changedBy };
          await writeSecret(transaction, box, { pluginId, field }, write, circumstances);
        }
        await addRevision(transaction, pluginId, { revision: saved, values, at, by: changedBy }, revision);
        return saved;
      });
    },

    revisions: (pluginId) => listRevisions(client, pluginId),

    scrubRevisions: (pluginId, fields) =>
      atomically((transaction) => scrubRevisions(transaction, pluginId, fields)),

    refuseReference: (reference) => references.refusal(reference),

    resolveReference: (reference) => references.resolve(reference),

    dropSecrets(pluginId) {
      return atomically(async (transaction) => {
        const rows = await transaction.secret.findMany({ where: { pluginId }, select: { field: true } });
        await transaction.secret.deleteMany({ where: { pluginId } });
        return rows.map(({ field }) => field);
      });
    },

    async openSecrets(pluginId, origin) {
      const rows = await client.secret.findMany({ where: { pluginId }, orderBy: { field: "asc" } });
      return openRows(rows, origin, box, references);
    },
  };
}
