import { findExcess } from "@/lib/core/json-depth.ts";

/**
 * Brackets or indentation steps that may lie inside each other. Far more than a manifest's reader on the server allows (32), far
 * fewer than the parsers and highlighters of the browser survive: they give up, or the tab does, at about a thousand.
 */
const MAX_DEPTH = 200;

/** Whether a text is shallow enough to be parsed in the browser. Linear, and careful rather than exact: brackets in quotes count. */
export function isShallow(text: string): boolean {
  if (findExcess(text, { depth: MAX_DEPTH, hasStrings: false })) return false;
  return text.split("\n").every((line) => (/^[\s\-?:]*/.exec(line)?.[0].length ?? 0) <= MAX_DEPTH);
}
