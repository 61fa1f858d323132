import { expect, it } from "vitest";
import { readManifest } from "@/lib/intake/manifest.ts";
import { MANIFEST_EXAMPLE } from "./manifest-example.ts";

it("is a manifest without a fault", () => {
  const { manifest, findings } = readManifest(MANIFEST_EXAMPLE);
  expect(manifest?.metadata.provider_type).toBe("my-plugin");
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
});
