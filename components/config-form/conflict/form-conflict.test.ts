import { describe, expect, it } from "vitest";
import { NO_SECRET, type PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import { decide, meet } from "./form-conflict.ts";
import { toConfigWrite, toFormValues, toKey, type FormValues } from "../form-values.ts";

const SCHEMA = [
  { name: "limit", type: "int" },
  { name: "region", type: "string" },
  { name: "api_key", type: "string", sensitive: true },
].map((input) => ConfigField.parse(input));

const config = (values: Record<string, Json>, version: number): PluginConfig => ({
  schema: SCHEMA,
  origin: null,
  addressField: null,
  values,
  version,
  secrets: { api_key: { ...NO_SECRET, configured: true } },
});

const before = config({ limit: 1, region: "eu", old: true }, 1);
const theirs = config({ limit: 2, region: "us" }, 2);
const mine: FormValues = {
  ...toFormValues(before),
  fields: { [toKey("limit")]: "3", [toKey("region")]: "us" },
  secrets: { [toKey("api_key")]: { action: "replace", text: "s3cret" } },
};
const ERROR = { code: "version_conflict", message: "…" } as const;

describe("two people who save at once", () => {
  it("contest only what they ended differently", () => {
    const { conflict } = meet(theirs, mine, ERROR);
    expect(conflict.theirs.map(({ field }) => field)).toEqual(["limit", "region", "old"]);
    expect(conflict.contested).toEqual(["limit"]);
  });

  it("contest a secret that both entered, and say who and when", () => {
    const details = {
      version: 2,
      savedBy: "Grace",
      moved: null,
      savedAt: "2026-01-01T00:00:00.000Z",
      changes: [{ field: "api_key", secret: "changed" as const }],
    };
    const { conflict, values } = meet(theirs, mine, { ...ERROR, details });
    expect(conflict).toMatchObject({ savedBy: "Grace", contested: ["api_key"] });
    const { values: given } = decide(conflict, values, "api_key", "theirs");
    expect(toConfigWrite(SCHEMA, given).secrets).toEqual({});
    const { values: taken } = decide(conflict, given, "api_key", "mine");
    expect(toConfigWrite(SCHEMA, taken).secrets).toEqual({ api_key: { set: "s3cret" } });
  });

  it("may take theirs and change their mind, and lose nothing else", () => {
    const { conflict, values: start } = meet(theirs, mine, ERROR);
    const { values: given } = decide(conflict, start, "limit", "theirs");
    expect(toConfigWrite(SCHEMA, given)).toMatchObject({
      version: 2,
      values: { limit: 2, region: "us" },
      secrets: { api_key: { set: "s3cret" } },
    });
    const { values: back } = decide(conflict, given, "limit", "mine");
    expect(toConfigWrite(SCHEMA, back)).toEqual(toConfigWrite(SCHEMA, start));
    expect(toConfigWrite(SCHEMA, back).values).toEqual({ limit: 3, region: "us" });
  });
});

describe("a secret that is being typed while the plugin goes elsewhere", () => {
  const secretsOf = (values: FormValues) => toConfigWrite(SCHEMA, values).secrets;

  it("is taken out of the form when the plugin moved, and cannot be taken back", () => {
    const [here, there] = ["https://a.example", "https://b.example"];
    const details = {
      ...{ version: 2, savedBy: "Grace", savedAt: null, moved: { from: here, to: there } },
      changes: [{ field: "api_key", secret: "cleared" as const }],
    };
    const typed = { ...mine, base: { ...mine.base, origin: here } };
    const { values, conflict } = meet({ ...theirs, origin: there }, typed, { ...ERROR, details });
    expect(conflict).toMatchObject({ moved: { from: here, to: there }, dropped: ["api_key"], contested: [] });
    expect(secretsOf(values)).toEqual({});
    expect(toConfigWrite(SCHEMA, values).values).toMatchObject({ limit: 3 });
    expect(secretsOf(decide(conflict, values, "api_key", "mine").values)).toEqual({});
  });

  it("goes with the address it was typed for, and with no other", () => {
    const built = (region: string, version: number): PluginConfig => ({
      ...config({ region }, version),
      addressField: { name: "region", fallback: null },
    });
    const base = toFormValues(built("https://a.example", 1));
    const edited = {
      ...base,
      fields: { ...base.fields, [toKey("region")]: "https://mine.example/v1" },
      secrets: mine.secrets,
    };
    const { values, conflict } = meet(built("https://theirs.example", 2), edited, ERROR);
    expect(conflict).toMatchObject({ contested: ["region"], dropped: [] });
    expect(secretsOf(values)).toEqual({ api_key: { set: "s3cret" } });
    const given = decide(conflict, values, "region", "theirs");
    expect(given.conflict.dropped).toEqual(["api_key"]);
    expect(secretsOf(given.values)).toEqual({});
  });
});
