import type { Place } from "./text-reading.ts";

export type TextLanguage = "yaml" | "json";

export const TEXT_WORDS: Record<TextLanguage, string> = { yaml: "YAML", json: "JSON" };

/**
 * The texts of the YAML and JSON tabs. The draft is values: a text is kept only to find its comments and layout again when the
 * tab is opened once more. Never stored: somebody may have typed a secret into it.
 */
export interface TextDrafts {
  /** Grows when all texts are forgotten. */
  generation: number;
  /** A text that stands for no values yet. While there is one, it is the only thing that can be edited. */
  broken: { language: TextLanguage; text: string; message: string; place: Place | null } | null;
  /** What was last written in a tab, and the values it stood for, as JSON. */
  readable: Partial<Record<TextLanguage, { text: string; values: string }>>;
}
