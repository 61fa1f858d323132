import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toLine, toMarkedRange, toOffset, toReplacement } from "./text-position.ts";

const TEXT = 'type: http\nname: "Acme: one"\n\nlast';
const marked = (line: number, column: number) => {
  const { from, to } = toMarkedRange(TEXT, line, column);
  return TEXT.slice(from, to);
};

describe("positions", () => {
  it("finds lines and columns, and stops at the end of a line and of the text", () => {
    expect(TEXT.slice(toOffset(TEXT, 2, 1))).toMatch(/^name/);
    expect(toOffset(TEXT, 1, 99)).toBe(10);
    expect(toOffset(TEXT, 99, 1)).toBe(TEXT.length);
    expect(toLine(TEXT, 0)).toBe(1);
    expect(toLine(TEXT, 11)).toBe(2);
    expect(toLine(TEXT, TEXT.length)).toBe(4);
  });

  it("marks a key, a whole quoted value, and something even where a line ends", () => {
    expect(marked(1, 1)).toBe("type");
    expect(marked(2, 7)).toBe('"Acme: one"');
    expect(marked(1, 11)).toBe("p");
    expect(marked(3, 1)).toBe("");
  });
});

describe("replacing a text from outside", () => {
  it("touches only what differs", () => {
    expect(toReplacement("a: 1\nb: 2\n", "a: 1\nb: 3\n")).toEqual({ from: 8, to: 9, insert: "3" });
    expect(toReplacement("same", "same")).toBeNull();
  });

  it("makes the new text of any old one", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\n") });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const change = toReplacement(before, after);
        const made = change ? before.slice(0, change.from) + change.insert + before.slice(change.to) : before;
        expect(made).toBe(after);
      }),
    );
  });
});
