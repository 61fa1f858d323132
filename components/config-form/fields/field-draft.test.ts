import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigField, type Json } from "@/lib/contract/manifest.ts";
import { parseDraft, toDraft, typedDraft } from "./field-draft.ts";

const field = (input: object) => ConfigField.parse(input);
const NAME = field({ name: "name", type: "string", default: "https://example.test" });
const LIMIT = field({ name: "limit", type: "int", default: 30 });

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

describe("any value in any field", () => {
  const schemas = [
    NAME,
    LIMIT,
    field({ name: "ratio", type: "float" }),
    field({ name: "on", type: "bool" }),
    field({ name: "size", type: "int", validation: { enum: [1, "2", 4] } }),
    field({ name: "tags", type: "list" }),
  ];
  it("comes back from its draft as it went in", () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
    fc.assert(
      fc.property(fc.constantFrom(...schemas), json, (schema, value) => {
        expect(parseDraft(schema, toDraft(schema, value))).toEqual(value);
      }),
    );
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
