import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAppError } from "../contract/error.ts";
import { classifyAddress, isBadPort, parseEndpoint, parseManifestAddress } from "./address.ts";

describe("the tier of an address", () => {
  it.each([
    ["public", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"], "allowed"],
    [
      "loopback",
      ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::1%lo"],
      "approval",
    ],
    ["private", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "::ffff:10.0.0.1"], "approval"],
    ["unique-local", ["fc00::1", "fd12:3456::1"], "approval"],
    ["carrier-grade NAT", ["100.64.0.1", "100.127.255.255"], "approval"],
    [
      "link-local",
      ["169.254.0.1", "169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254"],
      "forbidden",
    ],
    [
      "metadata services",
      [
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2:0:0:0:0:0:254",
        "fd20:ce::254",
      ],
      "forbidden",
    ],
    [
      "metadata services with a zone or mapped",
      ["fd00:ec2::254%eth0", "::ffff:100.100.100.200"],
      "forbidden",
    ],
    ["unspecified", ["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"], "forbidden"],
    ["multicast and broadcast", ["224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"], "forbidden"],
    ["NAT64", ["64:ff9b::127.0.0.1", "64:ff9b::808:808", "64:ff9b:1::a00:1"], "forbidden"],
    ["6to4", ["2002:7f00:1::", "2002:808:808::1", "192.88.99.1"], "forbidden"],
    ["Teredo", ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"], "forbidden"],
    [
      "IPv4 inside IPv6 without mapping",
      ["::127.0.0.1", "::7f00:1", "::ffff:0:127.0.0.1", "::8.8.8.8"],
      "forbidden",
    ],
    [
      "reserved and documentation",
      ["240.0.0.1", "192.0.2.1", "198.18.0.1", "2001:db8::1", "3fff::1"],
      "forbidden",
    ],
    ["outside global unicast", ["fec0::1", "100::1", "5f00::1", "4000::1", "::2"], "forbidden"],
    [
      "no address",
      [
        "",
        "localhost",
        "example.com",
        "127.0.0.1.evil.test",
        "1.2.3",
        "127.1",
        "0177.0.0.1",
        "2130706433",
        "999.1.1.1",
        "8.8.8.8/x",
        "::1]@x",
        "[::1]",
      ],
      "forbidden",
    ],
  ])("%s", (_name, addresses, tier) => {
    const expected = Object.fromEntries(addresses.map((address) => [address, tier]));
    expect(Object.fromEntries(addresses.map((address) => [address, classifyAddress(address)]))).toEqual(
      expected,
    );
  });

  it("never calls text an address that it is not, whatever it is", () => {
    fc.assert(fc.property(fc.string(), (text) => /\d|:/.test(text) || classifyAddress(text) === "forbidden"));
  });

  it("sees through every mapped spelling of an IPv4 address", () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        const [a = 0, b = 0, c = 0, d = 0] = ip.split(".").map(Number);
        const hex = [a * 256 + b, c * 256 + d].map((part) => part.toString(16)).join(":");
        expect(classifyAddress(`::ffff:${hex}`)).toBe(classifyAddress(ip));
        expect(classifyAddress(`0:0:0:0:0:FFFF:${ip}`)).toBe(classifyAddress(ip));
      }),
    );
  });
});

describe("reading an endpoint", () => {
  it.each([
    ["http://127.0.0.1:8090", { url: "http://127.0.0.1:8090", host: "127.0.0.1", port: 8090, secure: false }],
    [
      "  https://Models.Example.COM/ ",
      { url: "https://models.example.com", host: "models.example.com", port: 443, secure: true },
    ],
    [
      "http://example.com:80/a/b///",
      { url: "http://example.com/a/b", host: "example.com", port: 80, secure: false },
    ],
    ["http://[::1]:8090/", { url: "http://[::1]:8090", host: "::1", port: 8090, secure: false }],
    ["grpc://127.1:50051", { url: "grpc://127.0.0.1:50051", host: "127.0.0.1", port: 50051, secure: false }],
    [
      "grpcs://example.com:443/",
      { url: "grpcs://example.com:443", host: "example.com", port: 443, secure: true },
    ],
    ["grpc://example.com:80", { url: "grpc://example.com:80", host: "example.com", port: 80, secure: false }],
  ])("%s", (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });

  it.each([
    "http://127.1:8090",
    "http://2130706433:8090",
    "http://0x7f.1:8090",
    "http://0177.0.0.01:8090",
    "http://127.0.0.1.:8090",
    "http://①②⑦.0.0.1:8090",
    "HTTP:127.0.0.1:8090",
    "http:\\\\127.0.0.1:8090",
    "http://127.0.0.1:08090",
    "http://[::ffff:127.0.0.1]:8090",
    "http://[::FFFF:7F00:1]:8090",
    "http://[0:0:0:0:0:ffff:7f00:0001]:8090/",
  ])("knows %s for what it is", (text) => {
    expect(parseEndpoint(text)).toMatchObject({
      url: "http://127.0.0.1:8090",
      host: "127.0.0.1",
      port: 8090,
    });
  });

  it.each([
    ["http://localhost.:8090", "http://localhost:8090"],
    ["http://LOCALHOST:8090/", "http://localhost:8090"],
    ["https://Models.Example.com.:443/v1/", "https://models.example.com/v1"],
    ["http://example.com%2e", "http://example.com"],
    ["grpc://[::ffff:10.0.0.5]:50051", "grpc://10.0.0.5:50051"],
    ["grpcs://Models.Example.com.", "grpcs://models.example.com:443"],
    ["http://[0:0:0:0:0:0:0:1]:8090", "http://[::1]:8090"],
    // Other places, however alike they look.
    ["http://[::ffff:0:127.0.0.1]:8090", "http://[::ffff:0:7f00:1]:8090"],
    ["http://[::127.0.0.1]:8090", "http://[::7f00:1]:8090"],
    ["http://localhost..:8090", "http://localhost..:8090"],
  ])("writes %s as %s", (text, url) => {
    const endpoint = parseEndpoint(text);
    expect(endpoint.url).toBe(url);
    expect(parseEndpoint(url)).toEqual(endpoint);
  });

  it("reads the address of a manifest by the same rules, its query included", () => {
    expect(parseManifestAddress("http://[::ffff:127.0.0.1]:8090/plugin.yaml?v=1#top")).toEqual({
      url: "http://127.0.0.1:8090/plugin.yaml?v=1",
      host: "127.0.0.1",
      port: 8090,
      secure: false,
    });
  });

  it.each([
    ["", /empty/],
    ["   ", /empty/],
    ["ftp://example.com", /http:\/\/ or https:\/\//],
    ["javascript:alert(1)", /http:\/\/ or https:\/\//],
    ["file:///etc/passwd", /http:\/\/ or https:\/\//],
    ["unix:/run/x.sock", /http:\/\/ or https:\/\//],
    ["127.0.0.1:8090", /http:\/\/ or https:\/\//],
    ["localhost:8090", /http:\/\/ or https:\/\//],
    ["http://", /cannot be read/],
    ["http://exa mple.com", /cannot be read/],
    ["http://example.com:99999", /cannot be read/],
    ["http://user:pass@example.com", /user name or password/],
    ["http://user@example.com", /user name or password/],
    ["http://example.com/?a=1", /query/],
    ["http://example.com/?", /query/],
    ["http://example.com/#x", /fragment/],
    ["http://example.com/#", /fragment/],
    ["http://example.com:22", /Port 22/],
    ["https://example.com:6667", /Port 6667/],
    ["http://example.com:0", /Port 0/],
    [`http://example.com/${"a".repeat(3000)}`, /characters/],
  ])("refuses %j with a fix", (text, message) => {
    let error: unknown;
    try {
      parseEndpoint(text);
    } catch (caught) {
      error = caught;
    }
    expect(isAppError(error) && error.code).toBe("invalid_url");
    expect(isAppError(error) && error.message).toMatch(message);
    expect(isAppError(error) && error.extras.hint).toBeTruthy();
  });

  it("proposes the scheme to somebody who left it out", () => {
    expect(() => parseEndpoint("localhost:8090")).toThrow(
      expect.objectContaining({ extras: expect.objectContaining({ hint: "Perhaps http://localhost:8090" }) }),
    );
  });

  it("knows that a gRPC address has no path", () => {
    expect(() => parseEndpoint("grpc://127.0.0.1:9090/v1")).toThrow(
      expect.objectContaining({
        code: "invalid_url",
        extras: expect.objectContaining({ hint: "Write grpc://127.0.0.1:9090" }),
      }),
    );
  });

  it("is stable: what it returns reads as itself", () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ["http", "https", "grpc", "grpcs"] }), (text) => {
        try {
          const endpoint = parseEndpoint(text);
          expect(parseEndpoint(endpoint.url)).toEqual(endpoint);
          expect(isBadPort(endpoint.port)).toBe(false);
        } catch (error) {
          expect(isAppError(error) && error.code).toBe("invalid_url");
        }
      }),
    );
  });

  it("answers any text with an endpoint or invalid_url", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `http://${text}`),
        ),
        (text) => {
          try {
            expect(parseEndpoint(text).url).toMatch(/^(https?|grpcs?):\/\//);
          } catch (error) {
            expect(isAppError(error) && error.code).toBe("invalid_url");
          }
        },
      ),
    );
  });
});
