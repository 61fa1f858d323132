import { describe, expect, it } from "vitest";
import { ConfigField } from "@/lib/contract/manifest.ts";
import { toFieldKind } from "./field-kind.ts";
import { describeRule } from "./field-rule.ts";

const field = (type: string, validation?: object, rest: object = {}) =>
  ConfigField.parse({ name: "x", type, ...(validation ? { validation } : {}), ...rest });
const choices = (count: number) =>
  field("string", { enum: Array.from({ length: count }, (_, index) => `v${index}`) });

describe("describeRule", () => {
  it.each([
    [field("int", { min: 1, max: 300 }), "Whole number, 1 to 300"],
    [field("float", { min: 0 }), "Number, 0 or more"],
    [field("float", { max: 2 }), "Number, at most 2"],
    [field("string", { min_length: 8, max_length: 64 }), "8 to 64 characters"],
    [field("string", { min_length: 1 }), "At least 1 character"],
    [
      field("string", { min_length: 4, max_length: 4, pattern: "^a" }),
      "Exactly 4 characters · Text that begins with “a”",
    ],
    [field("list"), "JSON of the plugin's own type “list”"],
    [field("string"), null],
    [field("bool"), null],
    [choices(2), null],
  ])("says %o as %s", (schema, sentence) => {
    expect(describeRule(schema)).toBe(sentence);
  });
});

describe("toFieldKind", () => {
  it("grows from radio to select to search with the number of choices", () => {
    expect([4, 5, 12, 13].map((count) => toFieldKind(choices(count)))).toEqual([
      "radio",
      "select",
      "select",
      "search",
    ]);
  });

  it("gives long texts several lines", () => {
    expect(toFieldKind(field("string", { max_length: 200 }))).toBe("text");
    expect(toFieldKind(field("string", { max_length: 201 }))).toBe("multiline");
    expect(toFieldKind(field("string", undefined, { default: "a\nb" }))).toBe("multiline");
  });

  it("keeps an address in one line, however long it may be", () => {
    expect(toFieldKind({ ...field("string", { max_length: 2048 }), name: "base_url" })).toBe("text");
  });

  it("asks for a required switch without default instead of assuming Off", () => {
    expect(toFieldKind(field("bool", undefined, { required: true }))).toBe("onOff");
    expect(toFieldKind(field("bool", undefined, { required: true, default: false }))).toBe("switch");
  });

  it("edits types the guide does not define as JSON", () => {
    expect(toFieldKind(field("duration"))).toBe("json");
  });
});
