import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readManifest } from "../lib/intake/manifest.ts";

describe("the manifest of an example plugin", () => {
  // Both listen on the reader's own machine; gRPC is this console's own.
  it.each([
    ["example-nodejs", ["local_endpoint"]],
    ["example-grpc", ["grpc_only_here", "local_endpoint"]],
  ])("%s follows the console's own advice", async (name, expected) => {
    const text = await readFile(`examples/plugins/${name}/plugin.yaml`, "utf8");
    const { manifest, findings } = readManifest(text);
    expect(manifest?.metadata.provider_type).toBe(name);
    expect(findings.map(({ code }) => code)).toEqual(expected);
  });
});
