import { PrismaClient, Prisma } from "./generated/client.ts";
import { createSqliteAdapter, runTransactionBody } from "./sqlite.ts";
import { toStorageError } from "./storage-error.ts";

/** Prisma's codes for what is wrong with the request and not with the storage; repositories give them their meaning. */
const ABOUT_THE_REQUEST = new Set(["P2002", "P2003", "P2025"]);

/** How long a transaction may wait for its turn, and last, ms. Nothing inside one waits for anything but the database. */
const TRANSACTION_TIMES = { maxWait: 10_000, timeout: 10_000 };

function translate(error: unknown): unknown {
  const isKnown = error instanceof Prisma.PrismaClientKnownRequestError && ABOUT_THE_REQUEST.has(error.code);
  return isKnown ? error : toStorageError(error);
}

function extend(client: PrismaClient) {
  return client.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args);
        } catch (error) {
          throw translate(error);
        }
      },
    },
  });
}

/** The connected client: everything it throws is a storage error of ours, or one of Prisma's codes about the request. */
export type Client = ReturnType<typeof extend>;

/** The same inside a transaction. */
export type TransactionClient = Omit<Client, "$extends" | "$transaction" | "$connect" | "$disconnect">;

export interface Connection {
  client: Client;
  /** All or nothing. Only the client handed in may be used inside. */
  atomically<T>(work: (client: TransactionClient) => Promise<T>): Promise<T>;
  /** Waits for what is under way. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens the migrated database at `file`. Throws `storage_unavailable`. */
export async function connect(file: string): Promise<Connection> {
  const adapter = createSqliteAdapter(file);
  const client = extend(
    new PrismaClient({ adapter, errorFormat: "minimal", transactionOptions: TRANSACTION_TIMES }),
  );
  await client.$connect().catch((error: unknown) => {
    throw translate(error);
  });
  return {
    client,
    async atomically(work) {
      let failedInside = false;
      try {
        return await client.$transaction((transaction) =>
          runTransactionBody(() => work(transaction)).catch((error: unknown) => {
            failedInside = true;
            throw error;
          }),
        );
      } catch (error) {
        throw failedInside ? error : translate(error);
      }
    },
    async close() {
      adapter.forbidConnecting();
      await client.$disconnect();
    },
  };
}
