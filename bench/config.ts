/**
 * What validation costs: single patterns that stop other engines, and a schema of 200 fields, beside plain JSON of the same values.
 * Prints, asserts nothing.
 *
 *   tsx bench/config.ts
 */
import { ConfigField } from "../lib/contract/manifest.ts";
import { validateConfig } from "../lib/core/config.ts";
import { textTable } from "../scripts/text-table.ts";
import { ms } from "./figures.ts";

const PATTERNS: Array<[string, string]> = [
  ["^(a+)+$", `${"a".repeat(16_384)}!`],
  ["^(a|aa)+$", `${"a".repeat(1_000_000)}b`],
  ["(a?){100}a{100}", "a".repeat(900)],
  ["\\p{L}{1,500}$", "é".repeat(60_000)],
  ["(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[xyz]$", "a".repeat(20_000)],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(30_000)],
  ["x".repeat(5_000), "x"],
];

function time(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

const rows = PATTERNS.map(([pattern, text]) => {
  const schema = [ConfigField.parse({ name: "f", type: "string", validation: { pattern } })];
  const first = time(() => validateConfig(schema, { f: text }));
  const again = time(() => validateConfig(schema, { f: text }));
  const shown = pattern.length > 40 ? `${pattern.slice(0, 37)}…` : pattern;
  return [`${shown} on ${text.length}`, ms(first), ms(again)];
});

const schema = Array.from({ length: 200 }, (_, index) =>
  ConfigField.parse({
    name: `field_${index}`,
    type: "string",
    validation: { pattern: `^[a-z]{1,${40 + (index % 20)}}-${index}$`, max_length: 80 },
  }),
);
const values = Object.fromEntries(schema.map(({ name }, index) => [name, `value-${index}`]));
rows.push([
  "200 fields with patterns",
  ms(time(() => validateConfig(schema, values))),
  ms(time(() => validateConfig(schema, values))),
]);
rows.push([
  "baseline: JSON of the 200 values",
  ms(time(() => JSON.stringify(values))),
  ms(time(() => JSON.stringify(values))),
]);
process.stdout.write(`${textTable([["what", "first ms", "again ms"], ...rows])}\n`);
