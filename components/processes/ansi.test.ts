import { expect, test } from "vitest";
import { readAnsi } from "./ansi.ts";

test("plain text is one piece without a look", () => {
  expect(readAnsi("hello")).toEqual([{ text: "hello", look: "" }]);
});

test("colours, bold and bright colours become our own classes, until they are reset", () => {
  expect(readAnsi("a\u001b[31mb\u001b[1mc\u001b[0md\u001b[92me\u001b[39mf")).toEqual([
    { text: "a", look: "" },
    { text: "b", look: "text-bad" },
    { text: "c", look: "text-bad font-semibold" },
    { text: "d", look: "" },
    { text: "e", look: "text-ok" },
    { text: "f", look: "" },
  ]);
});

test("cursor movements and control characters vanish, markup stays text", () => {
  expect(readAnsi("\u001b[2K\u001b[1G<b>x</b>\u0007")).toEqual([{ text: "<b>x</b>", look: "" }]);
});
