import fc from "fast-check";
import { Manifest, type ConfigField, type Json } from "../lib/contract/manifest.ts";

/** Generated manifests, good and hostile, and addresses. Nothing here names a host that could be contacted. */

const text = (maxLength: number) => fc.string({ unit: "grapheme", minLength: 1, maxLength });
const words = (maxLength: number) => text(maxLength).filter((value) => value.trim() !== "");
const flag = fc.boolean();

/** Values of fields the protocol does not know: any JSON, with names that cannot be mistaken for known ones. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !/"(?:__proto__|<<)":/.test(JSON.stringify(value))) as fc.Arbitrary<Json>;
const extras = fc.dictionary(
  text(12).map((name) => `x ${name}`),
  json,
  { maxKeys: 3, noNullPrototype: true },
);

const fieldOf = (type: string, value: fc.Arbitrary<Json>): fc.Arbitrary<ConfigField> =>
  fc
    .record({
      name: fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/),
      required: flag,
      sensitive: flag,
      description: fc.oneof(fc.constant(""), text(60)),
      default: fc.option(value, { nil: undefined }),
      extra: extras,
    })
    .map(({ extra, default: preset, ...field }) => ({
      ...extra,
      ...field,
      type,
      ...(preset === undefined || field.sensitive ? {} : { default: preset }),
    }));

const field = fc.oneof(
  fieldOf("string", text(40)),
  fieldOf("int", fc.maxSafeInteger()),
  fieldOf("float", fc.double({ noNaN: true, noDefaultInfinity: true })),
  fieldOf("bool", flag),
  fieldOf("colour", json),
);

const metadata = fc
  .record({
    name: words(60),
    version: words(20),
    plugin_api_version: fc.constantFrom("1.0.0", "1.0", "1"),
    provider_type: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
    description: fc.oneof(fc.constant(""), text(200)),
    author: fc.oneof(fc.constant(""), text(40)),
    license: fc.option(text(12), { nil: undefined }),
    capabilities: fc.record({
      streaming: flag,
      function_calling: flag,
      vision: flag,
      embeddings: flag,
      fine_tuning: flag,
    }),
    config_schema: fc.uniqueArray(field, { maxLength: 6, selector: ({ name }) => name }),
    extra: extras,
  })
  .map(({ extra, ...known }) => ({ ...extra, ...known }));

/** Manifests that intake takes as they are. */
export function manifests(): fc.Arbitrary<Manifest> {
  return fc
    .record({
      endpoint: fc.constantFrom(
        "http://127.0.0.1:8090",
        "https://[::1]/prefix",
        "http://10.1.2.3:1234/a_b/c",
      ),
      metadata,
      auto_start: flag,
      health_check_interval: fc.integer({ min: 5, max: 3600 }),
      command: fc.option(fc.constantFrom("python3", "./my plugin", "bin/plugin"), { nil: undefined }),
      args: fc.option(fc.array(text(12), { maxLength: 3 }), { nil: undefined }),
      env: fc.option(
        fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), text(12), { maxKeys: 3, noNullPrototype: true }),
        { nil: undefined },
      ),
      extra: extras,
    })
    .map(({ extra, ...known }) => {
      const defined = Object.entries({ ...extra, ...known, type: "http" }).filter(
        ([, value]) => value !== undefined,
      );
      return Manifest.parse(Object.fromEntries(defined));
    });
}

const GOOD = `type: http
endpoint: http://127.0.0.1:8090
metadata:
  name: Acme Models
  version: "1.2.0"
  plugin_api_version: "1.0.0"
  provider_type: acme
  capabilities: { streaming: true, custom_capabilities: { tools: true } }
  config_schema:
    - { name: api_key, type: string, required: true, sensitive: true, validation: { pattern: "^sk-[a-z]{2,40}$" } }
    - { name: timeout, type: int, default: 30, validation: { min: 1, max: 300, enum: [30, 60] } }
auto_start: true
health_check_interval: 60
command: python3
args: [plugin.py, "--port"]
env: { PORT: "8090" }
`;

/** Pieces that mean something to a reader of YAML, JSON, patterns or addresses. */
const piece = fc.oneof(
  fc.constantFrom(
    ..."&a |*a |!!js/function |<<: |? |: |- |--- |... |\n|\n  |\t|[|]|{|}|,|\"|'|>|# |%YAML 1.2|__proto__: |constructor: |prototype: |toString: |type: |metadata: |config_schema: |pattern: '(a+)+$'|pattern: '(?=x)'|null|~|\\|.nan|-.inf|1e999|0x|yes|\r\n|\u0000|\uFEFF|\uFFFD|\u2028|\uD800".split(
      "|",
    ),
    "|",
    "|-\n",
  ),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);
const noise = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));

const damaged = fc
  .array(fc.tuple(fc.nat(GOOD.length), fc.nat(30), fc.oneof(noise, fc.string({ maxLength: 8 }))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((damages) =>
    damages.reduce((all, [at, length, put]) => all.slice(0, at) + put + all.slice(at + length), GOOD),
  );

/** A good manifest one of whose fields holds anything at all. */
const odd = fc
  .tuple(
    fc.constantFrom(
      ...["type", "endpoint", "metadata", "auto_start", "health_check_interval", "command", "args", "env"],
    ),
    fc.anything({ maxDepth: 4, withObjectString: true }),
  )
  .map(([name, value]) => {
    const good = { type: "http", endpoint: "http://127.0.0.1:8090", metadata: { name: "a", version: "1" } };
    return JSON.stringify({ ...good, [name]: value }, (_key, part: unknown) =>
      typeof part === "bigint" ? String(part) : part,
    );
  });

/** A piece many thousand times: depth, width, length. */
const repeated = fc
  .tuple(
    fc.constantFrom(..."[ { ( - ? a: a, [{ {a: &a *a \\ \" ' > \n # k: \u00e9 😀 {a:[".split(" ")),
    fc.constantFrom(10, 31, 33, 300, 3_000),
    fc.constantFrom("", GOOD, "x: ", "x: [", 'x: "'),
  )
  .map(([unit, count, head]) => head + unit.repeat(count));

const bytes = fc.uint8Array({ maxLength: 400 }).map((value) => new TextDecoder("utf-8").decode(value));

/** Text that somebody could post as a manifest. Addresses in it are loopback or no addresses at all. */
export function hostileTexts(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: damaged },
    { weight: 3, arbitrary: noise },
    { weight: 2, arbitrary: odd },
    { weight: 2, arbitrary: manifests().map((manifest) => JSON.stringify(manifest)) },
    { weight: 1, arbitrary: bytes },
    { weight: 1, arbitrary: repeated },
    { weight: 1, arbitrary: fc.json() },
  );
}

const octet = fc.oneof(
  fc.nat(300).map(String),
  fc.nat(300).map((value) => `0x${value.toString(16)}`),
  fc.nat(300).map((value) => `0${value.toString(8)}`),
);

/** IP literals in every spelling, and what only looks like one: no name, so nothing is ever looked up. */
const host = fc.oneof(
  fc.array(octet, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(".")),
  fc.nat(0xffff_ffff).map(String),
  fc.ipV4(),
  fc.ipV6().map((value) => `[${value}]`),
  fc.ipV6(),
  fc.constantFrom(
    "[::]",
    "[::ffff:127.0.0.1]",
    "[fe80::1%25eth0]",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "[",
    "]",
    "",
    "@",
    "%00",
    "..",
    " ",
  ),
);

/** Addresses of every scheme and spelling. */
export function addresses(): fc.Arbitrary<string> {
  const parts = fc.record({
    scheme: fc.constantFrom(
      ..."http:// https:// HTTP:// http:\\\\ http: grpc:// grpcs:// ftp:// file:// javascript: data: ws:// // unix:".split(
        " ",
      ),
      "",
      " http://",
      "ht\ntp://",
    ),
    user: fc.constantFrom("", "", "", "a@", "a:b@", "@", "%40@"),
    host,
    port: fc.oneof(
      fc.constant(""),
      fc.nat(70_000).map((value) => `:${value}`),
      fc.constantFrom(":", ":0x50", ":-1", ":８０", ":22"),
    ),
    rest: fc.oneof(fc.constantFrom("", "/", "/a/", "?x", "#y", "/../..", "\\", "/%2e%2e", "/\u0000"), noise),
  });
  return fc.oneof(
    parts.map(({ scheme, user, host: name, port, rest }) => scheme + user + name + port + rest),
    noise,
    fc.string({ maxLength: 40 }),
  );
}
