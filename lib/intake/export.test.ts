import fc from "fast-check";
import { CORE_SCHEMA, load, YAML11_SCHEMA } from "js-yaml";
import { describe, expect, it } from "vitest";
import { manifests } from "../../test/manifest-arbitrary.ts";
import { Manifest } from "../contract/manifest.ts";
import { diffManifests } from "../core/manifest-diff.ts";
import { toManifestJson, toManifestYaml } from "./export.ts";
import { readManifest } from "./manifest.ts";

const FULL = Manifest.parse({
  health_check_interval: 30,
  mood: "sunny",
  metadata: {
    config_schema: [
      { sensitive: true, required: true, name: "api_key", type: "string", default: "sk-canary" },
      { name: "timeout", type: "int", default: 30, validation: { min: 1, max: 300 } },
    ],
    provider_type: "acme",
    version: "1.10",
    name: "Acme: Models",
    models: [{ id: "a" }],
    homepage: "https://acme.example.com/docs",
  },
  type: "http",
  endpoint: "http://localhost:8090",
  command: "python3",
  args: ["plugin.py", "--port", "8090"],
  env: { DEBUG: "yes" },
  auto_start: true,
});

it("writes plugin.yaml as the guide does, in its order", () => {
  expect(toManifestYaml(FULL)).toBe(`type: http
endpoint: http://localhost:8090
metadata:
  name: "Acme: Models"
  version: "1.10"
  plugin_api_version: "1.0.0"
  provider_type: acme
  homepage: https://acme.example.com/docs
  capabilities:
    streaming: false
    function_calling: false
    vision: false
    embeddings: false
    fine_tuning: false
  config_schema:
    - name: api_key
      type: string
      required: true
      sensitive: true
    - name: timeout
      type: int
      required: false
      default: 30
      validation:
        min: 1
        max: 300
  models:
    - id: a
auto_start: true
health_check_interval: 30
command: python3
args:
  - plugin.py
  - "--port"
  - "8090"
env:
  DEBUG: "yes"
mood: sunny
`);
});

it("writes plugin.json with the names and types of Loom's own loader", () => {
  const written = JSON.parse(toManifestJson(FULL)) as Record<string, unknown>;
  expect(Object.keys(written).slice(0, 5)).toEqual([
    "type",
    "endpoint",
    "metadata",
    "auto_start",
    "health_check_interval",
  ]);
  expect(written).toMatchObject({
    metadata: {
      provider_type: "acme",
      version: "1.10",
      config_schema: [{ name: "api_key" }, { default: 30 }],
    },
    args: ["plugin.py", "--port", "8090"],
    env: { DEBUG: "yes" },
  });
});

describe.each([
  ["YAML", toManifestYaml],
  ["JSON", toManifestJson],
])("%s", (_name, write) => {
  it("holds no default of a sensitive field", () => {
    expect(write(FULL)).not.toContain("sk-canary");
  });

  it("means the same when it is read again, for every manifest", () => {
    fc.assert(
      fc.property(manifests(), (manifest) => {
        const { manifest: again, findings } = readManifest(write(manifest));
        expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(again && diffManifests(manifest, again)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves out names that nobody could read again", () => {
    const metadata = JSON.parse('{"<<": 1, "x": [{"__proto__": {"polluted": true}, "y": 2}]}') as object;
    const manifest = { ...FULL, metadata: { ...FULL.metadata, ...metadata } } as Manifest;
    const again = readManifest(write(manifest)).manifest?.metadata;
    expect(again).toMatchObject({ x: [{ y: 2 }] });
    expect(again).not.toHaveProperty("<<");
  });
});

/** Every text that some YAML reader takes for something else, and what would end a plain text. */
const TRAPS =
  "yes|No|on|OFF|y|n|true|null|~|nan|.nan|inf|-.inf|1.10|1_000|0o17|017|0x1F|0b1|1:30|1e3|.5|+1|2026-01-01|2026-01-01T10:00:00Z|<<|=|!x|&x|*x|%x|@x|`x`|- x|? x|x: y|x #y|#x|[x|{x|]|}|,|'x|\"x|\\|>|x:|http://a:1/ #b| x|x |x\ty|x\ny|x\u0085y|x\u2028y|\u007F|\uFEFFx|---|...|é|😀|".split(
    "|",
  );

it.each(TRAPS)("%j stays text for readers of YAML 1.1 and 1.2, as a value and as a name", (trap) => {
  const metadata = { ...FULL.metadata, trap, traps: { [`${trap} `]: trap }, list: [trap] };
  const text = toManifestYaml({ ...FULL, metadata });
  for (const schema of [CORE_SCHEMA, YAML11_SCHEMA]) {
    expect(load(text, { schema })).toMatchObject({
      metadata: { trap, traps: { [`${trap} `]: trap }, list: [trap], version: "1.10" },
    });
  }
});
