/** Manifests for measurements and limits: what people write, and what costs most in 64 KB. */

const SIZE = 64 * 1024;

const HEAD = `type: http
endpoint: https://acme.example.com
metadata:
  name: Acme Models
  version: "1.2.0"
  plugin_api_version: "1.0.0"
  provider_type: acme
  capabilities: { streaming: true, function_calling: false, vision: false }
`;

/** `head`, then pieces as long as they fit, then `tail`. */
function fill(head: string, piece: (index: number) => string, tail = ""): string {
  let text = head;
  for (let index = 0; ; index++) {
    const next = piece(index);
    if (text.length + next.length + tail.length > SIZE) return text + tail;
    text += next;
  }
}

/** `count` configuration fields in block style. */
function fields(count: number, more: string): string {
  const all = Array.from(
    { length: count },
    (_, index) => `    - name: option_${index}\n      type: string\n${more}`,
  );
  return `${HEAD}  config_schema:\n${all.join("")}`;
}

const WORDS = "One sentence about what this setting does, as long as such sentences usually are";

export const LARGE_MANIFESTS: ReadonlyArray<{ name: string; text: string }> = [
  {
    name: "as in the guide",
    text: fields(
      3,
      `      description: ${WORDS}\n      default: "30"\n      validation: { max_length: 300 }\n`,
    ),
  },
  {
    name: "100 fields with rules",
    text: fields(
      100,
      `      description: ${WORDS}\n      default: "2026-01-01"\n      validation: { pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", max_length: 10 }\n`,
    ),
  },
  {
    name: "500 fields",
    text: fill(`${HEAD}  config_schema:\n`, (index) =>
      index < 500
        ? `    - { name: option_${index}, type: int, default: 30, validation: { min: 1, max: 300 } }\n`
        : `# ${"x".repeat(80)}\n`,
    ),
  },
  {
    name: "too many fields",
    text: fill(`${HEAD}  config_schema:\n`, (index) => `    - {name: k${index}, type: int}\n`),
  },
  {
    name: "fields full of mistakes",
    text: fill(
      `${HEAD}  config_schema:\n`,
      (index) => `    - {name: "", type: int, default: x, validation: {min: 9, max: ${index % 9}, a: 1}}\n`,
    ),
  },
  {
    name: "many patterns",
    text: fill(
      `${HEAD}  config_schema:\n`,
      (index) =>
        `    - {name: option_${index}, type: string, default: ${"a".repeat(40)}, validation: {pattern: '^[a-z]+-[0-9]{4}x${index}$'}}\n`,
    ),
  },
  {
    name: "costly patterns",
    text: fill(
      `${HEAD}  config_schema:\n`,
      (index) =>
        `    - {name: k${index}, type: string, default: ${"a".repeat(40)}, validation: {pattern: '(\\pL{1,30}b?){1,30}c${index}'}}\n`,
    ),
  },
  { name: "one long text", text: fill(`${HEAD}  description: `, () => "lorem ipsum ") },
  { name: "one long word", text: fill(`${HEAD}  description: `, () => "x") },
  {
    name: "one long default",
    text: fill(
      `${HEAD}  config_schema:\n    - {name: a, type: string, validation: {pattern: '^(x+)+y$'}, default: `,
      () => "x",
      "}\n",
    ),
  },
  { name: "one long key", text: fill(HEAD, () => "k", ": 1\n") },
  { name: "unknown fields", text: fill(HEAD, (index) => `k${index}: 1\n`) },
  { name: "duplicate keys", text: fill(HEAD, () => "k: 1\n") },
  { name: "prototype keys", text: fill(HEAD, () => "__proto__: 1\n") },
  { name: "anchors", text: fill(`${HEAD}x: [`, () => "&a 1,", "]\n") },
  { name: "tags", text: fill(`${HEAD}x: [`, () => "!!a 1,", "]\n") },
  { name: "a list of args", text: fill(`${HEAD}args: [`, () => "a,", "]\n") },
  { name: "an env of numbers", text: fill(`${HEAD}env: {`, (index) => `A${index}: 1,`, "}\n") },
  { name: "a list of numbers", text: fill(`${HEAD}x: [`, () => "1,", "]\n") },
  { name: "a list of lists", text: fill(`${HEAD}x: [`, () => "[],", "]\n") },
  { name: "a list of objects", text: fill(`${HEAD}x: [`, () => "{a},", "]\n") },
  { name: "a schema of empty items", text: fill(`${HEAD}  config_schema: [`, () => "{},", "]\n") },
  { name: "prices", text: fill(`${HEAD}x:\n`, () => "- cost_per_mtoken: 0.001\n") },
  {
    name: "30 levels, over and over",
    text: fill(`${HEAD}x:\n`, () => ` - ${"[".repeat(28)}1${"]".repeat(28)}\n`),
  },
  { name: "block list", text: fill(`${HEAD}x:\n`, () => "- 1\n") },
  { name: "empty lines", text: fill(HEAD, () => "\n") },
  { name: "line breaks in a text", text: fill(`${HEAD}  description: "`, () => "a\n  ", '"\n') },
  { name: "escapes", text: fill(`${HEAD}  description: "`, () => "\\u0041", '"\n') },
  { name: "open brackets", text: fill("", () => "[") },
  { name: "dashes", text: fill("", () => "- ") },
  { name: "question marks", text: fill("", () => "? ") },
  { name: "colons", text: fill("", () => ": ") },
  { name: "quotes", text: fill("x: ", () => "'") },
  { name: "JSON", text: fill("{", (index) => `"k${index}":{"a":[1,true,null]},`, '"type":"http"}') },
];
