import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAppError } from "../contract/error.ts";
import type { Json } from "../contract/manifest.ts";
import { findSyntaxError } from "./json-syntax.ts";
import { decodeUtf8, parseJson } from "./json-text.ts";

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** A JSON value without its `__proto__` keys, at any depth; the same word as a value stays. */
function withoutProto(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutProto);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "__proto__");
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutProto(inner)]));
}

describe("parseJson", () => {
  it("gives what JSON.parse gives but for __proto__ keys, for every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(parseJson(JSON.stringify(value), "x")).toEqual(
          withoutProto(JSON.parse(JSON.stringify(value)) as Json),
        );
      }),
      { examples: [[{ text: "__proto__" }], [JSON.parse('{"a":[{"__proto__":{"b":1},"c":2}]}')]] },
    );
  });

  it("either returns or fails with plugin_invalid_json, for every text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), brokenJson()), (text) => {
        try {
          parseJson(text, "x");
        } catch (error) {
          expect(error).toMatchObject({ code: "plugin_invalid_json" });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("drops __proto__ however it is spelled, at every level", () => {
    const value = parseJson(String.raw`{"a":{"__proto__":{"x":1},"\u005f_proto__":2},"b":1}`, "x");
    expect(JSON.stringify(value)).toBe('{"a":{},"b":1}');
  });

  it.each([
    ['{"a": 1,}', "character 8"],
    ['{"a" 1}', "character 5"],
    ["[1 2]", "character 3"],
    ['["a\nb"]', "character 3"],
    [String.raw`["\x"]`, "character 2"],
    ["[01]", "character 1"],
    ["nul", "character 0"],
    ['{"a": 1}}', "character 8"],
    ["{a: 1}", "character 1"],
    ["[1, 2", "ends too early, at character 5"],
    ['{"a": "b', "ends too early"],
    ["", "ends too early, at character 0"],
  ])("says where %s breaks off", (text, where) => {
    expect(messageOf(() => parseJson(text, "The answer"))).toContain(where);
  });

  it("refuses 65 levels and takes 64", () => {
    expect(parseJson("[".repeat(64) + "]".repeat(64), "x")).toBeInstanceOf(Array);
    expect(messageOf(() => parseJson("[".repeat(65) + "]".repeat(65), "x"))).toContain("64 levels");
  });

  it("does not count brackets inside strings", () => {
    expect(parseJson(JSON.stringify("[".repeat(1_000) + '\\"'), "x")).toHaveLength(1_002);
  });
});

describe("findSyntaxError", () => {
  it("points at the end of every cut document", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (value, at) => {
        const text = JSON.stringify([value]);
        const cut = text.slice(0, at % text.length).trimEnd();
        // A cut inside a literal or an escape may be noticed where that begins.
        const offset = findSyntaxError(cut);
        expect(offset).toBeLessThanOrEqual(cut.length);
        expect(cut.length - offset).toBeLessThan(30);
      }),
    );
  });
});

describe("decodeUtf8", () => {
  it("takes UTF-8, with a byte order mark or without", () => {
    expect(decodeUtf8(Buffer.from("\uFEFF{}"), "x")).toBe("{}");
    expect(decodeUtf8(Buffer.from('"é👋"'), "x")).toBe('"é👋"');
  });

  it.each([
    ["UTF-16", Buffer.from("\uFEFF{}", "utf16le")],
    ["UTF-16 without a mark", Buffer.from("{}", "utf16le")],
    ["Latin-1", Buffer.from('"é"', "latin1")],
    ["binary", Buffer.from([0, 1, 2])],
  ])("refuses %s", (_name, bytes) => {
    expect(messageOf(() => decodeUtf8(bytes, "x"))).toContain("plugin_invalid_json");
  });
});

/** JSON with one character removed, doubled or replaced. */
function brokenJson(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", '"', "{", "]", ",", "\\", "\u0000"))
    .map(([text, at, put]) => {
      const index = at % Math.max(1, text.length);
      return text.slice(0, index) + put + text.slice(index + 1);
    });
}
