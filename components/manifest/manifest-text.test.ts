import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "@/lib/contract/manifest.ts";
import { editManifest, parseManifest, readField, type FieldPath } from "./manifest-text.ts";
import { isShallow } from "../editor/text-depth.ts";

const YAML = `# Made by hand
type: http # the only one
endpoint: http://127.0.0.1:8090
metadata:
    name:   Acme
    version: "1.0"
    x_unknown: { kept: yes }

    # What people fill in
    config_schema:
        - { name: api_key, type: string, sensitive: true }
        - name: timeout # seconds
          type: int
          description: >-
              How long to wait,
              in seconds.
auto_start: true
`;
const JSON_TEXT = '{\n    "type": "http",\n    "metadata": { "name": "Acme" }\n}\n';

const set = (text: string, path: FieldPath, value: Json | undefined) =>
  editManifest(text, { kind: "set", path, value });
const FIELDS = ["metadata", "config_schema"];

describe("editing YAML", () => {
  it("changes one value and no other sign", () => {
    expect(set(YAML, ["metadata", "name"], "Acme Relay")).toBe(YAML.replace("Acme\n", "Acme Relay\n"));
    expect(set(YAML, ["metadata", "version"], "2.0")).toBe(YAML.replace('"1.0"', '"2.0"'));
    expect(set(YAML, ["auto_start"], false)).toBe(YAML.replace("true\n", "false\n"));
    expect(set(YAML, [...FIELDS, 0, "name"], "a, b")).toBe(YAML.replace("api_key", '"a, b"'));
    expect(set(YAML, [...FIELDS, 1, "description"], "Wait: long")).toContain(
      'description: "Wait: long"\nauto',
    );
  });

  it("keeps comments, order and unknown keys when keys come and go", () => {
    const added = set(YAML, ["metadata", "author"], "Ada");
    const gone = set(added, ["metadata", "version"], undefined);
    for (const kept of [
      "# Made by hand",
      "# the only one",
      "# What people fill in",
      "# seconds",
      "x_unknown: { kept: yes }",
    ])
      expect(gone).toContain(kept);
    expect(gone).toContain("    author: Ada");
    expect(gone).not.toContain("version");
    expect(gone.indexOf("type:")).toBeLessThan(gone.indexOf("endpoint:"));
  });

  it("adds, moves and removes settings with their comments", () => {
    const moved = editManifest(YAML, { kind: "move", path: FIELDS, index: 1, to: 0 });
    expect(moved.indexOf("timeout # seconds")).toBeLessThan(moved.indexOf("api_key"));
    const removed = editManifest(moved, { kind: "remove", path: FIELDS, index: 1 });
    expect(removed).not.toContain("api_key");
    const added = editManifest(removed, {
      kind: "add",
      path: FIELDS,
      value: { name: "model", type: "string" },
    });
    expect(readField(parseManifest(added) ?? {}, [...FIELDS, 1])).toEqual({ name: "model", type: "string" });
  });

  it("makes what a value needs around it", () => {
    const made = set("type: http\nmetadata:\n", ["metadata", "capabilities", "streaming"], true);
    expect(made).toBe("type: http\nmetadata:\n  capabilities:\n    streaming: true\n");
    const first = editManifest("type: http\n", { kind: "add", path: FIELDS, value: { name: "x" } });
    expect(parseManifest(first)).toEqual({ type: "http", metadata: { config_schema: [{ name: "x" }] } });
  });

  it("edits a key where it stands and as it is spelled", () => {
    expect(set("metadata:\n  providertype: a\n", ["metadata", "provider_type"], "b")).toBe(
      "metadata:\n  providertype: b\n",
    );
    expect(
      set("metadata: {}\ncapabilities: { vision: no }\n", ["metadata", "capabilities", "vision"], true),
    ).toBe("metadata: {}\ncapabilities: { vision: true }\n");
  });

  it("writes text that looks like something else in quotes", () => {
    for (const value of ["1.0", "true", "null", "# no", "a: b", " x ", "é\n\u2028", "- a", "*a", "@", "{}"]) {
      const made = set(YAML, ["metadata", "name"], value);
      expect(readField(parseManifest(made) ?? {}, ["metadata", "name"])).toBe(value);
    }
  });
});

describe("editing JSON", () => {
  it("stays JSON, with its indentation", () => {
    const made = set(JSON_TEXT, ["metadata", "version"], "1.0.0");
    expect(JSON.parse(made)).toEqual({ type: "http", metadata: { name: "Acme", version: "1.0.0" } });
    expect(made).toMatch(/^\{\n {4}"type"/);
    expect(made.endsWith("}\n")).toBe(true);
  });
});

it("any value of any field can be set and read back, and nothing else changes", () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const path = fc.constantFrom<FieldPath>(
    ["endpoint"],
    ["metadata", "name"],
    ["metadata", "author"],
    [...FIELDS, 0, "name"],
    [...FIELDS, 1, "description"],
    [...FIELDS, 1, "default"],
    ["metadata", "capabilities", "vision"],
  );
  fc.assert(
    fc.property(fc.constantFrom(YAML, JSON_TEXT), path, value, (text, at, next) => {
      if (text === JSON_TEXT && at.includes("config_schema")) return;
      const made = parseManifest(set(text, at, next)) ?? {};
      expect(readField(made, at)).toBe(next);
      const others = ["type", "x_unknown"].map((key) =>
        readField(made, key === "type" ? [key] : ["metadata", key]),
      );
      const before = parseManifest(text) ?? {};
      expect(others).toEqual([readField(before, ["type"]), readField(before, ["metadata", "x_unknown"])]);
    }),
  );
});

describe("what is never parsed here", () => {
  it("is nested too deep, by brackets or by indentation", () => {
    expect(isShallow("[".repeat(1000))).toBe(false);
    expect(isShallow("- ".repeat(1000))).toBe(false);
    expect(isShallow(`${" ".repeat(500)}a: 1`)).toBe(false);
    expect(isShallow(YAML)).toBe(true);
    expect(parseManifest("[".repeat(1000))).toBeNull();
    expect(editManifest(`a: ${"[".repeat(1000)}`, { kind: "set", path: ["a"], value: 1 })).toContain("[[[");
  });
});
