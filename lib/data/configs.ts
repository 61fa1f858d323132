import { AppError } from "../contract/error.ts";
import { ConfigValues } from "../contract/plugin.ts";
import type { Clock } from "../core/clock.ts";
import { originOf } from "../core/origin.ts";
import type { Connection, TransactionClient } from "./client.ts";
import type { ConfigStore } from "./data.ts";
import { listExposed, scrubAudit } from "./exposure.ts";
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

/** Where a plugin with an endpoint is. */
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
  /** Clear text was overwritten: it still stands in what the database keeps beside its file. */
  onScrubbed: () => Promise<void>;
}

export function createConfigStore(options: ConfigStoreOptions): ConfigStore {
  const { client, atomically, box, references, clock, onScrubbed } = options;
  return {
    async get(pluginId) {
      const { values, version } = await requireConfig(client, pluginId);
      return { values: parseStored(ConfigValues, values, "a plugin's configuration"), version };
    },

    async secretStates(pluginId, origin) {
      const rows = await client.secret.findMany({ where: { pluginId }, omit: { since: true } });
      const states = await Promise.all(
        rows.map(async (row) => [row.field, await toSecretState(row, origin, box, references)] as const),
      );
      return Object.fromEntries(states);
    },

    save(pluginId, { version, values, secrets, changedBy, revision = PLAIN_SAVE, ...write }) {
      return atomically(async (transaction) => {
        await raiseVersion(transaction, pluginId, version, values);
        const saved = version + 1;
        const at = new Date(clock.now());
        const origin = write.origin === undefined ? await findOrigin(transaction, pluginId) : write.origin;
        for (const [field, write] of Object.entries(secrets)) {
          const circumstances = { origin, since: saved, changedAt: at, changedBy };
          await writeSecret(transaction, box, { pluginId, field }, write, circumstances);
        }
        await addRevision(
          transaction,
          pluginId,
          { revision: saved, values, origin, at, by: changedBy },
          revision,
        );
        return saved;
      });
    },

    revisions: (pluginId) => listRevisions(client, pluginId),

    async scrub(pluginId, fields) {
      const hidden = new Set(fields);
      await atomically(async (transaction) => {
        await scrubRevisions(transaction, pluginId, hidden);
        await scrubAudit(transaction, pluginId, hidden);
      });
      await onScrubbed();
    },

    listExposed: () => listExposed(client),

    refuseReference: (reference) => references.refusal(reference),

    resolveReference: (reference) => references.resolve(reference),

    async bindUnbound(pluginId, origin) {
      const { count } = await client.secret.updateMany({
        where: { pluginId, origin: null },
        data: { origin },
      });
      return count;
    },

    async openSecrets(pluginId, origin) {
      const rows = await client.secret.findMany({ where: { pluginId }, orderBy: { field: "asc" } });
      return openRows(rows, origin, box, references);
    },
  };
}
