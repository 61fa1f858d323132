import type { Clock } from "../core/clock.ts";
import type { BuiltinFactory } from "../transport/client.ts";
import { createEliza } from "./eliza/eliza.ts";
import { createOpenAiCompatible } from "./openai-compatible/openai-compatible.ts";

/** Every plugin in the box, by provider_type. */
export function createBuiltins(clock: Clock): Record<string, BuiltinFactory> {
  return {
    eliza: () => createEliza(clock),
    "openai-compatible": createOpenAiCompatible,
  };
}
