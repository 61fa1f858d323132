import { describe, expect, it } from "vitest";
import { AppError } from "../contract/error.ts";
import { explainSurroundings } from "./surroundings.ts";

const hintOf = (code: ConstructorParameters<typeof AppError>[0], label: string, more: object) => {
  const error = new AppError(code, "It failed.", { hint: "Look." });
  return explainSurroundings(error, label, { proxyVariable: null, isContainer: false, ...more }).extras.hint;
};

describe("the surroundings", () => {
  it.each(["localhost:8090", "127.0.0.1:8090", "[::1]:8090"])("explain %s inside a container", (label) => {
    expect(hintOf("plugin_unreachable", label, { isContainer: true })).toMatch(
      /^Look\. .*host\.docker\.internal/,
    );
  });

  it.each(["plugin_dns_error", "plugin_unreachable", "plugin_timeout"] as const)(
    "tell of a proxy that is not used with %s",
    (code) => {
      const proxy = { proxyVariable: "HTTPS_PROXY" };
      expect(hintOf(code, "api.example.com:443", proxy)).toMatch(/^Look\. HTTPS_PROXY is set/);
      expect(hintOf(code, "127.0.0.1:8090", proxy)).toBe("Look.");
    },
  );

  it("have nothing to do with anything else", () => {
    const all = { proxyVariable: "HTTPS_PROXY", isContainer: true };
    expect(hintOf("plugin_authentication_failed", "api.example.com:443", all)).toBe("Look.");
    expect(hintOf("plugin_unreachable", "plugin:8090", { isContainer: true })).toBe("Look.");
  });
});
