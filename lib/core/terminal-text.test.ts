import { expect, test } from "vitest";
import { toPlainText } from "./terminal-text.ts";

test("leaves ordinary text as it is, tabs and all scripts included", () => {
  expect(toPlainText("a\tb — ü 漢 🙂 [31m")).toBe("a\tb — ü 漢 🙂 [31m");
});

test.each([
  ["a\u001b[31mb\u001b[0m", "ab"],
  ["a\u001b[38:2::1:2:3mb\u001b[?25lc", "abc"],
  ["a\u009b31mb", "ab"],
  ["a\u001b]8;;http://x\u0007b\u001b]8;;\u001b\\c", "abc"],
  ["a\u001bPq#0\u001b\\b", "ab"],
  ["a\u001b(Bb\u001b7c\u001b=d", "abcd"],
  ["a\u0000b\u0008c\rd\u007fe", "abcde"],
  ["a\u001b[3", "a"],
  ["a\u001b", "a"],
])("%j reads %j", (text, plain) => {
  expect(toPlainText(text)).toBe(plain);
});

// Reading that looks ahead from every beginning to the end would take minutes here, and the test's time would run out.
test.each(["\u0090", "\u0098", "\u009b", "\u009d", "\u009f", "\u001b]", "\u001b[", "\u001b"])(
  "reads a line of %j alone in one go",
  (beginning) => {
    expect(toPlainText(`${beginning.repeat(400_000)}\u001bx\n`)).toBe("");
  },
);
