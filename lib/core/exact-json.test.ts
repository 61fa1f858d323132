import { describe, expect, it } from "vitest";
import { findInexactNumber, isExact } from "./exact-json.ts";

describe("a number that JavaScript keeps", () => {
  it.each([
    "0",
    "-1.50",
    "1e3",
    "100000000000000000000",
    "0.1",
    "1.0000000000000000000000",
    "1e-7",
    "-0.0e10",
  ])("is %s", (literal) => {
    expect(isExact(literal)).toBe(true);
  });

  it.each(["9007199254740993", "1e400", "0.12345678901234567890", "1.0000000000000000000001"])(
    "is not %s",
    (literal) => {
      expect(isExact(literal)).toBe(false);
      expect(findInexactNumber(`{"a": ["${literal}", 1, ${literal}]}`)).toBe(literal);
    },
  );

  it("is known from one of eight million digits as well", () => {
    const zeros = "0".repeat(8_000_000);
    expect(isExact(`1.${zeros}1`)).toBe(false);
    expect(isExact(`1.${zeros}`)).toBe(true);
    expect(isExact(`0.${zeros}1`)).toBe(false);
    expect(isExact(`-${zeros}0.1`)).toBe(true);
  });
});
