import { describe, expect, it } from "vitest";
import { matchKeys } from "./json-object.ts";

const KNOWN = ["provider_type", "config_schema", "name"];

describe("matchKeys", () => {
  it.each([
    [["provider_type"], { provider_type: "provider_type" }],
    [["providertype"], { providertype: "provider_type" }],
    [["ProviderType", "Name"], { ProviderType: "provider_type", Name: "name" }],
    [["provider-type"], { "provider-type": "provider_type" }],
    [["provider", "title"], {}],
    [["name", "Name"], { name: "name" }],
    [["Name", "NAME"], {}],
    [["constructor", "__proto__"], {}],
  ])("%j → %j", (keys, expected) => {
    expect(Object.fromEntries(matchKeys(keys, KNOWN))).toEqual(expected);
  });
});
