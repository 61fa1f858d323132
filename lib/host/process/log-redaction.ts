import { toPlainText } from "../../core/terminal-text.ts";
import type { OutputLine } from "./line-reader.ts";

/** Longest line kept, UTF-16 units (`protocol.md`: 16 KB a line). */
const MAX_LINE_LENGTH = 16_384;
/** Longest spelling of a secret that is looked for where a line was cut. */
const LONGEST_SECRET = 65_536;

/**
 * A line as it may be kept: first without secrets, then short enough. A secret that colours or control characters run through is taken
 * out with them: of such a line only the plain text is kept.
 */
export function toKeptLine({ text, cut }: OutputLine, redact: (text: string) => string): OutputLine {
  const safe = takeOut(text, redact);
  // Where reading stopped half a secret may stand, which nobody recognises.
  const whole = cut ? safe.slice(0, Math.max(0, safe.length - LONGEST_SECRET)) : safe;
  return { text: whole.slice(0, MAX_LINE_LENGTH), cut: cut || whole.length > MAX_LINE_LENGTH };
}

function takeOut(text: string, redact: (text: string) => string): string {
  const seen = redact(text);
  const plain = toPlainText(text);
  if (plain === text) return seen;
  const hidden = redact(plain);
  return toPlainText(seen) === hidden ? seen : hidden;
}
