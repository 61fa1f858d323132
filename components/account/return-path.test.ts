import { describe, expect, it } from "vitest";
import { toReturnPath, toSignInPath } from "./return-path.ts";

describe("toReturnPath", () => {
  it("keeps a path of the console with its query and fragment", () => {
    expect(toReturnPath("/plugins/abc/health?from=1&to=2#x")).toBe("/plugins/abc/health?from=1&to=2#x");
  });

  it.each([
    "https://evil.test/",
    "//evil.test/",
    "/\\evil.test/",
    "/\t/evil.test/",
    "\\\\evil.test",
    "javascript:alert(1)",
    "plugins",
    "",
    null,
    undefined,
  ])("goes home instead of to %j", (raw) => {
    expect(toReturnPath(raw)).toBe("/");
  });

  it("does not come back to the sign-in page itself", () => {
    expect(toReturnPath("/sign-in?next=%2Fplugins")).toBe("/");
    expect(toReturnPath("/setup")).toBe("/");
  });
});

describe("toSignInPath", () => {
  it("carries the way back and the reason", () => {
    expect(toSignInPath("/plugins?q=a", "expired")).toBe("/sign-in?next=%2Fplugins%3Fq%3Da&reason=expired");
  });

  it("stays short when the way back is home", () => {
    expect(toSignInPath("/")).toBe("/sign-in");
  });
});
