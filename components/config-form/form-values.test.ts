import { describe, expect, it } from "vitest";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import {
  changedNames,
  differingNames,
  parseDraft,
  rebase,
  refit,
  toConfigWrite,
  toDraft,
  toFormValues,
  toKey,
  toStoredDraft,
  typedDraft,
  type FieldDraft,
  type FormValues,
} from "./form-values.ts";

const field = (input: object) => ConfigField.parse(input);
const NAME = field({ name: "base.url[0]", type: "string", default: "https://example.test" });
const LIMIT = field({ name: "limit", type: "int", default: 30 });
const KEY = field({ name: "api_key", type: "string", sensitive: true });
const SCHEMA = [NAME, LIMIT, KEY];

function config(values: Record<string, Json> = {}, version = 3): PluginConfig {
  return {
    schema: SCHEMA,
    values,
    version,
    secrets: { api_key: { configured: true, changedAt: null, changedBy: null } },
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
    const values = { ...toFormValues(config({ gone: 1 })), dropped: ["gone"] };
    expect(changedNames(SCHEMA, values)).toEqual(["gone"]);
    expect(toConfigWrite(SCHEMA, values).values).toEqual({});
  });

  it("survives a field called __proto__", () => {
    const schema = [field({ name: "__proto__", type: "string" })];
    const empty: PluginConfig = { schema, values: {}, secrets: {}, version: 0 };
    const values = edit(toFormValues(empty), "__proto__", "x");
    expect(Object.entries(toConfigWrite(schema, values).values)).toEqual([["__proto__", "x"]]);
  });
});

describe("numbers", () => {
  const ratio = field({ name: "ratio", type: "float" });
  it.each([
    [LIMIT, "42", 42],
    [LIMIT, " -7 ", -7],
    [LIMIT, "4.5", "4.5"],
    [LIMIT, "abc", "abc"],
    [LIMIT, "0x10", "0x10"],
    [LIMIT, "12345678901234567890", "12345678901234567890"],
    [ratio, ".5", 0.5],
    [ratio, "1e3", 1000],
    [ratio, "0,5", "0,5"],
    [ratio, "1e999", "1e999"],
    [ratio, "Infinity", "Infinity"],
  ])("reads %o typed as %s", (schema, text, value) => {
    expect(parseDraft(schema, text)).toBe(value);
  });
});

describe("drafts", () => {
  it("takes an emptied field as not set, except where that would bring a default back", () => {
    expect(typedDraft(LIMIT, "")).toBeNull();
    expect(typedDraft(NAME, "")).toBe("");
    expect(typedDraft(field({ name: "x", type: "string" }), "")).toBeNull();
  });

  it("keeps the type of a choice", () => {
    const size = field({ name: "size", type: "int", validation: { enum: [1, 2, 4] } });
    expect(parseDraft(size, toDraft(size, 2))).toBe(2);
  });

  it("edits unknown types as JSON and refuses broken JSON", () => {
    const tags = field({ name: "tags", type: "list" });
    expect(parseDraft(tags, toDraft(tags, ["a", 1]))).toEqual(["a", 1]);
    expect(() => parseDraft(tags, "[1,")).toThrow(SyntaxError);
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

  it("never reach the stored draft, which remembers only that they were typed", () => {
    const draft = toStoredDraft(SCHEMA, type(toFormValues(config()), "s3cret"));
    expect(JSON.stringify(draft)).not.toContain("s3cret");
    expect(draft.retype).toEqual(["api_key"]);
    expect(changedNames(SCHEMA, draft.values)).toEqual([]);
  });
});

describe("rebase", () => {
  it("keeps the edits, takes over everything else, and saves on top of the newer version", () => {
    const mine = type(edit(toFormValues(config({ limit: 10 })), "base.url[0]", "http://mine.test"), "s3cret");
    const theirs = config({ limit: 20, gone: true }, 4);
    expect(toConfigWrite(SCHEMA, rebase(theirs, mine))).toEqual({
      version: 4,
      values: { "base.url[0]": "http://mine.test", limit: 20, gone: true },
      secrets: { api_key: { set: "s3cret" } },
    });
    expect(differingNames(mine.base.values, theirs.values)).toEqual(["limit", "gone"]);
  });
});

describe("refit", () => {
  it("brings a stored draft back onto a schema that has changed meanwhile", () => {
    const old = edit(toFormValues(config({ limit: 10 })), "limit", "11");
    const today = {
      ...config({ limit: 10 }),
      schema: [LIMIT, field({ name: "fresh", type: "bool", default: true })],
    };
    const values = refit(today, old);
    expect(changedNames(today.schema, values)).toEqual(["limit"]);
    expect(values.base.version).toBe(3);
    expect(toConfigWrite(today.schema, values).values).toEqual({ limit: 11 });
  });
});
