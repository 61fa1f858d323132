import type { ConfigField } from "../contract/manifest.ts";
import { patternProblem } from "../core/config-rules.ts";
import type { Findings } from "./findings.ts";

/**
 * What the patterns of one schema may cost together, in steps of RE2 program. Compiling one takes some microseconds, trying one
 * on one character of a default tens of nanoseconds: at these limits the whole check stays below a tenth of a second.
 */
const PATTERN_BUDGET = { compile: 30_000, match: 500_000 } as const;
/** RE2 refuses patterns whose repetitions multiply to more than this. */
const MAX_REPETITION = 1_000;

/** Steps left for the patterns of a schema. */
export interface PatternBudget {
  compile: number;
  match: number;
}

export function createPatternBudget(): PatternBudget {
  return { ...PATTERN_BUDGET };
}

/** Checks the pattern of one field; false when it could not be, so that nothing else should try it either. */
export function checkPattern(
  field: ConfigField,
  path: string,
  budget: PatternBudget,
  findings: Findings,
): boolean {
  const pattern = field.validation?.pattern;
  if (pattern === undefined) return true;
  if (!isAffordable(pattern, field.default, budget)) {
    const message = "The patterns of this schema, from here on, are too costly to check.";
    findings.error("patterns_too_costly", path, message, "Use fewer or smaller repetitions.");
    return false;
  }
  const problem = patternProblem(pattern);
  if (problem === null) return true;
  const message = `This pattern is not RE2 syntax: ${problem.slice(0, 200)}.`;
  findings.error("invalid_pattern", path, message, "Look-around and back-references do not exist in RE2.");
  return true;
}

/** Takes the cost of a pattern out of the budget; false when that is used up. */
function isAffordable(pattern: string, tried: unknown, budget: PatternBudget): boolean {
  const counts = [...pattern.matchAll(/\{(\d+)?,?(\d+)?\}/g)].map(([, from, to]) => Number(to ?? from ?? 1));
  const repetition = counts.reduce(
    (product, count) => Math.min(MAX_REPETITION, product * Math.max(1, count)),
    1,
  );
  const steps = pattern.length + repetition;
  budget.compile -= steps;
  budget.match -= typeof tried === "string" ? steps * tried.length : 0;
  return budget.compile >= 0 && budget.match >= 0;
}
