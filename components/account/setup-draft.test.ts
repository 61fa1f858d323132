import { describe, expect, it } from "vitest";
import { readTokenFromFragment } from "./setup-draft.ts";

describe("readTokenFromFragment", () => {
  it("finds the token of a printed address", () => {
    expect(readTokenFromFragment("#token=k3y-ABC_1")).toBe("k3y-ABC_1");
    expect(readTokenFromFragment("#x=1&token=%20abc%20")).toBe("abc");
  });

  it("answers null without one", () => {
    expect(readTokenFromFragment("")).toBeNull();
    expect(readTokenFromFragment("#token=")).toBeNull();
    expect(readTokenFromFragment("#content")).toBeNull();
  });
});
