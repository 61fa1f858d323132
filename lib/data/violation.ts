import { Prisma } from "./generated/client.ts";

function hasCode(error: unknown, code: string): error is Prisma.PrismaClientKnownRequestError {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code;
}

/** The row to change or to remove is not there. */
export function isMissingRow(error: unknown): boolean {
  return hasCode(error, "P2025");
}

/** The row that this one belongs to is not there. */
export function isOrphan(error: unknown): boolean {
  return hasCode(error, "P2003");
}

/** Columns of the unique constraint that was violated; empty for every other error. */
export function takenFields(error: unknown): string[] {
  if (!hasCode(error, "P2002")) return [];
  const driverError = error.meta?.["driverAdapterError"] as
    { cause?: { constraint?: { fields?: string[] } } } | undefined;
  return driverError?.cause?.constraint?.fields ?? [];
}
