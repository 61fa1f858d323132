import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { prismaAdapter } from "better-auth/adapters/prisma";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../log.ts";
import { createApprovalStore } from "./approvals.ts";
import { createAuditStore } from "./audit.ts";
import { makeDailyCopy } from "./backups.ts";
import { connect, type Connection, type TransactionClient } from "./client.ts";
import { createConfigStore } from "./configs.ts";
import type { Data, Repositories } from "./data.ts";
import { createIncidentStore } from "./incidents.ts";
import { createMarkerStore } from "./markers.ts";
import { migrate } from "./migrations.ts";
import { createPluginStore } from "./plugins.ts";
import { createProcessStore } from "./processes.ts";
import { createReferences, NO_REFERENCES, type ReferenceRules, type References } from "./secret-reference.ts";
import { createSampleStore } from "./samples.ts";
import { createSecretBox, deriveSecret, type SecretBox } from "./secret-box.ts";
import { followKeys, openSecretKeys, readSalt } from "./secret-key.ts";
import { toStorageError } from "./storage-error.ts";
import { createUserStore } from "./users.ts";

export interface DataOptions {
  /** Where `loom.db`, `secret.key` and `backups/` live; made when needed. Lock it first: `lockDataDirectory`. */
  directory: string;
  /** The folder `prisma/migrations` of this version. */
  migrationsDirectory: string;
  /** `LOOM_SECRET_KEY`: 32 bytes as hex or base64, or a passphrase of at least 32 characters. Default: the file `secret.key`. */
  secretKey?: string | undefined;
  /** `LOOM_SECRET_KEY_FILE`: where the keys lie instead, one a line, the writing one first. */
  secretKeyFile?: string | undefined;
  /** `LOOM_SECRET_KEY_OLD`: keys that only read. */
  oldSecretKeys?: string | undefined;
  /** What secrets may refer to; nothing by default. */
  references?: ReferenceRules;
  clock: Clock;
  log: Log;
}

function createRepositories(
  client: TransactionClient,
  atomically: Connection["atomically"],
  secrets: { box: SecretBox; references: References },
  clock: Clock,
  onScrubbed: () => Promise<void>,
): Repositories {
  return {
    plugins: createPluginStore(client, atomically, clock),
    configs: createConfigStore({ client, atomically, ...secrets, clock, onScrubbed }),
    samples: createSampleStore(client, clock),
    incidents: createIncidentStore(client),
    markers: createMarkerStore(client),
    audit: createAuditStore(client),
    approvals: createApprovalStore(client),
    processes: createProcessStore(client),
    users: createUserStore(client),
  };
}

function prepareFile({ directory, migrationsDirectory, clock, log }: DataOptions): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, "loom.db");
    const backupsDirectory = join(directory, "backups");
    const { applied, copy } = migrate({ file, migrationsDirectory, backupsDirectory, clock });
    chmodSync(file, 0o600);
    if (applied.length > 0) log.info({ applied, copy }, "database brought up to date");
    return file;
  } catch (error) {
    throw toStorageError(error);
  }
}

/**
 * Empties the write-ahead log, which goes on holding pages as they were before something was overwritten. What was committed stays
 * committed when that fails.
 */
async function eraseTraces(client: Connection["client"], log: Log): Promise<void> {
  const hint = "a value that has become a secret may still stand in loom.db-wal until the next start";
  try {
    const [outcome] = await client.$queryRaw<Array<{ busy: bigint }>>`PRAGMA wal_checkpoint(TRUNCATE)`;
    if (Number(outcome?.busy) !== 0)
      log.warn({ hint }, "another program keeps the database's log from being emptied");
  } catch (error) {
    log.warn({ err: error, hint }, "the database's log could not be emptied");
  }
}

/**
 * Opens everything the console remembers: migrates the database (after a copy), checks the secret key against it, connects.
 * Throws `storage_unavailable` or `storage_full`, with what to do in the hint; then nothing stays open.
 */
export async function createData(options: DataOptions): Promise<Data> {
  const { clock, log } = options;
  const connection = await connect(prepareFile(options));
  const { client, atomically } = connection;
  try {
    const keys = await openSecretKeys(client, options, clock, log);
    const secrets = {
      box: createSecretBox(followKeys(options, await readSalt(client), keys, log)),
      references: createReferences(options.references ?? NO_REFERENCES),
    };
    const erase = () => eraseTraces(client, log);
    return {
      ...createRepositories(client, atomically, secrets, clock, erase),
      async transaction(work) {
        let scrubbed = false;
        const remember = async () => void (scrubbed = true);
        const result = await atomically((transaction) =>
          work(createRepositories(transaction, (nested) => nested(transaction), secrets, clock, remember)),
        );
        if (scrubbed) await erase();
        return result;
      },
      async ping() {
        await client.$queryRaw`SELECT 1`;
      },
      async copyDaily() {
        const { directory } = options;
        try {
          return await makeDailyCopy(
            join(directory, "loom.db"),
            join(directory, "backups"),
            new Date(clock.now()),
          );
        } catch (error) {
          throw toStorageError(error);
        }
      },
      authDatabase: prismaAdapter(client, { provider: "sqlite" }),
      sessionSecret: deriveSecret(keys[0], "session"),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
