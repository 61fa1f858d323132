import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hang } from "../../../test/scripted-client.ts";
import type { ScriptedPlugin } from "../../../test/scripted-client.ts";
import { createTestHost, until } from "../../../test/test-host.ts";
import type { TestHost } from "../../../test/test-host.ts";
import { AppError } from "../../contract/error.ts";
import { ConfigField, Metadata } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import type { ChatChunk } from "../../contract/protocol.ts";

let console: TestHost;
beforeEach(async () => {
  console = await createTestHost();
});
afterEach(() => console.close());

const restart = (id: string) => console.host.reconcile(id, { restart: true });
const isBad = ({ key }: ConfigValues) => key === "bad";

/** Refuses the configuration `key: bad`, as a plugin does that tries its key. */
function refuseBadKeys(plugin: ScriptedPlugin): void {
  plugin.script.initialize = (config) => {
    if (isBad(config)) throw new AppError("plugin_authentication_failed", "The key was refused");
  };
}

async function answers(id: string): Promise<string> {
  const request = { model: "acme-1", messages: [{ role: "user" as const, content: "hello" }], stream: false };
  const chunks: ChatChunk[] = [];
  for await (const chunk of console.host.chat(id, request, new AbortController().signal)) chunks.push(chunk);
  return chunks.map(({ choices }) => choices[0]?.delta?.content ?? "").join("");
}

describe("a configuration that a running plugin refuses", () => {
  it("leaves it with the last one that worked, told again, and says so", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    refuseBadKeys(plugin);
    await console.configure(record.id, { key: "bad" });
    const status = await restart(record.id);
    expect(status).toMatchObject({
      badge: "healthy",
      lifecycle: "ready",
      failure: null,
      refusal: {
        subject: "configuration",
        error: { code: "plugin_authentication_failed", message: "The key was refused" },
      },
    });
    expect(plugin.configs).toEqual([{ key: "good" }, { key: "bad" }, { key: "good" }]);
    expect(status.steps.map(({ name, status: outcome }) => `${name} ${outcome}`)).toEqual([
      "metadata ok",
      "config ok",
      "initialize failed",
      "health skipped",
      "models skipped",
      "restore ok",
    ]);
    expect(await answers(record.id)).toBe("hello");
    expect((await console.data.configs.get(record.id)).values).toEqual({ key: "bad" });
  });

  it("is used as soon as it works", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    refuseBadKeys(plugin);
    await console.configure(record.id, { key: "bad" });
    await restart(record.id);
    await console.configure(record.id, { key: "better" });
    expect(await restart(record.id)).toMatchObject({ badge: "healthy", refusal: null });
    expect(plugin.configs.at(-1)).toEqual({ key: "better" });
  });

  it("sends the secrets of the last one again", async () => {
    const schema = [ConfigField.parse({ name: "key", type: "string", required: true, sensitive: true })];
    const { record, plugin } = await console.run({ schema, secrets: { key: "good" } });
    refuseBadKeys(plugin);
    await console.configure(record.id, {}, { key: "bad" });
    expect(await restart(record.id)).toMatchObject({ badge: "healthy" });
    expect(plugin.configs.at(-1)).toEqual({ key: "good" });
  });

  it("is not what a plugin gets that was restarted by somebody else meanwhile", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    refuseBadKeys(plugin);
    await console.configure(record.id, { key: "bad" });
    await restart(record.id);
    plugin.kill();
    await console.host.checkNow(record.id);
    plugin.start();
    expect((await console.host.checkNow(record.id)).lifecycle).toBe("ready");
    expect(plugin.isInitialized()).toBe(true);
    expect(plugin.configs.at(-1)).toEqual({ key: "good" });
  });

  it("is what a console that was started again tries", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    refuseBadKeys(plugin);
    await console.configure(record.id, { key: "bad" });
    await restart(record.id);
    await console.reboot();
    await until(() => expect(console.host.status(record.id).badge).toBe("failed"));
    expect(plugin.configs.at(-1)).toEqual({ key: "bad" });
  });

  it("is refused, too, when the plugin is ill with it and was well before", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    plugin.script.health = () =>
      isBad(plugin.configs.at(-1) ?? {}) ? { healthy: false, message: "no quota" } : { healthy: true };
    await console.configure(record.id, { key: "bad" });
    expect(await restart(record.id)).toMatchObject({
      badge: "healthy",
      refusal: { error: { code: "plugin_unhealthy" } },
    });
    expect(plugin.configs.at(-1)).toEqual({ key: "good" });
  });

  it("never reaches a plugin whose required values are missing, which is told nothing then", async () => {
    const schema = [ConfigField.parse({ name: "region", type: "string", required: true })];
    const { record, plugin } = await console.run({ schema, values: { region: "eu" } });
    await console.configure(record.id, {});
    expect(await restart(record.id)).toMatchObject({
      badge: "healthy",
      refusal: { subject: "configuration", error: { code: "config_incomplete" } },
    });
    expect(plugin.configs).toEqual([{ region: "eu" }]);
  });

  it("is put right even when a newer wish interrupts it and fails earlier", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    plugin.script.initialize = (config, signal) => (isBad(config) ? hang(signal) : undefined);
    await console.configure(record.id, { key: "bad" });
    const first = restart(record.id);
    await until(() => expect(plugin.configs).toHaveLength(2));
    const { metadata } = plugin.script;
    let asked = 0;
    plugin.script.metadata = (signal) => {
      if ((asked += 1) === 1) throw new AppError("plugin_invalid_response", "Half an answer");
      return metadata(signal);
    };
    const second = restart(record.id);
    expect(await second).toMatchObject({
      badge: "healthy",
      refusal: { error: { message: "Half an answer" } },
    });
    await first;
    expect(plugin.configs.at(-1)).toEqual({ key: "good" });
  });

  it("ends in a failure, with further attempts, when the plugin is dead by then", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    await console.configure(record.id, { key: "bad" });
    plugin.script.initialize = () => {
      plugin.kill();
      throw new AppError("plugin_connection_lost", "It hung up");
    };
    await console.host.start();
    const status = await restart(record.id);
    expect(status).toMatchObject({ badge: "failed", refusal: null, failure: { message: "It hung up" } });
    plugin.start();
    refuseBadKeys(plugin);
    await console.clock.advance(6_000);
    await until(() => expect(console.host.status(record.id).badge).toBe("healthy"));
    expect(console.host.status(record.id).refusal).not.toBeNull();
    expect(plugin.configs.at(-1)).toEqual({ key: "good" });
  });

  it("does not keep a stranger on the port in use", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    plugin.script.metadata = () => Metadata.parse({ name: "Other", version: "9", provider_type: "other" });
    const status = await restart(record.id);
    expect(status).toMatchObject({ badge: "failed", failure: { code: "plugin_identity_mismatch" } });
    expect(plugin.configs).toEqual([{ key: "good" }]);
    await expect(answers(record.id)).rejects.toMatchObject({ code: "plugin_not_ready" });
  });

  it("is gone with a switch: a first start that fails has failed", async () => {
    const { record, plugin } = await console.run({ values: { key: "good" } });
    refuseBadKeys(plugin);
    await console.configure(record.id, { key: "bad" });
    await console.wish(record.id, "disabled");
    expect(await console.wish(record.id, "enabled")).toMatchObject({ badge: "failed", refusal: null });
  });
});

describe("a new address", () => {
  const [NEXT_DOOR, ELSEWHERE] = ["http://127.0.0.1:8090/v2", "http://127.0.0.1:9000"];
  const schema = [ConfigField.parse({ name: "key", type: "string", required: true, sensitive: true })];

  async function move(id: string, endpoint = ELSEWHERE): Promise<ScriptedPlugin> {
    const { record: other, plugin } = await console.register({ name: "B", endpoint });
    await console.data.plugins.remove(other.id);
    await console.data.plugins.update(id, { endpoint });
    return plugin;
  }

  it("of another origin that refuses ends in a failure: the old place is left, and told no secret again", async () => {
    const { record, plugin: old } = await console.run({ schema, secrets: { key: "canary-old-place" } });
    await move(record.id);
    expect(await restart(record.id)).toMatchObject({
      badge: "failed",
      refusal: null,
      failure: { code: "config_incomplete", field: "key" },
    });
    expect(old.calls.at(-1)).toBe("cleanup");
    expect(old.openClients()).toBe(0);
    await expect(answers(record.id)).rejects.toMatchObject({ code: "plugin_not_ready" });
    old.kill();
    old.start();
    for (let turn = 0; turn < 3; turn += 1) await console.host.checkNow(record.id);
    expect(old.configs).toHaveLength(1);
  });

  it("within its origin that is refused never has the old place told its configuration again", async () => {
    const { record, plugin: old } = await console.run({ schema, secrets: { key: "canary-old-place" } });
    const fresh = await move(record.id, NEXT_DOOR);
    fresh.kill();
    expect(await restart(record.id)).toMatchObject({ badge: "healthy", refusal: { subject: "address" } });
    old.kill();
    await console.host.checkNow(record.id);
    old.start();
    expect(await console.host.checkNow(record.id)).toMatchObject({ lifecycle: "failed", refusal: null });
    expect(old.configs).toHaveLength(1);
  });

  it("that two plugins exchange leaves neither at the place of the other", async () => {
    const [a, b] = [
      await console.run({ name: "A", schema, secrets: { key: "canary-of-a" } }),
      await console.run({ name: "B", endpoint: ELSEWHERE, schema, secrets: { key: "canary-of-b" } }),
    ];
    await console.data.plugins.update(b.record.id, { endpoint: "http://127.0.0.1:9999" });
    await console.data.plugins.update(a.record.id, { endpoint: b.record.endpoint });
    await console.data.plugins.update(b.record.id, { endpoint: a.record.endpoint });
    for (const { record } of [a, b]) expect(await restart(record.id)).toMatchObject({ badge: "failed" });
    for (const { record } of [a, b])
      await expect(answers(record.id)).rejects.toMatchObject({ code: "plugin_not_ready" });
    expect(a.plugin.configs).toEqual([{ key: "canary-of-a" }]);
    expect(b.plugin.configs).toEqual([{ key: "canary-of-b" }]);
  });

  it("within its origin at which nothing answers leaves the plugin where it is", async () => {
    const { record, plugin: old } = await console.run();
    const fresh = await move(record.id, NEXT_DOOR);
    fresh.kill();
    expect(await restart(record.id)).toMatchObject({
      badge: "healthy",
      refusal: { subject: "address", error: { code: "plugin_unreachable" } },
    });
    expect(fresh.openClients()).toBe(0);
    expect(old.calls).not.toContain("cleanup");
    expect(await answers(record.id)).toBe("hello");
    expect(old.requests).toHaveLength(1);
  });

  it("lets chats at the old one end first", async () => {
    const { record, plugin: old } = await console.run();
    const fresh = await move(record.id);
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const { chat } = old.script;
    old.script.chat = async function* (request, signal) {
      await finished;
      yield* chat(request, signal);
    };
    const chatting = answers(record.id);
    await until(() => expect(old.requests).toHaveLength(1));
    const moving = restart(record.id);
    await until(() => expect(console.host.status(record.id).lifecycle).toBe("ready"));
    await until(() => expect(fresh.calls).toContain("models"));
    expect(await answers(record.id)).toBe("hello");
    expect(fresh.requests).toHaveLength(1);
    expect(old.calls).not.toContain("cleanup");
    finish();
    expect(await chatting).toBe("hello");
    expect(await moving).toMatchObject({ badge: "healthy", refusal: null });
    expect(old.calls.at(-1)).toBe("cleanup");
    expect(old.openClients()).toBe(0);
  });
});
