import { AppError } from "../contract/error.ts";
import { ConfigValues } from "../contract/plugin.ts";
import type { SecretState, SecretWrite } from "../contract/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection, TransactionClient } from "./client.ts";
import type { ConfigStore } from "./data.ts";
import { SecretBoxError, type SecretBox } from "./secret-box.ts";
import { parseStored } from "./stored-json.ts";

/** Where a ciphertext belongs: bound into it, so that it opens nowhere else. */
function placeOf(pluginId: string, field: string): string {
  return `Secret:${pluginId}:${field}`;
}

function openSecret(box: SecretBox, row: { pluginId: string; field: string; sealed: string }): string {
  try {
    return box.open(row.sealed, placeOf(row.pluginId, row.field));
  } catch (cause) {
    if (!(cause instanceof SecretBoxError)) throw cause;
    throw new AppError("storage_unavailable", `The stored secret ${row.field} cannot be opened.`, {
      field: row.field,
      hint: "Its stored form was changed. Enter it again in the plugin's configuration.",
      cause,
    });
  }
}

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
  const row = await client.pluginConfig.findUnique({ where: { pluginId } });
  if (!row) {
    throw new AppError("not_found", `There is no plugin ${pluginId}.`, {
      hint: "It may have been removed meanwhile.",
    });
  }
  return row;
}

export function createConfigStore(
  client: TransactionClient,
  atomically: Connection["atomically"],
  box: SecretBox,
  clock: Clock,
): ConfigStore {
  async function writeSecret(
    transaction: TransactionClient,
    row: { pluginId: string; field: string },
    write: SecretWrite,
    changedBy: string,
  ): Promise<void> {
    if ("clear" in write) {
      await transaction.secret.deleteMany({ where: row });
      return;
    }
    if ("reference" in write) throw new AppError("validation_failed", "References are not read yet.");
    const sealed = box.seal(write.set, placeOf(row.pluginId, row.field));
    const content = { sealed, changedBy, changedAt: new Date(clock.now()) };
    await transaction.secret.upsert({
      where: { pluginId_field: row },
      create: { ...row, ...content },
      update: content,
    });
  }

  return {
    async get(pluginId) {
      const { values, version } = await requireConfig(client, pluginId);
      return { values: parseStored(ConfigValues, values, "a plugin's configuration"), version };
    },

    async secretStates(pluginId) {
      const rows = await client.secret.findMany({
        where: { pluginId },
        select: { field: true, changedAt: true, changedBy: true },
      });
      return Object.fromEntries(
        rows.map(({ field, changedAt, changedBy }) => [
          field,
          {
            configured: true,
            changedAt: changedAt.toISOString(),
            changedBy,
            kind: "sealed",
            reference: null,
            origin: null,
            problem: null,
          } satisfies SecretState,
        ]),
      );
    },

    save(pluginId, { version, values, secrets, changedBy }) {
      return atomically(async (transaction) => {
        await raiseVersion(transaction, pluginId, version, values);
        for (const [field, write] of Object.entries(secrets)) {
          await writeSecret(transaction, { pluginId, field }, write, changedBy);
        }
        return version + 1;
      });
    },

    dropSecrets(pluginId) {
      return atomically(async (transaction) => {
        const rows = await transaction.secret.findMany({ where: { pluginId }, select: { field: true } });
        await transaction.secret.deleteMany({ where: { pluginId } });
        return rows.map(({ field }) => field);
      });
    },

    async openSecrets(pluginId) {
      const rows = await client.secret.findMany({ where: { pluginId } });
      return Object.fromEntries(rows.map((row) => [row.field, openSecret(box, row)]));
    },
  };
}
