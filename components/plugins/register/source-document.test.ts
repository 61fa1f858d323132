import { expect, it } from "vitest";
import { readSource } from "./register-source.ts";
import { isDocument } from "./source-document.ts";

it.each([
  "type: http",
  "type:\n",
  "type: ",
  "{",
  '{"type"',
  "# a comment",
  "[[[[",
  "a\nb",
  "---\ntype: http",
])("opens the editor for %j", (text) => expect(isDocument(readSource(text))).toBe(true));

it.each([
  "",
  "localhost",
  "localhost:",
  "localhost:80",
  "http:",
  "http:/",
  "http://a.test/plugin.yaml",
  "ty",
  "[::1]:",
])("keeps the plain field for %j, which may become an address", (text) =>
  expect(isDocument(readSource(text))).toBe(false),
);
