import { describe, expect, it } from "vitest";
import { readManifestFile } from "./manifest-file.ts";

const read = async (name: string, ...parts: Array<string | Uint8Array<ArrayBuffer>>) =>
  readManifestFile(new File(parts, name));

describe("readManifestFile", () => {
  it("reads YAML and JSON as UTF-8", async () => {
    expect(await read("plugin.yaml", "name: Zürich")).toEqual({ text: "name: Zürich" });
    expect(await read("PLUGIN.JSON", "{}")).toEqual({ text: "{}" });
  });

  it.each([
    ["photo.png", ["x"], "not a manifest"],
    ["plugin.yaml.exe", ["x"], "not a manifest"],
    ["plugin.yaml", [], "is empty: it has 0 bytes"],
    ["plugin.yaml", ["x".repeat(65_537)], "65 KB; a manifest has at most 64 KB"],
    ["plugin.yaml", [new Uint8Array([0xff, 0xfe, 0x61])], "not UTF-8"],
    ["plugin.yml", ["a\0b"], "not text"],
  ])("refuses %s at once, saying why", async (name, parts, reason) => {
    expect(await read(name, ...parts)).toEqual({ problem: expect.stringContaining(reason) as string });
  });
});
