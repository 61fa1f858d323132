import { describe, expect, it } from "vitest";
import { toWebLink } from "./web-link.ts";

describe("toWebLink", () => {
  it("passes web addresses", () => {
    expect(toWebLink("https://example.com/a?b=1")).toBe("https://example.com/a?b=1");
    expect(toWebLink("http://127.0.0.1:8090")).toBe("http://127.0.0.1:8090/");
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "example.com",
    "https://bank.test@evil.test/",
    "",
  ])("makes no link of %o", (text) => {
    expect(toWebLink(text)).toBeNull();
  });
});
