import type { z } from "zod";
import { AppError } from "../contract/error.ts";

/**
 * Reads a JSON column with the contract's schema. `what` names the value for people: "the manifest of plugin Acme".
 * Throws `storage_unavailable` when the text is not what this version understands.
 */
export function parseStored<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("storage_unavailable", `What is stored as ${what} cannot be read.`, {
      hint: "The database was changed by something else than the console. Restore a copy, or remove what is damaged.",
      cause,
    });
  }
}
