import { describe, expect, it } from "vitest";
import {
  Capabilities,
  ConfigField,
  FieldValidation,
  KNOWN_FIELD_TYPES,
  Manifest,
  Metadata,
  PluginType,
} from "@/lib/contract/manifest.ts";
import { findKnownKeys, MANIFEST_KEYS } from "./manifest-keys.ts";

const CONTRACT = {
  "": Manifest,
  metadata: Metadata,
  "metadata.capabilities": Capabilities,
  "metadata.config_schema[]": ConfigField,
  "metadata.config_schema[].validation": FieldValidation,
};

describe("the keys the editor offers", () => {
  it("are those of the contract, no more and no fewer", () => {
    expect(Object.keys(MANIFEST_KEYS)).toEqual(Object.keys(CONTRACT));
    for (const [path, schema] of Object.entries(CONTRACT)) {
      expect(Object.keys(MANIFEST_KEYS[path] ?? {}).toSorted(), path).toEqual(
        Object.keys(schema.shape).toSorted(),
      );
    }
  });

  it("each explain themselves in a sentence", () => {
    const keys = Object.values(MANIFEST_KEYS).flatMap((object) => Object.entries(object));
    for (const [key, { explains }] of keys) expect(explains, key).toMatch(/^[A-Z].{10,}[."]$/);
  });

  it("offer exactly the values the contract takes", () => {
    expect(MANIFEST_KEYS[""]?.["type"]?.values).toEqual(PluginType.options);
    expect(MANIFEST_KEYS["metadata.config_schema[]"]?.["type"]?.values).toEqual([...KNOWN_FIELD_TYPES]);
  });

  it("are found for what stands outside metadata by mistake, and nowhere else", () => {
    expect(findKnownKeys("config_schema[].validation")).toHaveProperty("min_length");
    expect(findKnownKeys("metadata.unknown")).toBeNull();
    expect(findKnownKeys("constructor")).toBeNull();
  });
});
