import { expect, test } from "vitest";
import { Manifest } from "../contract/manifest.ts";
import { diffManifests } from "./manifest-diff.ts";

const manifest = (metadata: object, rest: object = {}) =>
  Manifest.parse({
    type: "http",
    endpoint: "http://127.0.0.1:8090",
    metadata: { name: "Acme", version: "1.0", provider_type: "acme", ...metadata },
    ...rest,
  });

test("equal manifests do not differ, whatever the order of their keys", () => {
  expect(
    diffManifests(manifest({ author: "a", license: "MIT" }), manifest({ license: "MIT", author: "a" })),
  ).toEqual([]);
});

test("names single values with both sides", () => {
  expect(diffManifests(manifest({ version: "1.0" }), manifest({ version: "2.0" }))).toEqual([
    { path: "metadata.version", before: "1.0", after: "2.0" },
  ]);
});

test("an absent side is left out", () => {
  expect(diffManifests(manifest({}), manifest({ homepage: "https://a.example" }))).toEqual([
    { path: "metadata.homepage", after: "https://a.example" },
  ]);
});

test("matches schema fields by name", () => {
  const timeout = { name: "timeout", type: "int", default: 30 };
  const key = { name: "api_key", type: "string", sensitive: true };
  const changes = diffManifests(
    manifest({ config_schema: [timeout, key] }),
    manifest({
      config_schema: [
        { ...key, required: true },
        { ...timeout, default: 60 },
        { name: "region", type: "string" },
      ],
    }),
  );
  expect(changes).toEqual([
    { path: "metadata.config_schema[timeout].default", before: 30, after: 60 },
    { path: "metadata.config_schema[api_key].required", before: false, after: true },
    {
      path: "metadata.config_schema[region]",
      after: { name: "region", type: "string", required: false, description: "", sensitive: false },
    },
  ]);
});

test("other lists are compared whole", () => {
  expect(diffManifests(manifest({}, { args: ["a"] }), manifest({}, { args: ["a", "b"] }))).toEqual([
    { path: "args", before: ["a"], after: ["a", "b"] },
  ]);
});
