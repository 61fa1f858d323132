import { AsyncLocalStorage } from "node:async_hooks";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
  Transaction,
} from "@prisma/driver-adapter-utils";
import { NESTED } from "./storage-error.ts";
import { createTurnstile } from "../async/turnstile.ts";

/** How long a lock of another program may hold us up, ms. The driver is synchronous: the whole process waits. */
const BUSY_TIMEOUT_MS = 250;

/**
 * FULL: what was acknowledged survives a power cut. secure_delete: removed ciphertext is overwritten, not just unlinked. The
 * checkpoint empties the log that a killed console left behind, with whatever was overwritten since.
 */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA secure_delete = ON;
  PRAGMA wal_checkpoint(TRUNCATE);
`;

/** SQLite undoes a whole transaction by itself when the disk is full or failing; a ROLLBACK after that has nothing to do. */
function isAlreadyRolledBack(error: unknown): boolean {
  const { cause } = error as { cause?: { originalMessage?: string } };
  return cause?.originalMessage?.includes("no transaction is active") ?? false;
}

/** Prisma sends `COMMIT` and `ROLLBACK` as statements, then calls `commit()` or `rollback()`: only here does the turn end. */
class SerialTransaction implements Transaction {
  readonly provider = "sqlite";
  readonly adapterName: string;
  readonly options;
  readonly #inner: Transaction;
  readonly #leave: () => void;

  constructor(inner: Transaction, leave: () => void) {
    this.#inner = inner;
    this.#leave = leave;
    this.adapterName = inner.adapterName;
    this.options = inner.options;
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#inner.queryRaw(query);
  }

  async executeRaw(query: SqlQuery): Promise<number> {
    try {
      return await this.#inner.executeRaw(query);
    } catch (error) {
      if (query.sql === "ROLLBACK" && isAlreadyRolledBack(error)) return 0;
      // Prisma sends nothing after a COMMIT that failed; the connection would stay inside the transaction for ever.
      if (query.sql === "COMMIT") await this.executeRaw({ sql: "ROLLBACK", args: [], argTypes: [] });
      throw error;
    }
  }

  async commit(): Promise<void> {
    await this.#inner.commit().finally(this.#leave);
  }

  async rollback(): Promise<void> {
    await this.#inner.rollback().finally(this.#leave);
  }
}

class SerialAdapter implements SqlDriverAdapter {
  readonly provider = "sqlite";
  readonly adapterName: string;
  readonly #inner: SqlDriverAdapter;
  readonly #turnstile = createTurnstile();

  constructor(inner: SqlDriverAdapter) {
    this.#inner = inner;
    this.adapterName = inner.adapterName;
  }

  queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    return this.#takeTurn(() => this.#inner.queryRaw(query));
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.#takeTurn(() => this.#inner.executeRaw(query));
  }

  executeScript(script: string): Promise<void> {
    return this.#takeTurn(() => this.#inner.executeScript(script));
  }

  async startTransaction(): Promise<Transaction> {
    refuseInsideTransaction();
    const leave = await this.#turnstile.enter();
    try {
      return new SerialTransaction(await this.#inner.startTransaction(), leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  dispose(): Promise<void> {
    return this.#takeTurn(() => this.#inner.dispose());
  }

  async #takeTurn<T>(work: () => Promise<T>): Promise<T> {
    refuseInsideTransaction();
    const leave = await this.#turnstile.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}

const running = new AsyncLocalStorage<{ ended: boolean }>();

/** Whether the caller belongs to the body of a transaction that has not ended. */
export function isInsideTransaction(): boolean {
  return running.getStore()?.ended === false;
}

/** Waiting here for a transaction that waits for us would never end. */
function refuseInsideTransaction(): void {
  if (isInsideTransaction()) {
    throw Object.assign(new Error("a statement beside the running transaction"), { code: NESTED });
  }
}

/** Runs the body of a transaction so that a statement beside it, which could never get its turn, fails at once. */
export async function runTransactionBody<T>(work: () => Promise<T>): Promise<T> {
  const state = { ended: false };
  try {
    return await running.run(state, work);
  } finally {
    state.ended = true;
  }
}

/**
 * Prisma's better-sqlite3 adapter with two things it lacks: pragmas; and order (there is one connection, so a statement from
 * elsewhere would become part of a running transaction and be lost when that rolls back: it waits instead).
 */
export function createSqliteAdapter(file: string): SqlDriverAdapterFactory {
  const factory = new PrismaBetterSqlite3({ url: `file:${file}`, timeout: BUSY_TIMEOUT_MS });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const inner = await factory.connect();
      await inner.executeScript(PRAGMAS);
      return new SerialAdapter(inner);
    },
  };
}
