import { describe, expect, it } from "vitest";
import { ConfigField } from "@/lib/contract/manifest.ts";
import { toNameHint } from "./name-hint.ts";

describe("what a name says", () => {
  it.each([
    ["base_url", "string", "url", undefined],
    ["upstreamEndpoint", "string", "url", undefined],
    ["PORT", "int", "port", undefined],
    ["timeout_seconds", "int", "duration", "seconds"],
    ["retryDelayMs", "float", "duration", "ms"],
    ["system_prompt", "string", "multiline", undefined],
  ])("%s (%s) is a %s", (name, type, kind, unit) => {
    expect(toNameHint(ConfigField.parse({ name, type }))).toMatchObject({ kind, ...(unit ? { unit } : {}) });
  });

  it.each([
    ["portrait", "string"],
    ["ms", "int"],
    ["timeout", "int"],
    ["base_url", "list"],
    ["seconds_hand", "int"],
  ])("%s (%s) says nothing", (name, type) => {
    expect(toNameHint(ConfigField.parse({ name, type }))).toBeNull();
  });
});
