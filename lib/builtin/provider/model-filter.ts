import { RE2JS } from "re2js";
import { badSetting } from "./bad-setting.ts";

/** Tells whether a model is to be listed. */
export type ModelFilter = (id: string) => boolean;

/**
 * Reads a filter: names with `*` and `?`, separated by commas or blanks, those that begin with `!` leave out; or one RE2 expression
 * between slashes. Without regard to case; an empty filter lists everything. Throws `config_incomplete` for `model_filter`.
 */
export function parseModelFilter(text: string): ModelFilter {
  const trimmed = text.trim();
  if (trimmed === "") return () => true;
  if (trimmed.length > 1 && trimmed.startsWith("/") && trimmed.endsWith("/")) {
    const pattern = compile(trimmed.slice(1, -1));
    return (id) => pattern.test(id);
  }
  const words = trimmed.split(/[\s,]+/).filter(Boolean);
  const wanted = words.filter((word) => !word.startsWith("!")).map(toPattern);
  const unwanted = words.filter((word) => word.startsWith("!")).map((word) => toPattern(word.slice(1)));
  return (id) =>
    (wanted.length === 0 || wanted.some((pattern) => pattern.test(id))) &&
    !unwanted.some((pattern) => pattern.test(id));
}

/** `gpt-*` as an expression for the whole name. */
export function toPattern(glob: string): RE2JS {
  const inner = [...glob].map((character) => WILD[character] ?? RE2JS.quote(character)).join("");
  return compile(`^(?:${inner})$`);
}

const WILD: Readonly<Record<string, string>> = { "*": ".*", "?": "." };

function compile(expression: string): RE2JS {
  try {
    return RE2JS.compile(expression, RE2JS.CASE_INSENSITIVE);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.slice(0, 200) : "it cannot be read";
    throw badSetting(
      "model_filter",
      `model_filter is no expression that RE2 knows: ${problem}.`,
      "Write names such as gpt-*, !*-audio, or one expression between slashes.",
    );
  }
}
