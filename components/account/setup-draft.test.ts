import { describe, expect, it } from "vitest";
import { readTokenFromFragment, readTokenFromText } from "./setup-draft.ts";

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

describe("readTokenFromText", () => {
  it("takes the token out of a whole address", () => {
    expect(readTokenFromText(" http://127.0.0.1:3000/setup#token=k3y-ABC_1 ")).toBe("k3y-ABC_1");
    expect(readTokenFromText("#token=k3y")).toBe("k3y");
  });

  it("leaves any other text alone", () => {
    expect(readTokenFromText("k3y-ABC_1")).toBe("k3y-ABC_1");
    expect(readTokenFromText("a token=x ")).toBe("a token=x ");
    expect(readTokenFromText("http://127.0.0.1:3000/setup#token=")).toBe(
      "http://127.0.0.1:3000/setup#token=",
    );
  });
});
