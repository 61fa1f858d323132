import { AppError } from "../contract/error.ts";

interface Advice {
  codes: RegExp;
  code: "storage_full" | "storage_unavailable" | "internal_error";
  message: string;
  hint: string;
}

/** What `sqlite.ts` fails with by itself: a statement beside the transaction that its caller is in. A mistake in our code. */
export const NESTED = "ENESTED";

/** Driver and file system codes (sqlite.org/rescode.html, errno) and our own one, and what we say about them. */
const ADVICE: Advice[] = [
  {
    codes: /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    code: "storage_full",
    message: "The disk that holds the console's database is full. Nothing was saved.",
    hint: "Free some space on that disk and try again. Reading and chatting go on meanwhile.",
  },
  {
    codes: /^SQLITE_(BUSY|LOCKED)/,
    code: "storage_unavailable",
    message: "Another program is holding the console's database. Nothing was saved.",
    hint: "Close the program that has the database open (a SQLite browser, a backup tool) and try again.",
  },
  {
    codes: /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES|EPERM|EROFS)/,
    code: "storage_unavailable",
    message: "The console may not write to its data directory.",
    hint: "Check who owns the directory and its files, and that it is not mounted read-only.",
  },
  {
    codes: /^SQLITE_(CORRUPT|NOTADB)/,
    code: "storage_unavailable",
    message: "The console's database file is damaged.",
    hint: "Stop the console and restore the newest copy from the folder backups in the data directory.",
  },
  {
    codes: /^(SQLITE_IOERR|EIO)/,
    code: "storage_unavailable",
    message: "The disk that holds the console's database reported an error.",
    hint: "Check the disk and the system's log.",
  },
  {
    codes: new RegExp(`^${NESTED}$`),
    code: "internal_error",
    message: "Inside a transaction only the repositories handed to it may be used.",
    hint: "This is a mistake in the console. Please report it.",
  },
];

const UNKNOWN = {
  code: "storage_unavailable",
  message: "The console's database did not answer as it should.",
  hint: "Try again. If it stays like this, the console's log has the details.",
} as const;

/** The code of the driver (`SQLITE_FULL`) or of the system (`ENOSPC`), wherever Prisma has put it; empty when there is none. */
export function driverCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("originalCode" in error && typeof error.originalCode === "string") return error.originalCode;
  if ("code" in error && typeof error.code === "string" && /^(SQLITE_|E[A-Z]+$)/.test(error.code)) {
    return error.code;
  }
  if ("meta" in error && error.meta) return driverCode(error.meta);
  if ("driverAdapterError" in error) return driverCode(error.driverAdapterError);
  return "cause" in error ? driverCode(error.cause) : "";
}

/** Turns what a driver or the file system threw into `storage_full` or `storage_unavailable`; an `AppError` stays itself. */
export function toStorageError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = driverCode(error);
  const advice = ADVICE.find(({ codes }) => codes.test(code)) ?? UNKNOWN;
  return new AppError(advice.code, advice.message, { hint: advice.hint, cause: error });
}
