import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkForm } from "../../../components/config-form/config-resolver.ts";
import { toDraft } from "../../../components/config-form/fields/field-draft.ts";
import {
  toConfigWrite,
  toFormValues,
  toKey,
  type FormValues,
} from "../../../components/config-form/form-values.ts";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { createStubPlugin, type StubPlugin } from "../../../test/stub-plugin.ts";
import type { PluginConfig } from "../../contract/config.ts";
import { ConfigField, type Json } from "../../contract/manifest.ts";
import type { Plugin } from "../../contract/plugin.ts";

const RUNS = 500;

let loom: TestConsole;
let stub: StubPlugin;
let plugin: Plugin;
beforeAll(async () => {
  loom = await createTestConsole();
  stub = await createStubPlugin();
  const body = { endpoint: stub.endpoint, approveEndpoint: true };
  plugin = ((await loom.call("POST", "/api/plugins", { as: "admin", body })).body as { plugin: Plugin })
    .plugin;
});
afterAll(async () => {
  await loom.close();
  await stub.close();
});

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** A field of a random kind with a random value for it, or none. */
const fieldWithValue = fc
  .oneof(
    fc.record({ type: fc.constant("string"), value: text }),
    fc.record({ type: fc.constant("int"), value: fc.maxSafeInteger() }),
    fc.record({ type: fc.constant("float"), value: number }),
    fc.record({ type: fc.constant("bool"), value: fc.boolean() }),
    fc.record({ type: fc.constant("list<thing>"), value: json.filter((value) => value !== null) }),
  )
  .chain(({ type, value }) =>
    fc.record({
      type: fc.constant(type),
      value: fc.option(fc.constant(value), { nil: undefined }),
      required: fc.boolean(),
      sensitive: fc.boolean(),
      validation: fc.oneof(
        fc.constant({}),
        fc.record({ min: fc.integer({ min: -5, max: 5 }), max_length: fc.nat(20) }),
        fc.record({ pattern: fc.constantFrom("^[a-z]+$", "a+", "(?=x)") }),
        fc.constant({ enum: [value, "other", 3] }),
      ),
    }),
  );

const cases = fc.uniqueArray(fc.tuple(text, fieldWithValue), {
  selector: ([name]) => name,
  minLength: 1,
  maxLength: 6,
});

/** A secret of an undefined type is text unless it is an object or a list. */
function asSent(
  schema: ConfigField[],
  [name, value]: [string, Json | undefined],
): [string, Json | undefined] {
  const field = schema.find((one) => one.name === name);
  const isText = field?.sensitive === true && field.type === "list<thing>" && typeof value !== "object";
  return [name, isText && typeof value !== "string" ? JSON.stringify(value) : value];
}

/** The form after somebody has typed every value. */
function fillIn(config: PluginConfig, entries: Map<string, Json | undefined>): FormValues {
  const form = toFormValues(config);
  for (const field of config.schema) {
    const value = entries.get(field.name);
    if (value === undefined) continue;
    const asText = typeof value === "string" ? value : JSON.stringify(value);
    if (field.sensitive) {
      form.secrets[toKey(field.name)] = {
        ...form.secrets[toKey(field.name)],
        action: "replace",
        text: asText,
      } as never;
    } else form.fields[toKey(field.name)] = toDraft(field, value);
  }
  return form;
}

/** Begins anew: no value and no secret of the case before. */
async function forget(): Promise<void> {
  const { version } = await loom.data.configs.get(plugin.id);
  const names = Object.keys(await loom.data.configs.secretStates(plugin.id, null));
  const secrets = Object.fromEntries(names.map((name) => [name, { clear: true as const }]));
  await loom.data.configs.save(plugin.id, { version, values: {}, secrets, changedBy: "test" });
}

const call = (method: string, path: string, body?: object) =>
  loom.call(method, `/api/plugins/${plugin.id}${path}`, { as: "admin", ...(body ? { body } : {}) });

it(`carries ${RUNS} generated schemas from the form to /initialize without loss, and refuses what the browser refuses`, async () => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (generated) => {
      const schema = generated.map(([name, field]) => {
        const { type, required, sensitive, validation } = field;
        return ConfigField.parse({ name, type, required, sensitive, validation });
      });
      const entries = new Map(generated.map(([name, { value }]) => [name, value]));
      const metadata = { ...plugin.manifest.metadata, config_schema: schema };
      await forget();
      await loom.data.plugins.update(plugin.id, { manifest: { ...plugin.manifest, metadata } });
      stub.behaviour.schema = schema;
      const stored = await loom.data.configs.get(plugin.id);
      const config: PluginConfig = { ...((await call("GET", "/config")).body as PluginConfig), values: {} };
      const form = fillIn(config, entries);
      const found = await checkForm(config, form);
      const write = { ...toConfigWrite(config.schema, form), version: stored.version };
      const answer = await call("PUT", "/config", write);
      expect([answer.status, answer.body]).toEqual([found.length === 0 ? 200 : 422, expect.anything()]);
      if (answer.status !== 200) return;
      sent += 1;
      await loom.data.plugins.update(plugin.id, { desired: "enabled" });
      const status = await loom.host.reconcile(plugin.id, { restart: true });
      expect(status.failure).toBeNull();
      const given = [...entries].filter(([, value]) => value !== undefined);
      expect(stub.configs.at(-1)).toEqual(Object.fromEntries(given.map((entry) => asSent(schema, entry))));
      await loom.data.plugins.update(plugin.id, { desired: "disabled" });
    }),
    { numRuns: RUNS },
  );
  expect(sent).toBeGreaterThan(RUNS / 10);
}, 240_000);
