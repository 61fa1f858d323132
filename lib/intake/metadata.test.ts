import { describe, expect, it } from "vitest";
import { SAMPLE_METADATA } from "../../test/sample-plugin.ts";
import { Manifest, Metadata } from "../contract/manifest.ts";
import { findingsOf, manifestFromMetadata } from "./metadata.ts";

describe("findingsOf", () => {
  it("has nothing to say about good metadata", () => {
    expect(findingsOf(SAMPLE_METADATA)).toEqual([]);
  });

  it("says what is wrong, without positions", () => {
    const metadata = Metadata.parse({
      ...SAMPLE_METADATA,
      provider_type: "a b",
      mood: "sunny",
      homepage: "javascript:alert(1)",
      config_schema: [
        { name: "n", type: "int", default: 5, validation: { min: 6 } },
        { name: "n", type: "int" },
      ],
    });
    const findings = findingsOf(metadata);
    expect(findings.map(({ severity, code, path }) => `${severity} ${code} ${path}`).toSorted()).toEqual([
      "error duplicate_field metadata.config_schema[1].name",
      "error invalid_default metadata.config_schema[0].default",
      "error invalid_homepage metadata.homepage",
      "error malformed_provider_type metadata.provider_type",
      "warning unknown_field metadata.mood",
    ]);
    for (const finding of findings) expect(finding).not.toHaveProperty("line");
  });

  it("survives metadata made to hurt", () => {
    const metadata = JSON.parse(
      '{"name":"x","version":"1","provider_type":"x","capabilities":{"__proto__":{"polluted":true}},"config_schema":[]}',
    ) as Metadata;
    findingsOf(metadata);
    expect({}).not.toHaveProperty("polluted");
  });
});

it("manifestFromMetadata proposes a manifest that the contract accepts", () => {
  const manifest = manifestFromMetadata("http://127.0.0.1:8090", SAMPLE_METADATA);
  expect(Manifest.parse(manifest)).toEqual(manifest);
  expect(manifest).toMatchObject({ type: "http", endpoint: "http://127.0.0.1:8090", auto_start: false });
});

it.each(["grpc://127.0.0.1:9090", "grpcs://plugin.example:443"])(
  "%s is the address of a grpc plugin",
  (endpoint) => {
    expect(manifestFromMetadata(endpoint, SAMPLE_METADATA)).toMatchObject({ type: "grpc", endpoint });
  },
);
