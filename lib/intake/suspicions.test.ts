import { describe, expect, it } from "vitest";
import type { Finding } from "../contract/manifest.ts";
import { readManifest } from "./manifest.ts";

const BASE = {
  type: "http",
  endpoint: "https://acme.example.com",
  metadata: { name: "Acme", version: "1.0.0", provider_type: "acme" },
};

/** Findings about YAML made of the base and some lines of text. */
function readYaml(lines: string, endpoint = BASE.endpoint): Finding[] {
  const text = `type: http\nendpoint: ${endpoint}\nmetadata:\n  name: Acme\n  version: "1.0.0"\n  provider_type: acme\n${lines}`;
  return readManifest(text).findings;
}

/** Findings about JSON made of the base, changed. */
function readJson(metadata: object, rest: object = {}): Finding[] {
  return readManifest(JSON.stringify({ ...BASE, metadata: { ...BASE.metadata, ...metadata }, ...rest }))
    .findings;
}

const brief = (findings: Finding[]) =>
  findings.map(({ severity, code, path, line, column }) => [severity, code, path, line, column]);

describe("a price", () => {
  it.each([0.009, 0.0005, 1e-7])("of %s per million tokens looks like one per thousand", (price) => {
    const [finding, ...others] = readYaml(
      `  models:\n    - id: small\n      cost_per_mtoken: ${price}\n`,
    ).filter(({ code }) => code !== "unknown_field");
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: "warning",
      code: "price_per_thousand",
      path: "metadata.models[0].cost_per_mtoken",
      line: 9,
      column: 24,
      fix: `If it is per thousand tokens, write ${Number((price * 1000).toPrecision(12))}.`,
    });
  });

  it.each([0, -1, 0.01, 0.02, 30, '"0.001"', "free"])("of %s does not", (price) => {
    const codes = readYaml(`  models: [{cost_per_mtoken: ${price}}]\n`).map(({ code }) => code);
    expect(codes).toEqual(["unknown_field"]);
  });

  it("is found in other spellings, in custom capabilities and as a default", () => {
    const metadata = {
      capabilities: { custom_capabilities: { costPerMToken: 0.002 } },
      config_schema: [{ name: "cost_per_mtoken", type: "float", default: 0.003 }],
    };
    expect(readJson(metadata).filter(({ code }) => code === "price_per_thousand")).toMatchObject([
      { path: "metadata.capabilities.custom_capabilities.costPerMToken" },
      { path: "metadata.config_schema[0].default" },
    ]);
  });
});

describe("an address", () => {
  it.each([
    "http://localhost:8090",
    "http://LOCALHOST.:8090",
    "http://plugin.localhost:8090",
    "http://127.0.0.1:8090",
    "http://0x7f.1:8090",
    "http://2130706433:8090",
    "http://[::1]:8090",
    "https://[::ffff:127.0.0.1]:8090",
    "https://10.1.2.3",
    "http://100.64.0.1",
  ])("%s will need an admin's consent", (endpoint) => {
    expect(brief(readYaml("", endpoint))).toEqual([["warning", "local_endpoint", "endpoint", 2, 11]]);
  });

  it.each([
    "https://acme.example.com",
    "http://plugin:8090",
    "http://nas.local:8090",
    "https://93.184.216.34",
  ])("%s raises no suspicion", (endpoint) => expect(readYaml("", endpoint)).toEqual([]));

  it.each(["http://acme.example.com", "http://93.184.216.34:8090", "http://localhost.example.com"])(
    "%s is open to the world",
    (endpoint) =>
      expect(brief(readYaml("", endpoint))).toEqual([["warning", "unencrypted_endpoint", "endpoint", 2, 11]]),
  );
});

it.each([5, 9])("a check every %i seconds is much", (seconds) => {
  expect(brief(readYaml(`health_check_interval: ${seconds}\n`))).toEqual([
    ["warning", "short_interval", "health_check_interval", 7, 24],
  ]);
});

describe("a command", () => {
  it.each([
    "python3 plugin.py",
    "sh -c 'echo hi'",
    "a && b",
    "$HOME/plugin",
    "~/plugin",
    "`id`",
    "plugin > log",
    "*.sh",
  ])("%s is for a shell", (command) => {
    const [finding] = readJson({}, { command });
    expect(finding).toMatchObject({ severity: "error", code: "shell_command", path: "command" });
  });

  it.each(["/usr/bin/python3", "../plugin", "bin/../../plugin", "C:\\plugin.exe", "\\\\host\\plugin", ".."])(
    "%s leads outside the folder",
    (command) => {
      const [finding] = readJson({}, { command });
      expect(finding).toMatchObject({ severity: "error", code: "command_outside_folder", path: "command" });
    },
  );

  it.each(["python3", "./plugin", "bin/my plugin", "./..plugin"])("%s will do, and is not run", (command) => {
    expect(readJson({}, { command }).map(({ code }) => code)).toEqual(["process_needs_approval"]);
  });

  it("refuses an environment that would make the program run something else", () => {
    const env = { PORT: "8090", NODE_OPTIONS: "--require ./x", LD_PRELOAD: "x" };
    const errors = readJson({}, { command: "node", env }).filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, path }) => [code, path])).toEqual([
      ["forbidden_variable", "env.NODE_OPTIONS"],
      ["forbidden_variable", "env.LD_PRELOAD"],
    ]);
  });

  it("is what args and env belong to", () => {
    expect(readJson({}, { args: ["a"], env: { A: "b" } }).map(({ code, path }) => [code, path])).toEqual([
      ["command_missing", "args"],
      ["command_missing", "env"],
    ]);
  });
});

describe("what Loom itself would refuse or misread", () => {
  const refused = (findings: Finding[]) =>
    findings.filter(({ refusedByLoom }) => refusedByLoom).map(({ code }) => code);

  it.each([
    [
      "required_with_default",
      { config_schema: [{ name: "a", type: "int", required: true, default: 1 }] },
      {},
    ],
    ["unquoted_text", { version: 1 }, {}],
    ["capability_not_boolean", { capabilities: { custom_capabilities: { tools: "many" } } }, {}],
    ["misplaced_field", {}, { capabilities: { vision: true } }],
    ["respelled_field", {}, { autoStart: true }],
    ["respelled_field", { capabilities: { functioncalling: true } }, {}],
    ["builtin_only_here", {}, { type: "builtin", endpoint: undefined }],
  ])("%s", (code, metadata, rest) => {
    expect(refused(readJson(metadata, rest))).toEqual([code]);
  });

  it("a fraction where a whole number belongs, in JSON", () => {
    const text = JSON.stringify(BASE).replace("{", '{"health_check_interval": 60.0,');
    expect(refused(readManifest(text).findings)).toEqual(["fraction"]);
    expect(refused(readYaml("health_check_interval: 60.0\n"))).toEqual([]);
  });

  it("names, as its two readers know them", () => {
    expect(refused(readJson({}, { Auto_Start: true }))).toEqual([]);
    expect(refused(readYaml("  configschema: []\n"))).toEqual([]);
    expect(refused(readYaml("  configSchema: []\n"))).toEqual(["respelled_field"]);
    expect(refused(readYaml("autostart: true\n"))).toEqual(["respelled_field"]);
  });
});

it("every finding has a place, a message and a way out", () => {
  const text = [
    "type: ftp",
    "endpoint: 7",
    "metadata:",
    "  name: &a x",
    "  version: 1.10",
    "  providertype: a b",
    "  mood: {cost_per_mtoken: 0.001}",
    "  config_schema:",
    "    - {name: a, type: colour, default: x, sensitive: true, required: true}",
    "    - {name: a, type: int, validation: {min: 3, max: 1, pattern: x, enum: [a]}}",
    "    - {type: string, validation: {pattern: '(?=x)', min_length: -1, max: 3}}",
    "health_check_interval: 7",
    "args: [1]",
    "args: [2]",
    "---",
  ].join("\n");
  const { findings } = readManifest(text);
  expect(findings.length).toBeGreaterThan(15);
  for (const finding of findings) {
    expect(finding).toEqual({
      severity: expect.stringMatching(/^(error|warning)$/),
      code: expect.stringMatching(/^[a-z_]+$/),
      path: expect.any(String),
      line: expect.any(Number),
      column: expect.any(Number),
      message: expect.stringMatching(/^[^]{10,400}\.$/),
      fix: expect.stringMatching(/^[^]{5,}\.$/),
      ...(finding.refusedByLoom ? { refusedByLoom: true } : {}),
    });
  }
});
