import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Manifest } from "../contract/manifest.ts";
import { readManifest } from "./manifest.ts";

const GOOD = `type: http
endpoint: https://acme.example.com
metadata:
  name: Acme Models
  version: "1.2.0"
  plugin_api_version: "1.0.0"
  provider_type: acme
  capabilities: { streaming: true, function_calling: false, vision: false }
  config_schema:
    - { name: api_key, type: string, required: true, sensitive: true, description: Key from the Acme console }
    - { name: timeout, type: int, default: 30, validation: { min: 1, max: 300 } }
auto_start: true
health_check_interval: 60
`;

/** `GOOD` with lines put in after the first that contains `after`. */
function withLines(after: string, ...lines: string[]): string {
  const all = GOOD.split("\n");
  const index = all.findIndex((line) => line.includes(after));
  return [...all.slice(0, index + 1), ...lines, ...all.slice(index + 1)].join("\n");
}

function replaced(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
}

/** `GOOD` as a grpc plugin at `endpoint`. */
function grpcAt(endpoint: string): string {
  return replaced("type: http", "type: grpc").replace("https://acme.example.com", endpoint);
}

function codesOf(text: string): string[] {
  return readManifest(text).findings.map(({ code, path }) => `${code} ${path}`.trim());
}

describe("a good manifest", () => {
  it("is read without a finding", () => {
    const { manifest, findings } = readManifest(GOOD);
    expect(findings).toEqual([]);
    expect(manifest).toMatchObject({
      type: "http",
      endpoint: "https://acme.example.com",
      metadata: { provider_type: "acme", capabilities: { streaming: true, embeddings: false } },
      health_check_interval: 60,
    });
    expect(manifest?.metadata.config_schema[1]).toMatchObject({
      name: "timeout",
      default: 30,
      required: false,
    });
  });

  it("may be JSON, indented with tabs too, and means the same", () => {
    const { manifest } = readManifest(GOOD);
    for (const indent of [undefined, 2, "\t"]) {
      const json = JSON.stringify(manifest, null, indent);
      expect(readManifest(json)).toMatchObject({ manifest, findings: [] });
    }
  });

  it("may begin with a byte order mark and a comment and end lines with CRLF", () => {
    expect(readManifest(`\uFEFF# mine\r\n${GOOD.replaceAll("\n", "\r\n")}`).findings).toEqual([]);
  });

  it("gets its defaults from the contract", () => {
    const { manifest } = readManifest(
      "type: http\nendpoint: http://a:1234\nmetadata: {name: A, version: '1', provider_type: a}",
    );
    expect(manifest).toMatchObject({
      auto_start: false,
      health_check_interval: 60,
      metadata: { plugin_api_version: "1.0.0", config_schema: [], capabilities: { streaming: false } },
    });
  });
});

describe("kindness, always with a warning", () => {
  it("understands Go's lower-cased keys", () => {
    const go = GOOD.replace("provider_type", "providertype")
      .replace("config_schema", "configschema")
      .replace("plugin_api_version", "pluginapiversion")
      .replace("health_check_interval", "healthcheckinterval");
    const { manifest, findings } = readManifest(go);
    expect(manifest).toEqual(readManifest(GOOD).manifest);
    expect(findings.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => "respelled_field"));
    expect(findings[0]).toMatchObject({ path: "metadata.plugin_api_version", line: 6, severity: "warning" });
  });

  it("moves capabilities and config_schema into metadata", () => {
    const text = `${GOOD.split("\n")
      .filter((line) => !/capabilities|config_schema|- \{/.test(line))
      .join("\n")}
capabilities: {streaming: true}
config_schema: [{name: key, type: string}]
`;
    const { manifest, findings } = readManifest(text);
    expect(manifest?.metadata).toMatchObject({
      capabilities: { streaming: true },
      config_schema: [{ name: "key" }],
    });
    expect(manifest).not.toHaveProperty("capabilities");
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ["misplaced_field", "capabilities"],
      ["misplaced_field", "config_schema"],
    ]);
  });

  it("keeps unknown fields", () => {
    const { manifest, findings } = readManifest(withLines("name: Acme", "  mood: sunny"));
    expect(manifest?.metadata).toHaveProperty("mood", "sunny");
    expect(findings).toEqual([
      expect.objectContaining({
        severity: "warning",
        code: "unknown_field",
        path: "metadata.mood",
        line: 5,
        column: 3,
      }),
    ]);
  });

  it.each([
    ["a required field", replaced("endpoint:", "endpont:"), "error", "endpont", "endpoint", 2, 1],
    ["metadata itself", replaced("metadata:", "metdata:"), "error", "metdata", "metadata", 3, 1],
    [
      "metadata's own",
      replaced("provider_type:", "provider_tpye:"),
      "error",
      "provider_tpye",
      "provider_type",
      7,
      3,
    ],
    [
      "an optional field",
      replaced("auto_start:", "auto_strat:"),
      "warning",
      "auto_strat",
      "auto_start",
      12,
      1,
    ],
    ["a rule", replaced("{ min: 1, max: 300 }", "{ min: 1, maxx: 300 }"), "warning", "maxx", "max", 11, 70],
  ])(
    "asks once, at its name, what is meant by a misspelt one: %s",
    (_, text, severity, key, meant, line, column) => {
      const { manifest, findings } = readManifest(text);
      expect(manifest === null).toBe(severity === "error");
      expect(findings).toEqual([
        expect.objectContaining({
          ...{ severity, code: "misspelt_field", line, column },
          path: expect.stringMatching(new RegExp(`(^|[.])${key}$`)) as string,
          message: `${key}: did you mean ${meant}?`,
        }),
      ]);
    },
  );

  it("supposes no other name where the field is there already", () => {
    expect(codesOf(withLines("endpoint:", "endpont: x"))).toEqual(["unknown_field endpont"]);
  });

  it("takes unquoted versions and numbers in args as they are written", () => {
    const text = replaced('"1.2.0"', "1.20").replace(
      "auto_start",
      "command: python3\nargs: [--port, 8090]\nenv: {PORT: 8090, DEBUG: yes}\nauto_start",
    );
    const { manifest, findings } = readManifest(text);
    expect(manifest).toMatchObject({
      metadata: { version: "1.20" },
      args: ["--port", "8090"],
      env: { PORT: "8090", DEBUG: "yes" },
    });
    expect(findings.filter(({ code }) => code === "unquoted_text")).toHaveLength(3);
  });

  it("takes yes and no for booleans", () => {
    const { manifest, findings } = readManifest(replaced("auto_start: true", "auto_start: yes"));
    expect(manifest?.auto_start).toBe(true);
    expect(findings.map(({ code }) => code)).toEqual(["old_boolean"]);
  });

  it("lets null stand for absent", () => {
    expect(readManifest(replaced("auto_start: true", "auto_start:")).manifest?.auto_start).toBe(false);
  });

  it("takes 60.0 for 60", () => {
    const { manifest, findings } = readManifest(replaced("interval: 60", "interval: 60.0"));
    expect(manifest?.health_check_interval).toBe(60);
    expect(findings.map(({ code }) => code)).toEqual(["fraction"]);
  });

  it("says that a command is not run", () => {
    const { manifest, findings } = readManifest(withLines("auto_start", "command: ./plugin"));
    expect(manifest?.command).toBe("./plugin");
    expect(findings.map(({ code }) => code)).toEqual(["process_needs_approval"]);
  });
});

describe("text that is no manifest", () => {
  const rows: Array<[string, string, string, number, number]> = [
    ["empty", "", "empty", 1, 1],
    ["only comments", "# nothing\n---\n", "empty", 1, 1],
    ["a list", "- a\n- b\n", "not_an_object", 1, 1],
    ["a word", "hello", "not_an_object", 1, 1],
    ["a tab", "type: http\nmetadata:\n\tname: x\n", "tab_indentation", 3, 1],
    ["an open bracket", "type: http\nargs: [a, b\n", "invalid_yaml", 3, 1],
    ["an open quote", 'type: "http\n', "invalid_yaml", 2, 1],
    ["33 levels", `a: ${"[".repeat(32)}${"]".repeat(32)}`, "nested_too_deep", 1, 35],
    ["1,000 levels", "[".repeat(1_000), "nested_too_deep", 1, 32],
    ["30,000 levels", "- ".repeat(30_000), "nested_too_deep", 1, 65],
    ["NUL", "type: ht\0tp", "not_utf8", 1, 9],
    ["broken UTF-8", "type: http\nauthor: caf\uFFFD", "not_utf8", 2, 12],
    ["more than 64 KB", `a: ${"x".repeat(66_000)}`, "too_large", 1, 1],
    ["a web page", "<!DOCTYPE html>\n<html><body>hi</body></html>", "not_an_object", 1, 1],
  ];

  it.each(rows)("%s", (_name, text, code, line, column) => {
    const { manifest, findings } = readManifest(text);
    expect(manifest).toBeNull();
    expect(findings[0]).toMatchObject({ severity: "error", code, line, column });
    expect(findings[0]?.fix).toBeTruthy();
  });
});

describe("broken syntax is told in words for people, not the parser's", () => {
  const rows: Array<[text: string, message: RegExp]> = [
    ["args: [a, b\ntype: http\n", /still open/],
    ['type: "http\n', /still open/],
    ['{"type": "http"', /still open/],
    ['{"type": "http" "x": 1}', /comma is missing/],
    ["args: [, b]", /value is missing/],
    ["type: http\n  a: b", /indentation/],
    ["a: b: c", /colon too many/],
    ["a: 1\nb\nc: 2", /not a field/],
    ['a: "\\q"', /backslash/],
    ["@x: 1", /field was expected/],
    ["<html>", /web page/],
  ];

  it.each(rows)("%j", (text, message) => {
    const [finding] = readManifest(text).findings;
    expect(finding).toMatchObject({ severity: "error", line: expect.any(Number) as number });
    expect(finding?.message).toMatch(message);
    expect(finding?.message).not.toMatch(/flow|mapping|sequence|deficient|stream|scalar|node/);
    expect(finding?.fix).toMatch(/^[A-Z].*\.$/);
  });

  it("a pattern's mistake is told without the engine's own preamble, look-around with its reason", () => {
    const finding = (pattern: string) =>
      readManifest(
        withLines("config_schema:", `    - { name: a, type: string, validation: { pattern: '${pattern}' } }`),
      ).findings[0];
    expect(finding("[")?.message).toBe("This pattern cannot be used: missing closing ]: `[`.");
    expect(finding("[")?.fix).not.toMatch(/look-around/);
    for (const pattern of ["(?=a)", "(?<!a)b", "(a)\\1"]) {
      expect(finding(pattern)?.message).toBe(
        `This pattern cannot be used: ${pattern} looks around or refers back.`,
      );
      expect(finding(pattern)?.fix).toMatch(/look-around/);
    }
  });
});

describe("a manifest that lost its indentation", () => {
  const FLAT = `type: http
endpoint: https://acme.example.com
metadata:
name: Acme Models
version: "1.2.0"
provider_type: acme
capabilities:
streaming: true
auto_start: true
`;

  it("is one finding where metadata stands, not one for each of its fields", () => {
    expect(readManifest(FLAT).findings).toEqual([
      {
        ...{ severity: "error", code: "not_indented", path: "metadata", line: 3, column: 1 },
        message: expect.stringContaining("name, version, provider_type, capabilities, streaming") as string,
        fix: expect.stringContaining("two spaces") as string,
      },
    ]);
  });

  it("whose metadata is not even begun says the same", () => {
    expect(codesOf(FLAT.replace("metadata:\n", ""))).toEqual(["not_indented metadata"]);
  });

  it("is no guess: an unknown field alone is an unknown field", () => {
    expect(codesOf(replaced("auto_start: true", "name: Acme"))).toEqual(["unknown_field name"]);
  });
});

describe("what YAML could hide", () => {
  const rows: Array<[string, string, string]> = [
    ["an anchor", withLines("auto_start", "args: &a [x]"), "anchor_or_alias args"],
    ["an alias", withLines("auto_start", "args: *a"), "anchor_or_alias args"],
    ["a tag", withLines("auto_start", "args: !!js/function 'x'"), "tag args"],
    ["a merge key", withLines("auto_start", "<<: {a: 1}"), "merge_key <<"],
    ["a duplicate key", withLines("auto_start", "auto_start: false"), "duplicate_key auto_start"],
    ["__proto__", withLines("auto_start", "__proto__: {polluted: true}"), "forbidden_key __proto__"],
    [
      "__proto__ in depth",
      withLines("name: Acme", "  x: {__proto__: 1}"),
      "forbidden_key metadata.x.__proto__",
    ],
    ["a list as a key", withLines("auto_start", "? [a]\n: b"), "invalid_key ?"],
    ["a second document", `${GOOD}---\ntype: http\n`, "several_documents"],
    ["not a number", withLines("auto_start", "x: .nan"), "invalid_number x"],
  ];

  it.each(rows)("%s", (_name, text, expected) => {
    expect(readManifest(text).manifest).toBeNull();
    expect(codesOf(text)).toContain(expected);
    expect({}).not.toHaveProperty("polluted");
  });

  it("finds them all at once, each with its line", () => {
    const { findings } = readManifest("a: &x 1\nb: *x\nb: 2\n__proto__: 3\nc: !t d\n");
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, line }) => [line, code])).toEqual([
      [1, "missing_field"],
      [1, "missing_field"],
      [1, "anchor_or_alias"],
      [2, "anchor_or_alias"],
      [3, "duplicate_key"],
      [4, "forbidden_key"],
      [5, "tag"],
    ]);
  });
});

describe("fields", () => {
  const rows: Array<[string, string]> = [
    ["missing_field type", GOOD.replace("type: http\n", "")],
    ["unsupported_type type", replaced("type: http", "type: ftp")],
    ["invalid_url endpoint", replaced("type: http", "type: grpc")],
    ["invalid_url endpoint", grpcAt("grpc://localhost:9090/path")],
    ["invalid_url endpoint", grpcAt("localhost:9090")],
    ["unencrypted_endpoint endpoint", grpcAt("grpc://plugin.example.com:9090")],
    ["missing_field endpoint", grpcAt("").replace("endpoint: \n", "")],
    ["missing_field endpoint", GOOD.replace("endpoint: https://acme.example.com\n", "")],
    ["invalid_url endpoint", replaced("https://acme.example.com", "localhost:8090")],
    ["invalid_url endpoint", replaced("https://acme.example.com", "http://user:pw@localhost:8090")],
    ["invalid_url endpoint", replaced("https://acme.example.com", "grpc://localhost:8090")],
    ["unencrypted_endpoint endpoint", replaced("https://acme.example.com", "http://plugin.example.com")],
    ["unencrypted_endpoint endpoint", replaced("https://acme.example.com", "http://93.184.216.34")],
    ["missing_field metadata", "type: http\nendpoint: http://a:1234\n"],
    ["wrong_type metadata", "type: http\nendpoint: http://a:1234\nmetadata: hello\n"],
    ["missing_field metadata.name", GOOD.replace("  name: Acme Models\n", "")],
    ["missing_field metadata.version", replaced('version: "1.2.0"', 'version: ""')],
    ["missing_field metadata.provider_type", GOOD.replace("  provider_type: acme\n", "")],
    [
      "malformed_provider_type metadata.provider_type",
      replaced("provider_type: acme", "provider_type: acme/../x"),
    ],
    ["unsupported_api_version metadata.plugin_api_version", replaced('"1.0.0"', '"2.0.0"')],
    ["invalid_homepage metadata.homepage", withLines("name: Acme", "  homepage: javascript:alert(1)")],
    ["interval_out_of_range health_check_interval", replaced("interval: 60", "interval: 0")],
    ["interval_out_of_range health_check_interval", replaced("interval: 60", "interval: 3601")],
    ["wrong_type health_check_interval", replaced("interval: 60", "interval: 60s")],
    ["wrong_type health_check_interval", replaced("interval: 60", "interval: 7.5")],
    ["wrong_type auto_start", replaced("auto_start: true", "auto_start: 1")],
    ["wrong_type args", withLines("auto_start", "args: --port")],
    ["shell_command command", withLines("auto_start", "command: rm -rf / && echo done")],
    ["command_outside_folder command", withLines("auto_start", "command: ../../bin/evil")],
    ["wrong_type metadata.config_schema", replaced("config_schema:", "config_schema: none\n  old:")],
  ];

  it.each(rows)("%s", (expected, text) => {
    expect(codesOf(text)).toContain(expected);
  });

  it("are all reported together, at line and column, with a way out", () => {
    const { findings } = readManifest("type: ftp\nmetadata:\n  version: 1\nhealth_check_interval: 60s\n");
    expect(findings.map(({ code, path, line, column }) => [code, path, line, column])).toEqual([
      ["unsupported_type", "type", 1, 7],
      ["missing_field", "metadata.name", 3, 3],
      ["missing_field", "metadata.provider_type", 3, 3],
      ["unquoted_text", "metadata.version", 3, 12],
      ["wrong_type", "health_check_interval", 4, 24],
    ]);
    for (const { fix } of findings) expect(fix).toBeTruthy();
    expect(findings.at(-1)?.fix).toBe("Write the number alone: 60.");
  });

  it.each(["grpc://plugin:9090", "grpcs://plugin.example.com"])(
    "a grpc plugin at %s is fine, but not for Loom",
    (endpoint) => {
      const { manifest, findings } = readManifest(grpcAt(endpoint));
      expect(findings).toEqual([
        expect.objectContaining({ severity: "warning", code: "grpc_only_here", refusedByLoom: true }),
      ]);
      expect(manifest).toMatchObject({ type: "grpc", endpoint });
    },
  );

  it("an endpoint of a built-in plugin is ignored", () => {
    const { manifest, findings } = readManifest(replaced("type: http", "type: builtin"));
    expect(manifest).not.toHaveProperty("endpoint");
    expect(findings.map(({ code, refusedByLoom }) => [code, refusedByLoom])).toEqual([
      ["builtin_only_here", true],
      ["endpoint_ignored", undefined],
    ]);
  });
});

describe("config_schema", () => {
  const field = (yaml: string) => withLines("config_schema:", `    - { ${yaml} }`);
  const rows: Array<[string, string]> = [
    ["missing_field metadata.config_schema[0].name", field("type: string")],
    ["missing_field metadata.config_schema[0].name", field("name: '', type: string")],
    ["missing_field metadata.config_schema[0].type", field("name: a")],
    ["malformed_field_name metadata.config_schema[0].name", field("name: __proto__, type: string")],
    ["duplicate_field metadata.config_schema[2].name", field("name: timeout, type: int")],
    ["unknown_type metadata.config_schema[0].type", field("name: a, type: color")],
    ["invalid_default metadata.config_schema[0].default", field("name: a, type: int, default: ten")],
    [
      "invalid_default metadata.config_schema[0].default",
      field("name: a, type: int, default: 5, validation: {min: 6}"),
    ],
    [
      "invalid_default metadata.config_schema[0].default",
      field("name: a, type: string, default: x, validation: {enum: [y]}"),
    ],
    [
      "invalid_default metadata.config_schema[0].default",
      field("name: a, type: string, default: x, validation: {pattern: '^y$'}"),
    ],
    [
      "impossible_range metadata.config_schema[0].validation.min",
      field("name: a, type: int, validation: {min: 9, max: 1}"),
    ],
    [
      "impossible_range metadata.config_schema[0].validation.min_length",
      field("name: a, type: string, validation: {min_length: 9, max_length: 1}"),
    ],
    [
      "impossible_range metadata.config_schema[0].validation.max_length",
      field("name: a, type: string, validation: {max_length: -1}"),
    ],
    [
      "impossible_range metadata.config_schema[0].validation.enum",
      field("name: a, type: string, validation: {enum: []}"),
    ],
    [
      "enum_type metadata.config_schema[0].validation.enum[1]",
      field("name: a, type: int, validation: {enum: [1, two]}"),
    ],
    [
      "invalid_pattern metadata.config_schema[0].validation.pattern",
      field("name: a, type: string, validation: {pattern: '(?=x)'}"),
    ],
    [
      "invalid_pattern metadata.config_schema[0].validation.pattern",
      field("name: a, type: string, validation: {pattern: '['}"),
    ],
    [
      "rule_ignored metadata.config_schema[0].validation.min",
      field("name: a, type: string, validation: {min: 3}"),
    ],
    [
      "sensitive_default metadata.config_schema[0].default",
      field("name: a, type: string, default: x, sensitive: true"),
    ],
    [
      "required_with_default metadata.config_schema[0].default",
      field("name: a, type: string, default: x, required: true"),
    ],
    ["wrong_type metadata.config_schema[0]", withLines("config_schema:", "    - just text")],
    ["missing_field metadata.config_schema[0]", withLines("config_schema:", "    -")],
    [
      "unknown_field metadata.config_schema[0].validation.multiple_of",
      field("name: a, type: int, validation: {multiple_of: 2}"),
    ],
  ];

  it.each(rows)("%s", (expected, text) => {
    expect(codesOf(text)).toContain(expected);
  });

  it("may use any type and any field name that is a word", () => {
    expect(readManifest(field("name: constructor, type: json, default: {a: 1}")).manifest).not.toBeNull();
  });
});

describe("cost", () => {
  /** A manifest with `count` configuration fields of type string. */
  const many = (count: number, yaml: string) => {
    const fields = Array.from(
      { length: count },
      (_, index) => `{name: k${index}, type: string, ${yaml.replace("N", String(index))}}`,
    );
    const schema = `config_schema: [${fields.join(", ")}]\n`;
    return GOOD.replace(/config_schema:[^]*?(?=auto_start)/, () => schema);
  };

  it("takes a hundred fields with everyday patterns", () => {
    const yaml = "default: '2026-01-01', validation: {pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'}";
    expect(readManifest(many(100, yaml)).findings).toEqual([]);
  });

  it("takes the same costly pattern any number of times", () => {
    expect(readManifest(many(400, "validation: {pattern: '^(a{1,100}b?){1,9}c$'}")).findings).toEqual([]);
  });

  it("refuses hundreds of patterns that are costly to compile without compiling them all", () => {
    expect(codesOf(many(400, "validation: {pattern: '(a{1,100}b?){1,9}cN'}")).join()).toContain(
      "patterns_too_costly",
    );
  });

  it("says which default it did not hold against a pattern, since that would take too long", () => {
    const yaml = `default: ${"a".repeat(400)}, validation: {pattern: '(aN{1,100}){1,9}c'}`;
    const { manifest, findings } = readManifest(many(3, yaml));
    expect(manifest).not.toBeNull();
    expect(findings.map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => "default_not_checked"));
  });

  it("lists two hundred findings at most, errors before warnings, and says how many there are", () => {
    const text = Array.from({ length: 2_500 }, (_, index) => `k${index}: 1`).join("\n");
    const { manifest, findings } = readManifest(`${text}\ntype: ftp\n`);
    expect(manifest).toBeNull();
    expect(findings).toHaveLength(200);
    expect(findings.filter(({ severity }) => severity === "error").map(({ code }) => code)).toEqual([
      "missing_field",
      "unsupported_type",
    ]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: "more_findings",
        message: "There are 2303 more findings than can be listed here.",
      }),
    );
  });

  it("refuses more names and values than any manifest needs, at the first too many", () => {
    const text = `type: http\nargs: [${"a,".repeat(12_000)}]\n`;
    expect(readManifest(text).findings).toEqual([
      expect.objectContaining({ severity: "error", code: "too_many_values", line: 2, column: 19_998 }),
    ]);
  });
});

describe("for every text", () => {
  const isUnpolluted = () =>
    Object.keys(Object.prototype).length === 0 && Object.getOwnPropertyNames(Object.prototype).length === 12;

  function check(text: string): void {
    const { manifest, findings } = readManifest(text);
    expect(manifest === null).toBe(findings.some(({ severity }) => severity === "error"));
    if (manifest) expect(Manifest.parse(manifest)).toEqual(manifest);
    expect(isUnpolluted()).toBe(true);
  }

  it("readManifest returns, and a manifest exactly when there is no error", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), yamlNoise()), check), {
      numRuns: 300,
    });
  });

  it("also when a good manifest is cut, doubled or damaged", () => {
    const damage = fc.tuple(
      fc.nat(GOOD.length),
      fc.nat(20),
      fc.oneof(fc.string({ maxLength: 8 }), yamlNoise()),
    );
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        check(
          damages.reduce(
            (text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
            GOOD,
          ),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("also when fields of a good manifest hold anything", () => {
    const base = readManifest(GOOD).manifest as unknown as Record<string, unknown>;
    const anything = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(base)), anything, anything, (key, value, inner) => {
        check(JSON.stringify({ ...base, [key]: value }));
        check(
          JSON.stringify({
            ...base,
            metadata: { ...(base["metadata"] as object), config_schema: [value, inner] },
          }),
        );
      }),
    );
  });
});

/** Pieces that mean something to YAML, in any order. */
function yamlNoise(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    ..."&a |*a |!!str |<<: |? |: |- |--- |... |\n|\n  |\t|[|]|{|}|,|\"|'|>|# |%YAML|__proto__: |type: |metadata: |null|~|\\".split(
      "|",
    ),
    "|",
    "\r\n",
  );
  return fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
}

describe("what looks right and is not", () => {
  const GOOD =
    "type: http\nendpoint: https://example.test\nmetadata:\n  name: A\n  provider_type: a\n  version: '1'\n";
  const errorsOf = (text: string) =>
    readManifest(text)
      .findings.filter(({ severity }) => severity === "error")
      .map(({ code, line, message }) => ({ code, line, message }));
  const warningsOf = (text: string) =>
    readManifest(text).findings.filter(({ severity }) => severity === "warning");

  it.each([
    ["a byte order mark inside", "  \ufeffname: A", "U+FEFF"],
    ["no-break spaces", "\u00a0\u00a0name: A", "U+00A0"],
    ["a zero-width space in a value", "  name: A\u200b", "U+200B"],
    ["a control of direction", "  name: \u202eA", "U+202E"],
    ["another kind of space", "  name:\u3000A", "U+3000"],
  ])("%s is named with its code, on its line, once", (_name, line, code) => {
    const errors = errorsOf(GOOD.replace("  name: A", line));
    expect(errors).toEqual([
      { code: "invisible_character", line: 4, message: expect.stringContaining(code) },
    ]);
  });

  it("a description may hold the spaces of its language", () => {
    const text = `${GOOD}  description: "Modèles\u00a0: les meilleurs\u202f!"\n`;
    expect(errorsOf(text)).toEqual([]);
    expect(readManifest(text).manifest?.metadata.description).toContain("\u00a0");
  });

  it.each([
    [
      "a folded description",
      `${GOOD}  description: >\n    Modèles\u00a0: les meilleurs\n    du monde\u202f!\n`,
    ],
    ["a comment", `# hello\u00a0world\n${GOOD}`],
    ["an author", `${GOOD}  author: 山田\u3000太郎\n`],
    [
      "JSON on one line",
      '{"type": "http", "endpoint": "https://example.test", "metadata": {"name": "A", "provider_type": "a", "version": "1", "description": "a\u00a0b"}}',
    ],
    ["an escaped address", GOOD.replace("example.test", "example.test/%E3%81%82")],
    [
      "odd numbers",
      `${GOOD}  config_schema:\n    - { name: a, type: float, description: A, default: 1.e1 }\n`,
    ],
  ])("honest text is not: %s", (_name, text) => {
    expect(errorsOf(text)).toEqual([]);
  });

  const withField = (value: string) =>
    `${GOOD}  config_schema:\n    - { name: mode, type: int, description: M, default: ${value} }\n`;

  it("a number that other readers take for octal is a warning with both", () => {
    expect(warningsOf(withField("0755"))).toMatchObject([
      { code: "octal_number", line: 8, message: expect.stringMatching(/read as 755 here.*see 493/) },
    ]);
    expect(warningsOf(withField("0o755"))).toEqual([]);
  });

  it.each(["9007199254740993", "0.1234567890123456789", "123456789012345678901234567890"])(
    "the number %s, which would be rounded, is an error",
    (number) => {
      expect(errorsOf(withField(number).replace("type: int", "type: float"))).toMatchObject([
        { code: "rounded_number", message: expect.stringContaining("it would become") },
      ]);
    },
  );

  const JSON_TEXT =
    '{\n  "type": "http", "endpoint": "https://example.test/a//b",\n  "metadata": { "name": "A", "provider_type": "a", "version": "1", "description": "see #1, /* x */" }\n}';

  it.each([
    [`// mine\n${JSON_TEXT}`, 1],
    [JSON_TEXT.replace("{", "{ // mine"), 1],
    [JSON_TEXT.replace('"metadata"', '/* mine */ "metadata"'), 3],
    [JSON_TEXT.replace('"metadata"', '# mine\n "metadata"'), 3],
  ])("a comment in JSON is told as that: %j", (text, line) => {
    expect(errorsOf(text)).toEqual([
      { code: "json_comment", line, message: `JSON has no comments, line ${line}.` },
    ]);
  });

  it.each([
    ["comments without end", "/*a*/".repeat(700)],
    ["a text without end", `{"${'\\"'.repeat(30_000)}`],
    ["commas and blanks", `{"a": [${", ".repeat(9_000)}`],
    ["blanks after a comma", `{"a": 1,${" ".repeat(60_000)}x`],
  ])("%s are soon read", (_name, text) => {
    // Each would take hours if there were two ways to read it.
    expect(readManifest(text).manifest).toBeNull();
  });

  it("a trailing comma in JSON is read, and Loom would refuse it", () => {
    const reading = readManifest(JSON_TEXT.replace("}\n}", "},\n}"));
    expect(reading.findings).toMatchObject([{ code: "trailing_comma", line: 3, refusedByLoom: true }]);
    expect(reading.manifest).not.toBeNull();
    expect(readManifest(JSON_TEXT).findings).toEqual([]);
  });

  it("variables are said to stay as they are", () => {
    const text = `${GOOD.replace("https://example.test", "https://${HOST}:8090")}command: ./a\nargs: ["--key=$API_KEY"]\nenv: { A: "{{ key }}", B: "5 $" }\n`;
    expect(errorsOf(text)).toEqual([
      {
        code: "variable_not_filled",
        line: 2,
        message: "Variables are not filled in here: ${HOST} stays as it is.",
      },
    ]);
    expect(
      warningsOf(text)
        .filter(({ code }) => code === "variable_not_filled")
        .map(({ path }) => path),
    ).toEqual(["args[0]", "env.A"]);
  });

  it("an environment with a NUL is refused", () => {
    expect(errorsOf(`${GOOD}command: ./a\nenv: { A: "x\\0y" }\n`)).toMatchObject([
      { code: "malformed_variable" },
    ]);
  });
});
