import { expect, it } from "vitest";
import { describePattern } from "./pattern-words.ts";

it.each([
  ["^\\s*https?://[^\\s]+\\s*$", "an address that begins with http:// or https:// and holds no blanks"],
  ["^sk-[A-Za-z0-9]{20,}$", "“sk-” at the beginning, then 20 or more letters and digits"],
  ["^\\d{4}-\\d{2}-\\d{2}$", "a date such as 2026-12-31"],
  ["^[\\w-]*$", "nothing but letters, digits, _ and -"],
  ["^[a-z0-9]+$", "small letters and digits"],
  ["^[0-9a-f]{32}$", "32 hexadecimal digits"],
  ["^us-[a-z]{2,8}-\\d$", "“us-” at the beginning, then 2 to 8 small letters, then “-”, then one of: digits"],
  ["^(?:a|b)$", null],
  ["^sk-", "text that begins with “sk-”"],
  ["^sk-[a-z]", null],
  ["sk-", null],
  ["^a+$", null],
  ["^.*$", null],
  ["^$", null],
])("%s → %s", (pattern, words) => {
  expect(describePattern(pattern)).toBe(words);
});
