import type { Clock } from "../core/clock.ts";
import type { BuiltinFactory } from "../transport/client.ts";
import { createAnthropic } from "./anthropic/anthropic.ts";
import { createEliza } from "./eliza/eliza.ts";
import { createOpenAiCompatible } from "./openai-compatible/openai-compatible.ts";
import { createSimulator } from "./simulator/simulator.ts";

/** Every built-in plugin, by provider_type. */
export function createBuiltins(clock: Clock): Record<string, BuiltinFactory> {
  return {
    eliza: () => createEliza(clock),
    simulator: () => createSimulator(clock),
    "openai-compatible": createOpenAiCompatible,
    anthropic: createAnthropic,
  };
}
