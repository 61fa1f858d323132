import type { Json } from "../contract/manifest.ts";

/** A string, or a number: strings are skipped as a whole, so that digits inside them do not count. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * The first number in a JSON text that JavaScript would change on reading (9007199254740993, 1e400, twenty digits after the
 * point), as it is written; null when every number survives.
 */
export function findInexactNumber(text: string): string | null {
  for (const [token] of text.matchAll(TOKEN)) {
    if (!token.startsWith('"') && !isExact(token)) return token;
  }
  return null;
}

/** Whether a decimal number means the same after `Number()`. */
export function isExact(literal: string): boolean {
  // Fifteen digits always survive (IEEE 754 binary64), and nearly every number is shorter.
  if (literal.length <= 15 && !/e/i.test(literal)) return true;
  const number = Number(literal);
  return Number.isFinite(number) && toDecimal(literal) === toDecimal(String(number));
}

/** What people read about such a number. */
export function describeInexact(literal: string): string {
  const shown = literal.length > 60 ? `${literal.slice(0, 60)}…` : literal;
  return `The number ${shown} has more digits than a JSON number keeps: it would be stored as ${Number(literal)}. Write it as text, in double quotes.`;
}

/** `JSON.parse` that changes no number. Throws `SyntaxError`, also for a number it could not keep. */
export function parseExactJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  const inexact = findInexactNumber(text);
  if (inexact !== null) throw new SyntaxError(describeInexact(inexact));
  return value;
}

/** Sign, digits without zeros at either end, exponent of the last digit: one spelling for one number. */
function toDecimal(literal: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(literal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const trimmed = withoutLastZeros(digits);
  if (trimmed === "") return "0";
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

/** Counted by hand: a pattern bound to the end begins anew at every zero, which takes hours for a number of a few megabytes. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
