import { AppError } from "../contract/error.ts";
import { PrismaClient, Prisma } from "./generated/client.ts";
import { createSqliteAdapter, isInsideTransaction, runTransactionBody } from "./sqlite.ts";
import { toStorageError } from "./storage-error.ts";

/** Prisma's codes for what is wrong with the request and not with the storage; repositories give them their meaning. */
const ABOUT_THE_REQUEST = new Set(["P2002", "P2003", "P2025"]);

/** How long a transaction may wait for its turn, and last, ms. Nothing inside one waits for anything but the database. */
const TRANSACTION_TIMES = { maxWait: 10_000, timeout: 10_000 };

function translate(error: unknown): unknown {
  const isKnown = error instanceof Prisma.PrismaClientKnownRequestError && ABOUT_THE_REQUEST.has(error.code);
  return isKnown ? error : toStorageError(error);
}

/** Knows what is under way. After `close` only what has begun goes on: also the rest of a running transaction. */
function createAdmission() {
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;
  return {
    async admit<T>(work: () => Promise<T>): Promise<T> {
      if (isClosed && !isInsideTransaction()) {
        throw new AppError("storage_unavailable", "The console is stopping: its database is closed.", {
          hint: "Try again when it has started.",
        });
      }
      const done = work();
      underWay.add(done);
      try {
        return await done;
      } finally {
        underWay.delete(done);
      }
    },
    async close(): Promise<void> {
      isClosed = true;
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

function extend(client: PrismaClient, admission: ReturnType<typeof createAdmission>) {
  return client.$extends({
    query: {
      $allOperations: ({ args, query }) =>
        admission.admit(async () => {
          try {
            return (await query(args)) as unknown;
          } catch (error) {
            throw translate(error);
          }
        }),
    },
  });
}

/**
 * The connected client: everything it throws is a storage error of ours, or one of Prisma's codes about the request. Ask it with
 * `findFirst`, never with `findUnique`: Prisma sends the latter of one tick together, and one beside a transaction would then be
 * taken for a part of it, or refused.
 */
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
  const admission = createAdmission();
  const client = extend(
    new PrismaClient({ adapter, errorFormat: "minimal", transactionOptions: TRANSACTION_TIMES }),
    admission,
  );
  await client.$connect().catch((error: unknown) => {
    throw translate(error);
  });
  return {
    client,
    async atomically(work) {
      let failedInside = false;
      const body = (transaction: TransactionClient) =>
        runTransactionBody(() => work(transaction)).catch((error: unknown) => {
          failedInside = true;
          throw error;
        });
      try {
        return await admission.admit(() => client.$transaction(body));
      } catch (error) {
        throw failedInside ? error : translate(error);
      }
    },
    async close() {
      await admission.close();
      await client.$disconnect();
    },
  };
}
