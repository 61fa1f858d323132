import { describe, expect, it } from "vitest";
import { readSource, toSource } from "./register-source.ts";

const read = (text: string) => toSource(readSource(text));

describe("readSource", () => {
  it.each([
    ["http://127.0.0.1:8090", { endpoint: "http://127.0.0.1:8090" }],
    ["  https://plugins.example.com/acme  ", { endpoint: "https://plugins.example.com/acme" }],
    ["grpc://localhost:50051", { endpoint: "grpc://localhost:50051" }],
    ["127.0.0.1:8090", { endpoint: "http://127.0.0.1:8090" }],
    ["localhost:8090/prefix", { endpoint: "http://localhost:8090/prefix" }],
    ["[::1]:8090", { endpoint: "http://[::1]:8090" }],
    ["https://example.com/plugin.yaml", { manifestUrl: "https://example.com/plugin.yaml" }],
    ["https://example.com/a/plugin.JSON?v=2", { manifestUrl: "https://example.com/a/plugin.JSON?v=2" }],
    ["type: http\nendpoint: x", { manifestText: "type: http\nendpoint: x" }],
    ['{"type":"http"}', { manifestText: '{"type":"http"}' }],
    ["type:http", { manifestText: "type:http" }],
    ["http://a.test http://b.test", { manifestText: "http://a.test http://b.test" }],
    ["   \n ", null],
  ])("reads %o", (text, source) => {
    expect(read(text)).toEqual(source);
  });

  it("keeps a manifest's white space: it has meaning there", () => {
    expect(read("\n  type: http\n")).toEqual({ manifestText: "\n  type: http\n" });
  });

  it("lets people correct the guess", () => {
    expect(toSource(readSource("https://example.com/acme", "manifest"))).toEqual({
      manifestUrl: "https://example.com/acme",
    });
    expect(toSource(readSource("https://example.com/a.json", "plugin"))).toEqual({
      endpoint: "https://example.com/a.json",
    });
  });
});
