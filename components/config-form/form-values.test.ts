import { describe, expect, it } from "vitest";
import { NO_SECRET } from "@/lib/contract/config.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import type { FieldDraft } from "./fields/field-draft.ts";
import { changedNames, toConfigWrite, toFormValues, toKey, type FormValues } from "./form-values.ts";

const field = (input: object) => ConfigField.parse(input);
const NAME = field({ name: "base.url[0]", type: "string", default: "https://example.test" });
const LIMIT = field({ name: "limit", type: "int", default: 30 });
const KEY = field({ name: "api_key", type: "string", sensitive: true });
const SCHEMA = [NAME, LIMIT, KEY];

function config(values: Record<string, Json> = {}, version = 3): PluginConfig {
  return {
    schema: SCHEMA,
    origin: null,
    addressField: null,
    values,
    version,
    secrets: { api_key: { ...NO_SECRET, configured: true } },
  };
}

function edit(values: FormValues, name: string, draft: FieldDraft): FormValues {
  return { ...values, fields: { ...values.fields, [toKey(name)]: draft } };
}

function type(values: FormValues, text: string): FormValues {
  return { ...values, secrets: { [toKey("api_key")]: { action: "replace", text } } };
}

describe("toKey", () => {
  it("hides what a form path would take apart, and keeps names distinct", () => {
    const keys = ["a.b", "a[b]", "a'b", 'a"b', "a b", "__proto__", "ab"].map(toKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).not.toMatch(/[.[\]'"]/);
  });
});

describe("a form made from a configuration", () => {
  it("has no changes and sends back exactly what was stored", () => {
    const stored = { "base.url[0]": "http://one.test", limit: "not a number", gone: { a: [1] } };
    const values = toFormValues(config(stored));
    expect(changedNames(SCHEMA, values)).toEqual([]);
    expect(toConfigWrite(SCHEMA, values)).toEqual({ version: 3, values: stored, secrets: {} });
  });

  it("stores only explicit values: defaults are not sent", () => {
    expect(toConfigWrite(SCHEMA, toFormValues(config())).values).toEqual({});
  });

  it("names what changed and what reset to the default drops", () => {
    const values = edit(toFormValues(config({ limit: 60 })), "limit", null);
    expect(changedNames(SCHEMA, values)).toEqual(["limit"]);
    expect(toConfigWrite(SCHEMA, values).values).toEqual({});
  });

  it("drops a value of a former schema only when asked", () => {
    const values = { ...toFormValues(config({ gone: 1 })), extras: {} };
    expect(changedNames(SCHEMA, values)).toEqual(["gone"]);
    expect(toConfigWrite(SCHEMA, values).values).toEqual({});
  });

  it("sends a reference as one, without spaces around it", () => {
    const values = toFormValues(config());
    const secrets = { [toKey("api_key")]: { action: "reference" as const, text: " env:ACME_KEY " } };
    expect(toConfigWrite(SCHEMA, { ...values, secrets }).secrets).toEqual({
      api_key: { reference: "env:ACME_KEY" },
    });
  });

  it("survives a field called __proto__", () => {
    const schema = [field({ name: "__proto__", type: "string" })];
    const empty: PluginConfig = { ...config(), schema, values: {}, secrets: {}, version: 0 };
    const values = edit(toFormValues(empty), "__proto__", "x");
    expect(Object.entries(toConfigWrite(schema, values).values)).toEqual([["__proto__", "x"]]);
  });
});

describe("secrets", () => {
  it("are kept unless typed or cleared", () => {
    const values = toFormValues(config());
    expect(toConfigWrite(SCHEMA, values).secrets).toEqual({});
    expect(changedNames(SCHEMA, type(values, ""))).toEqual([]);
    expect(toConfigWrite(SCHEMA, type(values, "s3cret")).secrets).toEqual({ api_key: { set: "s3cret" } });
    const cleared: FormValues = { ...values, secrets: { [toKey("api_key")]: { action: "clear", text: "" } } };
    expect(toConfigWrite(SCHEMA, cleared).secrets).toEqual({ api_key: { clear: true } });
  });
});
