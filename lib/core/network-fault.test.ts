import { describe, expect, it } from "vitest";
import { toNetworkFault } from "./network-fault.ts";

const REMOTE = { host: "plugin.test", label: "plugin.test:8090", secure: false };

function failWith(code: string): Error {
  return Object.assign(new Error("low-level words"), { code });
}

describe("toNetworkFault", () => {
  it.each([
    ["ECONNREFUSED", "plugin_unreachable"],
    ["EHOSTUNREACH", "plugin_unreachable"],
    ["ETIMEDOUT", "plugin_timeout"],
    ["ENOTFOUND", "plugin_dns_error"],
    ["EAI_AGAIN", "plugin_dns_error"],
    ["CERT_HAS_EXPIRED", "plugin_tls_error"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "plugin_tls_error"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "plugin_tls_error"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "plugin_tls_error"],
    ["ECONNRESET", "plugin_connection_lost"],
    ["UND_ERR_SOCKET", "plugin_connection_lost"],
    ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "plugin_connection_lost"],
    ["UND_ERR_HEADERS_OVERFLOW", "plugin_response_too_large"],
    ["HPE_INVALID_CONSTANT", "plugin_invalid_response"],
    ["SOMETHING_NEW", "plugin_connection_lost"],
  ])("%s → %s, naming the plugin and hiding the original words", (code, expected) => {
    const error = toNetworkFault(failWith(code), REMOTE, "GET /health");
    expect(error.code).toBe(expected);
    expect(error.message).toContain("plugin.test");
    expect(error.message).not.toContain("low-level");
    expect(error.extras.hint).toBeTruthy();
  });

  it("calls an answer that ends in the middle a lost connection, and one that is no HTTP invalid", () => {
    const parserError = (message: string) => Object.assign(new Error(message), { name: "HTTPParserError" });
    const cut = parserError("Response does not match the HTTP/1.1 protocol (Invalid EOF state)");
    expect(toNetworkFault(cut, REMOTE, "x").code).toBe("plugin_connection_lost");
    const other = parserError("Response does not match the HTTP/1.1 protocol (Expected HTTP/)");
    expect(toNetworkFault(other, REMOTE, "x").code).toBe("plugin_invalid_response");
  });

  it("looks inside errors of several addresses and causes", () => {
    const both = new AggregateError([failWith("ECONNREFUSED"), failWith("ECONNREFUSED")]);
    expect(toNetworkFault(both, REMOTE, "x").code).toBe("plugin_unreachable");
    const wrapped = new Error("fetch failed", { cause: failWith("ENOTFOUND") });
    expect(toNetworkFault(wrapped, REMOTE, "x").code).toBe("plugin_dns_error");
  });
});
