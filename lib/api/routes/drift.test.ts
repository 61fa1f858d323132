import { describe, expect, it } from "vitest";
import { KEY, SCHEMA, SECRET, TIMEOUT, useConfiguredPlugin } from "../../../test/configured-plugin.ts";

const registered = useConfiguredPlugin();
const { call, getConfig, getPlugin, getEffective, getRevisions, save } = registered;

describe("drift", () => {
  const enable = () => call("POST", "/enable", {});

  it("is shown as a difference, changes nothing by itself, and can be accepted", async () => {
    await save({ timeout: 5, gone: 1 }, { api_key: { set: SECRET } });
    await enable();
    expect((await getPlugin()).drift).toBeNull();
    registered.stub.behaviour.schema = [
      KEY,
      { ...TIMEOUT, type: "float", default: 60 },
      { name: "region", type: "string" },
    ];
    await call("POST", "/restart", {});
    const { drift, manifest } = await getPlugin();
    expect(manifest.metadata.config_schema[1]?.type).toBe("int");
    expect(drift).toMatchObject({
      schema: {
        added: ["region"],
        removed: ["spare_key"],
        retyped: [{ name: "timeout", before: "int", after: "float" }],
        newlyRequired: [],
        newlySensitive: [],
      },
      missing: [],
    });
    expect((await call("POST", "/drift/accept", { drift: "another" })).status).toBe(409);
    const accepted = await call("POST", "/drift/accept", { drift: drift?.id });
    expect(accepted.body).toMatchObject({ plugin: { drift: null, badge: "healthy" } });
    expect((await getConfig()).values).toEqual({ timeout: 5, gone: 1 });
    const [entry] = await registered.loom.data.audit.list({ limit: 1, targetId: registered.id });
    expect(entry?.action).toBe("plugin.drift_accepted");
  });

  it("with a new required field blocks enabling and names the field", async () => {
    await save({}, { api_key: { set: SECRET } });
    registered.stub.behaviour.schema = [...SCHEMA, { name: "region", type: "string", required: true }];
    await enable();
    const plugin = await getPlugin();
    expect(plugin.failure).toMatchObject({ code: "config_incomplete", field: "region" });
    expect(plugin.drift).toMatchObject({ schema: { newlyRequired: ["region"] }, missing: ["region"] });
    expect(registered.stub.configs).toEqual([]);
    await call("POST", "/drift/accept", { drift: plugin.drift?.id });
    expect((await getPlugin()).missingConfig).toEqual(["region"]);
    await save({ region: "eu" });
    expect((await getPlugin()).badge).toBe("healthy");
  });

  it("that makes a field sensitive moves its value into the secret box", async () => {
    await save({ timeout: 5, spare: "plain-canary-1234567" }, { api_key: { set: SECRET } });
    await enable();
    registered.stub.behaviour.schema = [...SCHEMA, { name: "spare", type: "string", sensitive: true }];
    await call("POST", "/restart", {});
    const { drift } = await getPlugin();
    expect(drift?.schema).toMatchObject({ added: ["spare"] });
    await call("POST", "/drift/accept", { drift: drift?.id });
    const config = await getConfig();
    expect(config.values).toEqual({ timeout: 5 });
    expect(config.secrets["spare"]).toMatchObject({ configured: true, kind: "sealed" });
    expect(JSON.stringify([config, await getRevisions(), await getEffective()])).not.toContain(
      "plain-canary",
    );
    expect(registered.stub.configs.at(-1)).toMatchObject({ spare: "plain-canary-1234567" });
    expect((await getRevisions())[0]).toMatchObject({ kind: "adopted" });
  });
});
