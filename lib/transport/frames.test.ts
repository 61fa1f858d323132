import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFrameParser, type Frame, type Framing } from "./frames.ts";

function parse(pieces: Uint8Array[], framing: Framing = "sse", max = 1_000): Frame[] {
  const parser = createFrameParser(framing, max, "The answer");
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("server-sent events", () => {
  it("join the data lines of one event and keep its name", () => {
    expect(parse([bytes("event: x\ndata: a\ndata:b\n\n")])).toEqual([
      { data: "a\nb", event: "x", isClosed: true },
    ]);
  });

  it("skip comments, ids, retry and lines without a colon", () => {
    expect(parse([bytes(": c\nid: 1\nretry: 2\nnoise\n\ndata: a\n\n")]).map(({ data }) => data)).toEqual([
      "a",
    ]);
  });

  it("keep one space less than there is after the colon", () => {
    expect(parse([bytes("data:  a\n\n")])[0]?.data).toBe(" a");
  });

  it("mark a last event without its blank line", () => {
    expect(parse([bytes("data: a\n\ndata: b")])).toEqual([
      { data: "a", event: null, isClosed: true },
      { data: "b", event: null, isClosed: false },
    ]);
  });

  it("refuse a frame above the cap, in one line or in many", () => {
    const tooLarge = expect.objectContaining({ code: "plugin_response_too_large" }) as unknown;
    expect(() => parse([bytes(`data: ${"x".repeat(2_000)}`)])).toThrow(tooLarge);
    expect(() => parse([bytes("data: xxxxxxxxx\n".repeat(200))])).toThrow(tooLarge);
    expect(parse([bytes("data: xxxxxxxxx\n\n".repeat(200))])).toHaveLength(200);
  });
});

describe("JSON lines", () => {
  it("skip blank lines and mark an unfinished last one", () => {
    expect(parse([bytes('{"a":1}\r\n\r\n{"b"')], "ndjson")).toEqual([
      { data: '{"a":1}', event: null, isClosed: true },
      { data: '{"b"', event: null, isClosed: false },
    ]);
  });
});

it("gives the same frames wherever the bytes are cut", () => {
  const line = fc.oneof(
    fc.constantFrom("", ": comment", "event: e", "data", "data:"),
    fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, "")}`),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom("\n", "\r\n"),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.constantFrom<Framing>("sse", "ndjson"),
      (lines, end, cuts, framing) => {
        const all = bytes(lines.join(end) + end);
        const points = [
          0,
          ...cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b),
          all.length,
        ];
        const pieces = points.slice(1).map((to, index) => all.subarray(points[index] ?? 0, to));
        expect(parse(pieces, framing)).toEqual(parse([all], framing));
      },
    ),
  );
});
