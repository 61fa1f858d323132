import { ChatParameters } from "@/lib/contract/protocol.ts";

/** What stands in the settings, as typed. An empty text is "unset": the plugin's own default applies. */
export interface Settings {
  systemPrompt: string;
  temperature: string;
  maxTokens: string;
}

export const EMPTY_SETTINGS: Settings = { systemPrompt: "", temperature: "", maxTokens: "" };

export type ParameterErrors = Partial<Record<"temperature" | "maxTokens", string>>;

/** Reads the settings. Unset parameters are absent from the result; a text that is no valid value is an error and absent too. */
export function readParameters(settings: Settings): { parameters: ChatParameters; errors: ParameterErrors } {
  const parameters: ChatParameters = {};
  const errors: ParameterErrors = {};
  // A decimal comma is how half the world writes 0.7.
  const temperature = readNumber(settings.temperature.replace(",", "."));
  if (temperature !== undefined) {
    const read = ChatParameters.shape.temperature.safeParse(temperature);
    if (read.success && read.data !== undefined) parameters.temperature = read.data;
    else errors.temperature = "A number from 0 to 2, or empty";
  }
  const maxTokens = readNumber(settings.maxTokens);
  if (maxTokens !== undefined) {
    const read = ChatParameters.shape.max_tokens.safeParse(maxTokens);
    if (read.success && read.data !== undefined) parameters.max_tokens = read.data;
    else errors.maxTokens = "A whole number from 1 to 1,000,000, or empty";
  }
  return { parameters, errors };
}

/** Undefined for an empty text, NaN for one that is no decimal number. */
function readNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}
