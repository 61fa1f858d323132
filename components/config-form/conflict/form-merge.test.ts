import { describe, expect, it } from "vitest";
import { NO_SECRET } from "@/lib/contract/config.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import type { FieldDraft } from "../fields/field-draft.ts";
import { carryOver, differingNames, rebase, refit, toStoredDraft } from "./form-merge.ts";
import { changedNames, toConfigWrite, toFormValues, toKey, type FormValues } from "../form-values.ts";

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

describe("toStoredDraft", () => {
  it("keeps no secret, only that one was typed", () => {
    const draft = toStoredDraft(SCHEMA, type(toFormValues(config()), "s3cret"));
    expect(JSON.stringify(draft)).not.toContain("s3cret");
    expect(draft.retype).toEqual(["api_key"]);
    expect(changedNames(SCHEMA, draft.values)).toEqual([]);
  });
});

describe("toStoredDraft with references", () => {
  it("keeps a reference and nothing that only stands in its place", () => {
    const referring = (text: string): FormValues => ({
      ...toFormValues(config()),
      secrets: { [toKey("api_key")]: { action: "reference", text } },
    });
    expect(JSON.stringify(toStoredDraft(SCHEMA, referring("env:ACME_KEY")))).toContain("env:ACME_KEY");
    const pasted = toStoredDraft(SCHEMA, referring("sk-pasted-by-mistake"));
    expect(JSON.stringify(pasted)).not.toContain("sk-pasted");
    expect(pasted.retype).toEqual(["api_key"]);
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

describe("values without a field", () => {
  it("stay when the other side left them alone, and go when they were removed here", () => {
    const mine = { ...toFormValues(config({ gone: 1, older: 2 })), extras: { older: 2 } };
    expect(toConfigWrite(SCHEMA, rebase(config({ gone: 1, older: 2, limit: 5 }, 4), mine)).values).toEqual({
      older: 2,
      limit: 5,
    });
  });

  it("are not lost when a field loses its place in the schema while a draft waits", () => {
    const draft = toFormValues(config({ limit: 10 }));
    const today = { ...config({ limit: 10 }), schema: [NAME, KEY] };
    expect(changedNames(today.schema, refit(today, draft))).toEqual([]);
  });
});

describe("carryOver", () => {
  it("keeps what was typed while the save was under way, and nothing that was sent", () => {
    const sent = type(edit(toFormValues(config()), "limit", "10"), "s3cret");
    const typing = edit(sent, "base.url[0]", "http://later.test");
    const after = carryOver(config({ limit: 10 }, 4), sent, typing);
    expect(changedNames(SCHEMA, after)).toEqual(["base.url[0]"]);
    expect(toConfigWrite(SCHEMA, after)).toEqual({
      version: 4,
      values: { limit: 10, "base.url[0]": "http://later.test" },
      secrets: {},
    });
  });

  it("leaves a clean form after an undisturbed save", () => {
    const sent = type(toFormValues(config()), "s3cret");
    expect(changedNames(SCHEMA, carryOver(config({}, 4), sent, sent))).toEqual([]);
  });
});
