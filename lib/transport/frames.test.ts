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

  it("end their lines with LF, CRLF or CR, also where a read ends between CR and LF", () => {
    const frames = [
      { data: "a\nb", event: "x", isClosed: true },
      { data: "c", event: null, isClosed: true },
    ];
    for (const end of ["\n", "\r\n", "\r"]) {
      const text = ["event: x", "data: a", "data: b", "", "data: c", "", ""].join(end);
      expect(parse([bytes(text)])).toEqual(frames);
      expect(parse([...text].map(bytes))).toEqual(frames);
    }
  });

  it("may begin with a byte order mark, whole or in pieces", () => {
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...bytes("data: a\n\n")]);
    expect(parse([marked])).toMatchObject([{ data: "a" }]);
    expect(parse([marked.subarray(0, 1), marked.subarray(1, 2), marked.subarray(2)])).toMatchObject([
      { data: "a" },
    ]);
  });

  it("show bytes that are no UTF-8 as U+FFFD, also a character that the end cuts", () => {
    const damaged = new Uint8Array([...bytes("data: a"), 0xff, ...bytes("b\n\ndata: c"), 0xe2, 0x82]);
    expect(parse([damaged])).toEqual([
      { data: "a\ufffdb", event: null, isClosed: true },
      { data: "c\ufffd", event: null, isClosed: false },
    ]);
  });

  it.each([
    ["data: a\ndata: b", "a\nb"],
    ["data: a\n", "a"],
    ["data: a\r", "a"],
    ["data: a\r\n", "a"],
    ["data: a\nevent", "a"],
    ["data: a\n: comm", "a"],
  ])("are marked when the end cuts them: %j", (text, data) => {
    expect(parse([bytes(text)])).toEqual([{ data, event: null, isClosed: false }]);
  });

  it.each(["", ": comm", "event: x", "dat", "\n", "id: 1\n"])("have no frame in %j", (text) => {
    expect(parse([bytes(text)])).toEqual([]);
  });
});

describe("lines that are no field, but say something", () => {
  const texts: Array<[string, Array<[event: string | null, data: string]>]> = [
    [
      'error: {"code": 400}\n\ndata: a\n\n',
      [
        ["error", '{"code": 400}'],
        [null, "a"],
      ],
    ],
    [
      "data: a\n\nerror: plain words",
      [
        [null, "a"],
        ["error", "plain words"],
      ],
    ],
    [
      '{"a": "}\\"{"}\n\ndata: b\n\n',
      [
        [null, '{"a": "}\\"{"}'],
        [null, "b"],
      ],
    ],
    [
      '[{\r\n  "a": {}\r\n}\r\n]\r\ndata: b\r\n\r\n',
      [
        [null, '[{\n  "a": {}\n}\n]'],
        [null, "b"],
      ],
    ],
    ["event: e\ndata: error: {x\n\nerrors: no\n\n", [["e", "error: {x"]]],
    ['{"cut": ', [[null, '{"cut":']]],
  ];

  it.each(texts)("%j, wherever it is cut", (text, frames) => {
    const expected = frames.map(([event, data]) => ({ event, data }));
    expect(parse([bytes(text)])).toMatchObject(expected);
    expect(parse([...text].map(bytes))).toMatchObject(expected);
    for (let at = 1; at < text.length; at += 1) {
      expect(parse([bytes(text.slice(0, at)), bytes(text.slice(at))])).toMatchObject(expected);
    }
  });
});

describe("the cap on one event", () => {
  const tooLarge = expect.objectContaining({ code: "plugin_response_too_large" }) as unknown;
  const tenth = (text: string) => text.repeat(Math.ceil(100 / text.length));
  const rows: Array<[string, string[]]> = [
    ["an unfinished line of data", [`data: ${"x".repeat(2_000)}`]],
    ["lines of data", ["data: xxxxxxxxx\n".repeat(200)]],
    ["one that arrives whole", [`data: ${"x".repeat(2_000)}\n\n`]],
    ["many that arrive with it", ["data: a\n\n".repeat(200), `data: ${"x".repeat(2_000)}\n\n`]],
    ["an unfinished line in small pieces", Array.from({ length: 20 }, () => tenth("data: x"))],
    ["an unfinished comment", [":", ...Array.from({ length: 20 }, () => tenth("x"))]],
    ["an unfinished line that is no field", Array.from({ length: 20 }, () => tenth("x"))],
    ["comments without an event between them", Array.from({ length: 20 }, () => tenth(": ping\n\n"))],
    ["a document that never ends", Array.from({ length: 20 }, () => tenth('{"a":'))],
    ["lines that are no field", Array.from({ length: 20 }, () => tenth("x\n"))],
    ["empty lines", Array.from({ length: 20 }, () => tenth("\n"))],
  ];

  it.each(rows)("refuses %s", (_, pieces) => {
    expect(() => parse(pieces.map(bytes))).toThrow(tooLarge);
  });

  it("begins anew with every event", () => {
    expect(parse([bytes("data: xxxxxxxxx\n\n".repeat(200))])).toHaveLength(200);
    const pieces = Array.from({ length: 200 }, () => bytes(": ping\n\ndata: xxxxxxxxx\n\n"));
    expect(parse(pieces)).toHaveLength(200);
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
      fc.constantFrom("\n", "\r\n", "\r"),
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
