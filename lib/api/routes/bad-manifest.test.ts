import { describe, expect, it } from "vitest";
import { GOOD, replaced, useManifestConsole } from "../../../test/manifest-console.ts";
import type { Finding } from "../../contract/manifest.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { PluginPreview } from "../../contract/registration.ts";

const test = useManifestConsole();
const { listed, post } = test;

/** `GOOD` with lines behind the one that contains `after`. */
function withLine(after: string, ...lines: string[]): string {
  const all = GOOD.split("\n");
  const index = all.findIndex((line) => line.includes(after)) + 1;
  return [...all.slice(0, index), ...lines, ...all.slice(index)].join("\n");
}

const field = (yaml: string) => withLine("config_schema", `    - { ${yaml} }`);

const RULES = "    - { name: a, type: ".length + 1;

/** Every manifest row of the page on bad input: text, code, path, line and column of the finding. */
const ROWS: Array<[name: string, text: string, code: string, path: string, line: number, column: number]> = [
  ["empty", "", "empty", "", 1, 1],
  ["not UTF-8", replaced("Acme", "Caf\uFFFD"), "not_utf8", "", 4, 12],
  ["a tab", replaced("  name:", "\tname:"), "tab_indentation", "", 4, 1],
  ["an unclosed bracket", replaced("{ name: api_key,", "{ name: api_key, [,"), "invalid_yaml", "", 9, 25],
  ["nested 33 deep", `a: ${"[".repeat(32)}${"]".repeat(32)}`, "nested_too_deep", "", 1, 35],
  ["an anchor", withLine("type: http", "env: &a {}"), "anchor_or_alias", "env", 2, 9],
  ["an alias", withLine("type: http", "env: *a"), "anchor_or_alias", "env", 2, 7],
  ["a duplicate key", withLine("type: http", "type: grpc"), "duplicate_key", "type", 2, 1],
  ["__proto__", withLine("type: http", "__proto__: {}"), "forbidden_key", "__proto__", 2, 1],
  ["a list at the top", "- a\n", "not_an_object", "", 1, 1],
  ["no name", replaced("  name: Acme Models\n", ""), "missing_field", "metadata.name", 4, 3],
  ["no type", replaced("type: http\n", ""), "missing_field", "type", 1, 1],
  ["an unsupported type", replaced("type: http", "type: ftp"), "unsupported_type", "type", 1, 7],
  [
    "an unsupported api version",
    withLine("name: Acme", '  plugin_api_version: "9.0"'),
    "unsupported_api_version",
    "metadata.plugin_api_version",
    5,
    23,
  ],
  ["interval 0", replaced(": 60", ": 0"), "interval_out_of_range", "health_check_interval", 11, 24],
  ["interval 60s", replaced(": 60", ": 60s"), "wrong_type", "health_check_interval", 11, 24],
  [
    "a default against its own rule",
    replaced("default: 30", "default: 0"),
    "invalid_default",
    "metadata.config_schema[1].default",
    10,
    44,
  ],
  [
    "min above max",
    field("name: a, type: int, validation: { min: 9, max: 1 }"),
    "impossible_range",
    "metadata.config_schema[0].validation.min",
    9,
    RULES + 24,
  ],
  [
    "an invalid pattern",
    field("name: a, type: string, validation: { pattern: '[' }"),
    "invalid_pattern",
    "metadata.config_schema[0].validation.pattern",
    9,
    RULES + 31,
  ],
  [
    "a non-linear pattern",
    field("name: a, type: string, validation: { pattern: '(?=a)' }"),
    "invalid_pattern",
    "metadata.config_schema[0].validation.pattern",
    9,
    RULES + 31,
  ],
  ["a shell", withLine("type: http", "command: a && b"), "shell_command", "command", 2, 10],
  [
    "a command elsewhere",
    withLine("type: http", "command: ../a"),
    "command_outside_folder",
    "command",
    2,
    10,
  ],
  [
    "homepage javascript:",
    withLine("name: Acme", "  homepage: javascript:alert(1)"),
    "invalid_homepage",
    "metadata.homepage",
    5,
    13,
  ],
  [
    "a malformed provider_type",
    replaced("provider_type: acme", "provider_type: a/b"),
    "malformed_provider_type",
    "metadata.provider_type",
    6,
    18,
  ],
  ["an address that is none", replaced("http://127.0.0.1:8090", "nowhere"), "invalid_url", "endpoint", 2, 11],
  [
    "a built-in plugin nobody knows",
    replaced("type: http\nendpoint: http://127.0.0.1:8090\n", "type: builtin\n"),
    "unknown_builtin",
    "metadata.provider_type",
    5,
    18,
  ],
];

describe("a bad manifest", () => {
  it.each(ROWS)("%s", async (_name, manifestText, code, path, line, column) => {
    const before = await listed();
    const expected: unknown = expect.objectContaining({
      severity: "error",
      code,
      path,
      line,
      column,
      message: expect.stringMatching(/\.$/),
      fix: expect.stringMatching(/\S+ \S+/),
    });
    const seen = await post("/api/plugins/preview", { manifestText });
    expect(seen.status).toBe(200);
    expect((seen.body as PluginPreview).registrable).toBe(false);
    expect((seen.body as PluginPreview).findings).toContainEqual(expected);

    const answer = await post("/api/plugins", { manifestText, approveEndpoint: true });
    expect([answer.status, answer.body]).toEqual([
      422,
      { error: expect.objectContaining({ code: "invalid_manifest", field: "manifestText" }) },
    ]);
    const { details } = (answer.body as { error: { details: { findings: Finding[] } } }).error;
    expect(details.findings).toContainEqual(expected);
    expect(await listed()).toEqual(before);
  });

  it("that lacks several fields is answered with all of them with their places, and nothing is stored", async () => {
    const before = await listed();
    const answer = await post("/api/plugins", {
      manifestText: "auto_start: true\nmetadata:\n  author: me\n",
    });
    expect([answer.status, answer.body]).toEqual([
      422,
      { error: expect.objectContaining({ code: "invalid_manifest", field: "manifestText" }) },
    ]);
    const { findings } = (answer.body as { error: { details: { findings: Finding[] } } }).error.details;
    expect(findings.map(({ code, path, line, column }) => [code, path, line, column])).toEqual([
      ["missing_field", "type", 1, 1],
      ["missing_field", "metadata.name", 3, 3],
      ["missing_field", "metadata.provider_type", 3, 3],
      ["missing_field", "metadata.version", 3, 3],
    ]);
    expect(await listed()).toEqual(before);
  });

  it("with a field nobody knows is taken: the field is kept, shown with its place, and warned of", async () => {
    const { status, body } = await post("/api/plugins", {
      manifestText: replaced(":8090", ":8077"),
      approveEndpoint: true,
    });
    expect(status).toBe(201);
    const { plugin } = body as { plugin: Plugin };
    expect(plugin.manifest.metadata).toHaveProperty("mood", "yes");
    expect(plugin.findings).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        code: "unknown_field",
        path: "metadata.mood",
        line: 7,
        column: 3,
      }),
    );
    await test.loom.call("DELETE", `/api/plugins/${plugin.id}`, { as: "admin" });
  });

  it("is answered with everything at once", async () => {
    const manifestText =
      "type: ftp\nmetadata:\n  version: 1\n  config_schema: [{name: a}]\nhealth_check_interval: 0\n";
    const { body } = await post("/api/plugins", { manifestText });
    const { issues } = (body as { error: { issues: Array<{ path: string; message: string }> } }).error;
    expect(issues.map(({ path }) => path)).toEqual([
      "type",
      "metadata.name",
      "metadata.provider_type",
      "metadata.config_schema[0].type",
      "health_check_interval",
    ]);
    expect(issues[0]?.message).toBe("Line 1, column 7: ftp is no type of plugin that the console knows.");
  });

  it("of more than 64 KB is refused whole", async () => {
    const before = await listed();
    for (const path of ["/api/plugins/preview", "/api/plugins"]) {
      const answer = await post(path, { manifestText: `a: ${"x".repeat(65_536)}` });
      expect([answer.status, answer.body]).toEqual([
        413,
        { error: expect.objectContaining({ code: "payload_too_large", field: "manifestText" }) },
      ]);
    }
    expect(await listed()).toEqual(before);
  });

  it("whose address is never contacted says at which line", async () => {
    const manifestText = replaced("http://127.0.0.1:8090", "http://169.254.169.254");
    const { findings, registrable } = (await post("/api/plugins/preview", { manifestText }))
      .body as PluginPreview;
    expect(registrable).toBe(false);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: "address_forbidden", path: "endpoint", line: 2, column: 11 }),
    );
    const answer = await post("/api/plugins", { manifestText, approveEndpoint: true });
    expect([answer.status, answer.body]).toEqual([
      422,
      { error: expect.objectContaining({ code: "address_forbidden" }) },
    ]);
  });
});

/** Every URL row of the page on bad input, at each entrance. Spellings of addresses: `test/addresses.test.ts`. */
describe("a bad address", () => {
  const rows: Array<[name: string, text: string]> = [
    ["empty", ""],
    ["of another scheme", "ftp://acme.example.com"],
    ["that is a script", "javascript:alert(1)"],
    ["with a user's name", "http://ada@acme.example.com"],
    ["with a password", "http://ada:pw@acme.example.com"],
    ["with the port of another protocol", "http://acme.example.com:22"],
    ["with a port that is none", "http://acme.example.com:99999"],
    ["without a host", "http://"],
  ];
  it.each(rows)(
    "%s is refused as a plugin's and as a manifest's, and nothing is stored",
    async (_name, text) => {
      const before = await listed();
      for (const field of ["endpoint", "manifestUrl"])
        for (const path of ["/api/plugins/preview", "/api/plugins"]) {
          const { status, body } = await post(path, { [field]: text, approveEndpoint: true });
          expect([status, body]).toEqual([
            422,
            {
              error: expect.objectContaining({
                code: "invalid_url",
                field,
                message: expect.stringMatching(/\S+ \S+/),
                hint: expect.stringMatching(/\S+ \S+/),
              }),
            },
          ]);
        }
      expect(await listed()).toEqual(before);
    },
  );

  it.each(rows)("%s is a finding at its place in a manifest, and nothing is stored", async (_name, text) => {
    const before = await listed();
    const manifestText = replaced("http://127.0.0.1:8090", JSON.stringify(text));
    const { status, body } = await post("/api/plugins", { manifestText, approveEndpoint: true });
    expect([status, body]).toEqual([422, { error: expect.objectContaining({ code: "invalid_manifest" }) }]);
    const { findings } = (body as { error: { details: { findings: Finding[] } } }).error.details;
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([
      expect.objectContaining({
        code: text === "" ? "missing_field" : "invalid_url",
        path: "endpoint",
        line: 2,
        column: 11,
        fix: expect.stringMatching(/\S+ \S+/),
      }),
    ]);
    expect(await listed()).toEqual(before);
  });
});
