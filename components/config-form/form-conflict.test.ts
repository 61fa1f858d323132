import { describe, expect, it } from "vitest";
import { NO_SECRET, type PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import { decide, toConflict } from "./form-conflict.ts";
import { rebase } from "./form-merge.ts";
import { toConfigWrite, toFormValues, toKey, type FormValues } from "./form-values.ts";

const SCHEMA = [
  { name: "limit", type: "int" },
  { name: "region", type: "string" },
  { name: "api_key", type: "string", sensitive: true },
].map((input) => ConfigField.parse(input));

const config = (values: Record<string, Json>, version: number): PluginConfig => ({
  schema: SCHEMA,
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
    const conflict = toConflict(theirs, mine, ERROR);
    expect(conflict.theirs.map(({ field }) => field)).toEqual(["limit", "region", "old"]);
    expect(conflict.contested).toEqual(["limit"]);
  });

  it("contest a secret that both entered, and say who and when", () => {
    const details = {
      version: 2,
      savedBy: "Grace",
      savedAt: "2026-01-01T00:00:00.000Z",
      changes: [{ field: "api_key", secret: "changed" as const }],
    };
    const conflict = toConflict(theirs, mine, { ...ERROR, details });
    expect(conflict).toMatchObject({ savedBy: "Grace", contested: ["api_key"] });
    const given = decide(conflict, rebase(theirs, mine), "api_key", "theirs");
    expect(toConfigWrite(SCHEMA, given).secrets).toEqual({});
    const taken = decide(conflict, given, "api_key", "mine");
    expect(toConfigWrite(SCHEMA, taken).secrets).toEqual({ api_key: { set: "s3cret" } });
  });

  it("may take theirs and change their mind, and lose nothing else", () => {
    const conflict = toConflict(theirs, mine, ERROR);
    const start = rebase(theirs, mine);
    const given = decide(conflict, start, "limit", "theirs");
    expect(toConfigWrite(SCHEMA, given)).toMatchObject({
      version: 2,
      values: { limit: 2, region: "us" },
      secrets: { api_key: { set: "s3cret" } },
    });
    const back = decide(conflict, given, "limit", "mine");
    expect(toConfigWrite(SCHEMA, back)).toEqual(toConfigWrite(SCHEMA, start));
    expect(toConfigWrite(SCHEMA, back).values).toEqual({ limit: 3, region: "us" });
  });
});
