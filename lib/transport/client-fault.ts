import { AppError, isAppError } from "../contract/error.ts";
import type { Redaction } from "./redaction.ts";

/** Who was asked what. */
export interface Asked {
  /** `127.0.0.1:8090`. */
  label: string;
  /** `GET /health`. */
  step: string;
  redaction: Redaction;
  /** Adds what the console's surroundings have to do with it. */
  explain?: ((error: AppError, label: string) => AppError) | undefined;
}

/**
 * What a client throws, whatever was thrown in it: the last place that every failure passes. An `AppError` is freed of secrets. Anything
 * else was set off by what the plugin sent, and is told as that: it is never a mistake that ends a check without a result.
 */
export function toClientFault(error: unknown, { label, step, redaction, explain }: Asked): AppError {
  if (isAppError(error)) return redaction.error(explain ? explain(error, label) : error);
  const fault = new AppError(
    "plugin_invalid_response",
    `${label} answered ${step} with something that cannot be read.`,
    {
      hint: "Look at what the plugin sends. The console's log has the details: please report them.",
      cause: error,
    },
  );
  return redaction.error(fault);
}
