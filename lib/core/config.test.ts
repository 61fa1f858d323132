import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigField } from "../contract/manifest.ts";
import type { Json } from "../contract/manifest.ts";
import { patternProblem } from "./pattern.ts";
import { redactSensitive, diffConfig, effectiveConfig, missingRequired, validateConfig } from "./config.ts";

type FieldInput = Partial<Omit<ConfigField, "validation">> & { validation?: ConfigField["validation"] };
const field = (input: FieldInput) => ConfigField.parse({ name: "x", type: "string", ...input });
const messages = (input: FieldInput, value: Json) =>
  validateConfig([field(input)], { x: value }).map(({ message }) => message);
const codes = (input: FieldInput, value: Json) =>
  validateConfig([field(input)], { x: value }).map(({ code }) => code);

describe("validating", () => {
  it.each<[FieldInput, Json, string[]]>([
    [{ type: "string" }, "text", []],
    [{ type: "string" }, 5, ["Must be text; this is 5"]],
    [{ type: "int" }, 30, []],
    [{ type: "int" }, 5.0, []],
    [{ type: "int" }, 2.5, ["Must be a whole number; this is 2.5"]],
    [{ type: "int" }, "abc", ["Must be a whole number; this is text"]],
    [{ type: "int" }, "", ["Must be a whole number; this is empty"]],
    [{ type: "float" }, 0.5, []],
    [{ type: "float" }, true, ["Must be a number; this is true"]],
    [{ type: "float" }, "-3,5", ["Must be a number; this is text: write -3.5 with a point"]],
    [{ type: "float" }, "1,000,5", ["Must be a number; this is text"]],
    [{ type: "float", sensitive: true }, "3,5", ["Must be a number; this is text"]],
    [{ type: "bool" }, false, []],
    [{ type: "bool" }, "true", ["Must be true or false; this is text"]],
    [{ type: "bool" }, null, ["Must be true or false; this is null: remove it to use the default"]],
    [{ type: "string" }, ["a"], ["Must be text; this is a list"]],
    [{ type: "string" }, { a: 1 }, ["Must be text; this is an object"]],
    [{ type: "list<string>" }, ["a"], []],
    [{ validation: { min_length: 8 } }, "12345", ["At least 8 characters; this has 5"]],
    [{ validation: { min_length: 1 } }, "", ["At least 1 character; this has 0"]],
    [{ validation: { max_length: 3 } }, "1234", ["At most 3 characters; this has 4"]],
    [{ type: "int", validation: { min: 1, max: 300 } }, 0, ["At least 1; this is 0"]],
    [{ type: "int", validation: { min: 1, max: 300 } }, 301, ["At most 300; this is 301"]],
    [{ validation: { enum: ["a", "b"] } }, "c", ["Must be one of: a, b"]],
    [{ validation: { pattern: "^sk-" } }, "pk-1", ["Must be text that begins with “sk-”"]],
    [{ validation: { pattern: "b" } }, "abc", []],
  ])("%j with %j", (input, value, expected) => {
    expect(messages(input, value)).toEqual(expected);
  });

  it("compares an enum by value, however YAML and JSON spelled it", () => {
    expect(codes({ type: "int", validation: { enum: [1, 2.0] } }, 2)).toEqual([]);
    expect(codes({ type: "int", validation: { enum: ["1", "2"] } }, 2)).toEqual([]);
    expect(codes({ type: "string", validation: { enum: [8080, true] } }, "8080")).toEqual([]);
    expect(codes({ type: "string", validation: { enum: [8080] } }, "80")).toEqual(["enum"]);
  });

  it("reports every broken rule of a value in order, and only the type when that is wrong", () => {
    const validation = { enum: ["long enough"], min_length: 8, pattern: "^[0-9]+$" };
    expect(codes({ validation }, "abc")).toEqual(["enum", "min_length", "pattern"]);
    expect(codes({ validation }, 5)).toEqual(["type"]);
  });

  it("asks for required values in schema order, and takes a default for one", () => {
    const schema = [
      field({ name: "a", required: true }),
      field({ name: "b", required: true, default: "set" }),
      field({ name: "c", required: true, type: "bool" }),
      field({ name: "d" }),
    ];
    expect(validateConfig(schema, {}).map(({ field, code }) => `${field} ${code}`)).toEqual([
      "a required",
      "c required",
    ]);
    expect(validateConfig(schema, { a: "", b: "", c: false }).map(({ field }) => field)).toEqual(["a", "b"]);
    expect(validateConfig(schema, { a: null, c: true }).map(({ code }) => code)).toEqual(["required"]);
  });

  it("takes a configured secret as a value and checks a new one without repeating it", () => {
    const schema = [field({ name: "key", required: true, sensitive: true, validation: { min_length: 8 } })];
    expect(validateConfig(schema, {}, {}).map(({ code }) => code)).toEqual(["required"]);
    expect(validateConfig(schema, {}, { key: { configured: true } })).toEqual([]);
    expect(validateConfig(schema, {}, { key: { configured: false, value: "hunter2" } })).toEqual([
      { field: "key", code: "min_length", message: "At least 8 characters; this has 7" },
    ]);
    const pin = [field({ name: "key", type: "int", sensitive: true, validation: { max: 999 } })];
    const [issue] = validateConfig(pin, {}, { key: { configured: true, value: "123456" } });
    expect(issue).toMatchObject({ code: "max" });
    expect(issue?.message).not.toContain("123456");
  });

  it("refuses values that are too large together, at the largest, whether the schema knows it or not", () => {
    const fits = "a".repeat(262_144 - '{"x":"","other":1}'.length);
    expect(validateConfig([field({})], { x: fits, other: 1 })).toEqual([]);
    const [issue, ...more] = validateConfig([field({ required: true, name: "y" })], {
      x: `${fits}a`,
      other: 1,
    });
    expect(issue).toMatchObject({ field: "x", code: "size" });
    expect(issue?.message).toContain("262,145 characters");
    expect(more).toEqual([]);
  });

  it("leaves unknown keys alone", () => {
    expect(validateConfig([field({})], { other: { deep: [1] } })).toEqual([]);
  });

  it("checks nothing with a pattern that RE2 refuses, and names the trouble", () => {
    const pattern = "(?=a)b";
    expect(codes({ validation: { pattern } }, "x")).toEqual([]);
    expect(patternProblem(pattern)).toContain("(?=");
    expect(patternProblem("^[a-z]+$")).toBeNull();
  });

  it("takes linear time for a pattern that stops other engines", () => {
    const [issue] = validateConfig([field({ validation: { pattern: "^(a+)+$" } })], {
      x: `${"a".repeat(5_000)}!`,
    });
    expect(issue?.code).toBe("pattern");
  });

  it("never throws, whatever schema and values are", () => {
    const anyField = fc.record({
      name: fc.string({ minLength: 1 }),
      type: fc.oneof(
        fc.constantFrom("string", "int", "float", "bool", "constructor"),
        fc.string({ minLength: 1 }),
      ),
      required: fc.boolean(),
      description: fc.string(),
      sensitive: fc.boolean(),
      validation: fc.record(
        {
          pattern: fc.string(),
          min_length: fc.nat(),
          max: fc.double(),
          enum: fc.array(fc.jsonValue() as fc.Arbitrary<Json>),
        },
        { requiredKeys: [] },
      ),
    });
    const values = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>);
    fc.assert(
      fc.property(fc.array(anyField), values, (schema, given) => {
        for (const { message } of validateConfig(schema, given)) expect(message).not.toBe("");
      }),
    );
  });
});

describe("the effective configuration", () => {
  const schema = [
    field({ name: "key", sensitive: true }),
    field({ name: "timeout", type: "int", default: 30 }),
    field({ name: "pin", type: "int", sensitive: true }),
    field({ name: "debug", type: "bool", default: true }),
    field({ name: "region" }),
  ];

  it("is explicit values, secrets in their type, and defaults for what is absent", () => {
    expect(effectiveConfig(schema, { timeout: 5, extra: ["kept"] }, { key: "sk", pin: "42" })).toEqual({
      key: "sk",
      timeout: 5,
      pin: 42,
      debug: true,
      extra: ["kept"],
    });
  });

  it("never puts a default in the place of an explicit value", () => {
    expect(effectiveConfig(schema, { timeout: 0, debug: false, region: "" }, {})).toEqual({
      timeout: 0,
      debug: false,
      region: "",
    });
    expect(effectiveConfig(schema, { timeout: null }, {})).toEqual({ timeout: null, debug: true });
  });

  it("does not send a secret the schema no longer names", () => {
    expect(effectiveConfig([], { a: 1 }, { old_key: "sk" })).toEqual({ a: 1 });
  });

  it("is stable: taken as explicit values it gives itself, and it satisfies what was satisfied", () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>);
    fc.assert(
      fc.property(values, (given) => {
        const once = effectiveConfig(schema, given, {});
        expect(effectiveConfig(schema, once, {})).toEqual(once);
        for (const [key, value] of Object.entries(given)) expect(once[key]).toEqual(value);
      }),
    );
  });

  it("carries a key called __proto__ as data", () => {
    const values = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, Json>;
    const effective = effectiveConfig([field({ name: "__proto__", default: 1 })], values, {});
    expect(Object.keys(effective)).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("what people see of values that were sent", () => {
  it("is a word for secrets, in their place, and everything else as it is", () => {
    const schema = [field({ name: "key", sensitive: true }), field({ name: "unset", sensitive: true })];
    const shown = redactSensitive(schema, { a: 1, key: "sk-1", b: null });
    expect(JSON.stringify(shown)).toBe('{"a":1,"key":"(configured)","b":null}');
  });
});

describe("what is missing", () => {
  it("agrees with the required issues of validation", () => {
    const schema = [
      field({ name: "a", required: true }),
      field({ name: "b", required: true, sensitive: true }),
      field({ name: "c", required: true, default: 1 }),
    ];
    expect(missingRequired(schema, {}, [])).toEqual(["a", "b"]);
    expect(missingRequired(schema, { a: "x" }, new Set(["b"]))).toEqual([]);
    expect(missingRequired(schema, { a: "", c: null }, ["a", "b"])).toEqual(["a", "c"]);
  });
});

describe("the difference", () => {
  it("names what was set, changed and unset, and nothing else", () => {
    expect(diffConfig({ a: 1, b: { x: 1, y: 2 }, c: 3 }, { b: { y: 2, x: 1 }, c: 4, d: null })).toEqual([
      { field: "a", before: 1 },
      { field: "c", before: 3, after: 4 },
      { field: "d", after: null },
    ]);
  });

  it("is empty between equal values", () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>);
    fc.assert(fc.property(values, (given) => diffConfig(given, structuredClone(given)).length === 0));
  });
});
