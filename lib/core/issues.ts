import type { z } from "zod";
import type { FieldIssue } from "../contract/error.ts";

const MAX_PATH_LENGTH = 200;

/** `["messages", 3, "role"]` → `messages[3].role`. */
export function formatPath(path: ReadonlyArray<PropertyKey>): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`))
    .join("")
    .slice(0, MAX_PATH_LENGTH);
}

/**
 * One broken rule as people read it: an unknown field is named itself, not the object around it, and where one of several forms
 * was expected, what is wrong with the nearest one.
 */
export function toFieldIssues(issue: z.core.$ZodIssue, parents: PropertyKey[] = []): FieldIssue[] {
  const path = [...parents, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: formatPath([...path, key]), message: "Unknown field" }));
  }
  if (issue.code === "invalid_union" && issue.message === NO_FORM) {
    const [nearest] = issue.errors.toSorted((a, b) => distanceOf(a) - distanceOf(b));
    if (nearest && nearest.length > 0) return nearest.flatMap((one) => toFieldIssues(one, path));
  }
  return [{ path: formatPath(path), message: issue.message }];
}

/** How far a value is from one of several forms: another kind of value is farther than any number of broken rules. */
function distanceOf(issues: readonly z.core.$ZodIssue[]): number {
  const isOtherKind = issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
  return isOtherKind ? Number.MAX_SAFE_INTEGER : issues.length;
}

const NO_FORM = "Has none of the forms that are understood here";

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Plain words for the rules whose schema brings none of its own. Handed to zod with each parse. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "Missing";
      return `Expected ${KINDS[issue.expected] ?? issue.expected}`;
    case "too_small":
      if (issue.minimum === 1 && issue.origin !== "number") return "Must not be empty";
      return `At least ${amount(issue.minimum, issue.origin)}`;
    case "too_big":
      return `At most ${amount(issue.maximum, issue.origin)}`;
    case "invalid_value":
      return `Expected ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "invalid_union":
      return NO_FORM;
    case "invalid_format":
      return issue.format === "regex" ? "Has the wrong form" : undefined;
    default:
      return undefined;
  }
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === "string") return `${limit} characters`;
  return origin === "array" ? `${limit} entries` : String(limit);
}
