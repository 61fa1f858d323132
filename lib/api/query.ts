import { z } from "zod";

/** The last instant a JavaScript date can hold. */
const MAX_EPOCH_MS = 8_640_000_000_000_000;

/** An instant in a query: epoch milliseconds or ISO 8601 with a zone; parsed to epoch ms. */
export const Instant = z
  .union(
    [
      z
        .string()
        .regex(/^\d{1,16}$/)
        .transform(Number),
      z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
    ],
    "An instant: epoch milliseconds, or like 2026-01-31T12:00:00Z",
  )
  .pipe(z.number().int().min(0).max(MAX_EPOCH_MS));

/** A page size in a query. */
export const Limit = z.coerce
  .number("A number")
  .int("A whole number")
  .min(1, "1 to 200")
  .max(200, "1 to 200");
