import { describe, expect, it } from "vitest";
import { createSetupToken } from "./setup-token.ts";

describe("createSetupToken", () => {
  it("accepts its value and nothing else", () => {
    const token = createSetupToken();
    expect(token.check(token.value ?? "")).toBe(true);
    for (const wrong of ["", "x", `${token.value} `, token.value?.slice(1) ?? "", "null"]) {
      expect(token.check(wrong)).toBe(false);
    }
  });

  it("is different each time and survives a URL", () => {
    const values = new Set(Array.from({ length: 50 }, () => createSetupToken().value));
    expect(values.size).toBe(50);
    for (const value of values) expect(encodeURIComponent(value ?? "")).toBe(value);
  });

  it("accepts nothing once consumed, the empty text included", () => {
    const token = createSetupToken();
    const value = token.value ?? "";
    token.consume();
    expect([token.value, token.check(value), token.check("")]).toEqual([null, false, false]);
  });
});
