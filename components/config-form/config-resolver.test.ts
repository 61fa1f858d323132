import { describe, expect, it } from "vitest";
import { NO_SECRET } from "@/lib/contract/config.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import { checkForm, toFieldMessages } from "./config-resolver.ts";
import type { FieldDraft } from "./fields/field-draft.ts";
import { toFormValues, toKey, type SecretDraft } from "./form-values.ts";

const SCHEMA = [
  { name: "limit", type: "int", validation: { min: 1, max: 300 } },
  { name: "tags", type: "list" },
  { name: "api.key", type: "string", required: true, sensitive: true, validation: { min_length: 8 } },
].map((input) => ConfigField.parse(input));

function config(configured: boolean, values: Record<string, Json> = {}): PluginConfig {
  return {
    schema: SCHEMA,
    origin: null,
    addressField: null,
    values,
    version: 1,
    secrets: { "api.key": { ...NO_SECRET, configured } },
  };
}

async function check(
  base: PluginConfig,
  edits: { fields?: Record<string, FieldDraft>; secret?: SecretDraft } = {},
): Promise<Record<string, string>> {
  const values = toFormValues(base);
  const fields = Object.fromEntries(
    Object.entries(edits.fields ?? {}).map(([name, draft]) => [toKey(name), draft]),
  );
  const messages = await checkForm(base, {
    ...values,
    fields: { ...values.fields, ...fields },
    secrets: { ...values.secrets, ...(edits.secret ? { [toKey("api.key")]: edits.secret } : {}) },
  });
  return Object.fromEntries(messages.map(({ name, message }) => [name, message]));
}

describe("checkForm", () => {
  it("accepts a configured secret without seeing it", async () => {
    expect(await check(config(true))).toEqual({});
  });

  it("asks for a required secret that is missing, or about to be cleared", async () => {
    expect(Object.keys(await check(config(false)))).toEqual(["api.key"]);
    expect(Object.keys(await check(config(true), { secret: { action: "clear", text: "" } }))).toEqual([
      "api.key",
    ]);
  });

  it("keeps the stored secret while its replacement is still empty", async () => {
    expect(await check(config(true), { secret: { action: "replace", text: "" } })).toEqual({});
  });

  it("checks the rules of a secret being typed and does not repeat it", async () => {
    const messages = await check(config(true), { secret: { action: "replace", text: "hunter2" } });
    expect(messages["api.key"]).toContain("8 characters");
    expect(messages["api.key"]).not.toContain("hunter2");
  });

  it("takes a reference for a value, and says how one is spelled", async () => {
    const referring = (text: string): SecretDraft => ({ action: "reference", text });
    expect(await check(config(false), { secret: referring("env:ACME_KEY") })).toEqual({});
    expect((await check(config(false), { secret: referring("ACME_KEY") }))["api.key"]).toContain("env:NAME");
    expect(Object.keys(await check(config(false), { secret: referring("") }))).toEqual(["api.key"]);
  });

  it("looks at one field when only that one is asked for", async () => {
    const base = config(false, { limit: 301 });
    const [limit] = SCHEMA;
    const messages = await checkForm(base, toFormValues(base), limit ? [limit] : []);
    expect(messages.map(({ name }) => name)).toEqual(["limit"]);
  });

  it("reports broken JSON and broken rules together", async () => {
    const messages = await check(config(true), { fields: { tags: "[1,", limit: "301" } });
    expect(messages["tags"]).toContain("not JSON");
    expect(messages["limit"]).toContain("300");
  });

  it("calls text in a number field by its name", async () => {
    expect((await check(config(true), { fields: { limit: "abc" } }))["limit"]).toContain("whole number");
  });
});

describe("toFieldMessages", () => {
  it("finds the fields in a server's answer, however it spells the path", () => {
    const issues = [
      { path: "values.limit", message: "too big" },
      { path: "secrets.api.key.set", message: "too long" },
      { path: "version", message: "not ours" },
    ];
    expect(toFieldMessages(SCHEMA, { code: "validation_failed", message: "…", issues })).toEqual([
      { name: "limit", message: "too big" },
      { name: "api.key", message: "too long" },
    ]);
  });

  it("falls back to the one field of a simple error", () => {
    expect(toFieldMessages(SCHEMA, { code: "validation_failed", message: "No.", field: "limit" })).toEqual([
      { name: "limit", message: "No." },
    ]);
  });
});
