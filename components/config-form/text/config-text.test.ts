import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_SECRET, type PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import { applyValues, printValues, readValues } from "./config-text.ts";
import { toConfigWrite, toFormValues, toKey } from "../form-values.ts";

const SCHEMA = [
  { name: "limit", type: "int", default: 30, validation: { max: 100 } },
  { name: "region", type: "string", required: true },
  { name: "tags", type: "list" },
  { name: "api_key", type: "string", sensitive: true },
].map((input) => ConfigField.parse(input));

const CONFIG: PluginConfig = {
  schema: SCHEMA,
  origin: null,
  addressField: null,
  values: { region: "eu", tags: ["a"], older: 1 },
  version: 1,
  secrets: { api_key: { ...NO_SECRET, configured: true } },
};
const LANGUAGES = ["yaml", "json"] as const;

describe.each(LANGUAGES)("values as %s", (language) => {
  it("read back as exactly what was printed", () => {
    const name = fc.string().filter((one) => one !== "__proto__" && one !== "api_key");
    const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });
    fc.assert(
      fc.property(fc.dictionary(name, json), (made) => {
        const values = JSON.parse(JSON.stringify(made)) as Record<string, Json>;
        fc.pre(!JSON.stringify(values).includes("__proto__"));
        const text = printValues(language, values, CONFIG);
        expect(readValues(language, text, CONFIG)).toMatchObject({ values });
      }),
    );
  });

  it("never hold a secret, and refuse one that is written into them", () => {
    const text = printValues(language, CONFIG.values, CONFIG);
    expect(text).not.toMatch(/api_key"?:\s*"?\(?configured/);
    const written =
      language === "yaml" ? 'region: eu\napi_key: "s3cret"\n' : '{\n"region": "eu", "api_key": "s3cret"}';
    const { values, findings } = readValues(language, written, CONFIG);
    expect(values).toBeNull();
    expect(findings).toMatchObject([{ code: "secret_in_text", line: 2 }]);
    expect(JSON.stringify(findings)).not.toContain("s3cret");
  });

  it("are nothing when the text is empty", () => {
    expect(readValues(language, "", CONFIG).values).toEqual({});
    expect(readValues(language, printValues(language, {}, CONFIG), CONFIG).values).toEqual({});
  });

  it("refuse a deep text before it is parsed", () => {
    const deep = "[".repeat(100_000);
    const text = language === "yaml" ? `a: ${deep}` : `{"a": ${deep}`;
    expect(readValues(language, text, CONFIG).findings).toMatchObject([{ code: "nested_too_deep", line: 1 }]);
  });
});

describe("findings in a text", () => {
  it("stand at the value they are about", () => {
    const { values, findings } = readValues("yaml", "# mine\nregion: eu\nlimit: 101\nolder: 1\n", CONFIG);
    expect(values).toEqual({ region: "eu", limit: 101, older: 1 });
    expect(findings).toMatchObject([
      { path: "limit", code: "max", line: 3, column: 8, message: "limit: At most 100; this is 101" },
      { path: "older", code: "unknown_key", severity: "warning", line: 4, column: 1 },
    ]);
    const json = readValues("json", '{\n  "region": "eu",\n  "limit": 101\n}', CONFIG);
    expect(json.findings).toMatchObject([{ path: "limit", line: 3, column: 12 }]);
    const unknown = { path: "older", code: "unknown_key", line: 2, column: 3 };
    expect(readValues("json", '{ "region": "eu",\n  "older": 1 }', CONFIG).findings).toMatchObject([unknown]);
    expect(readValues("yaml", 'region: eu\n"older": 1', CONFIG).findings).toMatchObject([
      { ...unknown, column: 1 },
    ]);
  });

  it("name a required value that is missing", () => {
    expect(readValues("yaml", "limit: 1", CONFIG).findings[0]?.message).toContain("region");
  });

  it.each([
    ["yaml", "a: &x 1", "anchor_or_alias"],
    ["yaml", "a: !!binary eA==", "tag"],
    ["yaml", "a: 1\na: 2", "duplicate_key"],
    ["yaml", "<<: {a: 1}", "merge_key"],
    ["yaml", "a: 9007199254740993", "inexact_number"],
    ["yaml", "a: .inf", "invalid_number"],
    ["yaml", "a: [1", "invalid_yaml"],
    ["yaml", "- a", "not_a_map"],
    ["yaml", "a: 1\n---\nb: 2", "several_documents"],
    ["yaml", "a: {__proto__: 1}", "forbidden_key"],
    ["json", '{"a": 9007199254740993}', "inexact_number"],
    ["json", '{"a": 1e400}', "inexact_number"],
    ["json", '{"a": 1, "a": 2}', "duplicate_key"],
    ["json", '{"a": 1,}', "invalid_json"],
    ["json", "[]", "not_a_map"],
    ["json", '{"__proto__": 1}', "forbidden_key"],
  ] as const)("refuses in %s: %s", (language, text, code) => {
    const { values, findings } = readValues(language, text, CONFIG);
    expect(values).toBeNull();
    expect(findings).toMatchObject([{ code, severity: "error" }]);
    expect(findings[0]?.line).toBeGreaterThan(0);
  });
});

describe("a hint in the YAML of what is not set", () => {
  it("sets the default once the first # is removed, whatever it is", () => {
    const name = fc.string({ unit: "binary", minLength: 1 }).filter((one) => one !== "__proto__");
    const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
    fc.assert(
      fc.property(name, json, (field, made) => {
        const fallback = JSON.parse(JSON.stringify(made)) as Json;
        fc.pre(!JSON.stringify(fallback).includes("__proto__"));
        const schema = [
          { ...ConfigField.parse({ name: "any", type: "any" }), name: field, default: fallback },
        ];
        const text = printValues("yaml", {}, { schema, secrets: {} });
        expect(text.split("\n")).toHaveLength(2);
        const { values } = readValues("yaml", text.replace("# ", ""), { ...CONFIG, schema });
        expect(values).toEqual({ [field]: fallback });
      }),
    );
  });

  it("is a name to be filled in where there is no default", () => {
    expect(printValues("yaml", {}, CONFIG)).toContain(
      "# limit: 30  # default\n# region:  # not set, required\n",
    );
  });
});

describe("a text over a form", () => {
  it("changes what differs and keeps secrets and everything typed", () => {
    const start = toFormValues(CONFIG);
    const form = {
      ...start,
      fields: { ...start.fields, [toKey("tags")]: '["a" ]' },
      secrets: { [toKey("api_key")]: { action: "replace" as const, text: "s3cret" } },
    };
    const applied = applyValues(CONFIG, form, { region: "us", tags: ["a"], limit: "7", fresh: true });
    expect(applied.fields[toKey("tags")]).toBe('["a" ]');
    expect(toConfigWrite(SCHEMA, applied)).toEqual({
      version: 1,
      values: { region: "us", tags: ["a"], limit: "7", fresh: true },
      secrets: { api_key: { set: "s3cret" } },
    });
  });
});
