import type { ConfigField } from "../contract/manifest.ts";
import { patternProblem } from "../core/pattern.ts";
import type { Findings } from "./findings.ts";
import { measurePattern } from "./pattern-size.ts";

/**
 * What the patterns of one schema may cost together, in steps of RE2 program. Compiling a step takes about a microsecond, trying one
 * on one character of a default about a tenth of that: at these limits both together stay below 20 ms (`bench/intake.ts`).
 */
const PATTERN_BUDGET = { compile: 10_000, match: 100_000 } as const;
/** Steps that compiling the smallest pattern takes. */
const LEAST_COST = 100;

/** Look-ahead, look-behind and back-references, which other engines have. */
const OTHER_ENGINES = /\(\?<?[=!]|\\[1-9k]/;
const LINEAR =
  "Patterns run on a linear engine (RE2) that no text can stall, so look-around and back-references do not exist: write it without them.";
const CORRECT = "Correct it: patterns are regular expressions in RE2 syntax.";

/** Steps left for the patterns of a schema. What was paid for once is remembered and free. */
export interface PatternBudget {
  compile: number;
  match: number;
  paid: Set<string>;
  /** It was said that the budget is used up. */
  isSpent: boolean;
}

export function createPatternBudget(): PatternBudget {
  return { ...PATTERN_BUDGET, paid: new Set(), isSpent: false };
}

/** Checks the pattern of one field; false when the default cannot be held against it. */
export function checkPattern(
  field: ConfigField,
  path: string,
  budget: PatternBudget,
  findings: Findings,
): boolean {
  const pattern = field.validation?.pattern;
  if (pattern === undefined) return true;
  const size = measurePattern(pattern);
  if (!budget.paid.has(pattern)) budget.compile -= LEAST_COST + size.toCompile;
  if (budget.compile < 0) {
    if (budget.isSpent) return false;
    budget.isSpent = true;
    const message = "The patterns of this schema, from here on, are too costly to check.";
    findings.error("patterns_too_costly", path, message, "Use fewer or smaller repetitions.");
    return false;
  }
  budget.paid.add(pattern);
  const problem = patternProblem(pattern);
  if (problem !== null) {
    const isForeign = OTHER_ENGINES.test(pattern);
    const reason = isForeign
      ? `${pattern.slice(0, 200)} looks around or refers back`
      : problem.replace(/^error parsing regexp: /, "").slice(0, 200);
    const message = `This pattern cannot be used: ${reason}.`;
    findings.error("invalid_pattern", path, message, isForeign ? LINEAR : CORRECT);
    return false;
  }
  return canTry(size.toMatch, field.default, path, budget, findings);
}

function canTry(
  steps: number,
  tried: unknown,
  path: string,
  budget: PatternBudget,
  findings: Findings,
): boolean {
  if (typeof tried !== "string") return true;
  budget.match -= steps * tried.length;
  if (budget.match >= 0) return true;
  const message = "The default was not held against this pattern: that would take too long.";
  findings.warning("default_not_checked", path, message, "Use a shorter default or a smaller pattern.");
  return false;
}
