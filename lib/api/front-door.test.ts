import { describe, expect, it } from "vitest";
import { isHostAllowed, requireSameSite } from "./front-door.ts";

describe("isHostAllowed", () => {
  it.each([
    "127.0.0.1:3000",
    "localhost",
    "LOCALHOST:80",
    "[::1]:3000",
    "loom.example.com",
    "Loom.Example.com:443",
  ])("welcomes %s", (host) => expect(isHostAllowed(host, ["loom.example.com"])).toBe(true));

  it.each([
    "evil.test",
    "127.0.0.1.evil.test",
    "loom.example.com.evil.test",
    "evil.test#127.0.0.1",
    "user@127.0.0.1",
    "127.0.0.1/evil",
    "127.0.0.1, evil.test",
    "",
    null,
  ])("turns %j away", (host) => expect(isHostAllowed(host, ["loom.example.com"])).toBe(false));
});

describe("requireSameSite", () => {
  const request = (method: string, headers: Record<string, string>) =>
    new Request("http://127.0.0.1:3000/api/plugins", {
      method,
      headers: { host: "127.0.0.1:3000", ...headers },
    });

  it.each([
    ["a script without origin", "POST", {}],
    ["our own page", "POST", { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-origin" }],
    ["our own page in an old browser", "DELETE", { origin: "http://127.0.0.1:3000" }],
    ["our own page behind https", "PUT", { origin: "https://127.0.0.1:3000" }],
    [
      "a proxy that rewrote Host",
      "POST",
      { origin: "https://loom.example.com", "sec-fetch-site": "same-origin" },
    ],
    ["reading from anywhere", "GET", { origin: "https://evil.test", "sec-fetch-site": "cross-site" }],
  ])("lets %s pass", (_name, method, headers) => {
    expect(() => requireSameSite(request(method, headers))).not.toThrow();
  });

  it.each([
    ["another site", "POST", { origin: "https://evil.test", "sec-fetch-site": "cross-site" }],
    ["another site in an old browser", "POST", { origin: "https://evil.test" }],
    ["another port of this host", "POST", { origin: "http://127.0.0.1:8090", "sec-fetch-site": "same-site" }],
    ["another port in an old browser", "PATCH", { origin: "http://127.0.0.1:8090" }],
    ["a sandboxed frame", "POST", { origin: "null" }],
    ["a sandboxed frame that claims to be us", "POST", { origin: "null", "sec-fetch-site": "same-origin" }],
    ["a form without origin", "POST", { "sec-fetch-site": "cross-site" }],
    ["an origin that is none", "POST", { origin: "http://" }],
  ])("refuses %s", (_name, method, headers) => {
    expect(() => requireSameSite(request(method, headers))).toThrow(
      expect.objectContaining({ code: "cross_site_request" }),
    );
  });
});
