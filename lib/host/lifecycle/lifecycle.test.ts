import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hang } from "../../../test/scripted-client.ts";
import { createTestHost, until } from "../../../test/test-host.ts";
import type { TestHost } from "../../../test/test-host.ts";
import { AppError } from "../../contract/error.ts";
import { ConfigField, Metadata } from "../../contract/manifest.ts";

let console: TestHost;
beforeEach(async () => {
  console = await createTestHost();
});
afterEach(() => console.close());

const API_KEY = ConfigField.parse({ name: "api_key", type: "string", required: true, sensitive: true });
const TIMEOUT = ConfigField.parse({ name: "timeout", type: "int", default: 30 });

describe("switching on", () => {
  it("asks, checks, tells, checks health and lists models, in this order", async () => {
    const { plugin, status } = await console.run();
    expect(plugin.calls).toEqual(["metadata", "initialize", "health", "models"]);
    expect(status).toMatchObject({
      badge: "healthy",
      reason: null,
      lifecycle: "ready",
      health: "up",
      failure: null,
    });
    expect(status.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "metadata ok",
      "config ok",
      "initialize ok",
      "health ok",
      "models ok",
    ]);
    expect(status.steps[0]?.note).toContain("acme");
    expect(status.models.models.map(({ id }) => id)).toEqual(["acme-1"]);
    expect(status.initializedAt).not.toBeNull();
  });

  it("sends the complete configuration, defaults and secrets included", async () => {
    const { plugin } = await console.run({
      schema: [API_KEY, TIMEOUT],
      values: { note: "mine" },
      secrets: { api_key: "sk-1" },
    });
    expect(plugin.configs).toEqual([{ api_key: "sk-1", timeout: 30, note: "mine" }]);
  });

  it("keeps what was sent and answered, secrets as a word and long values as their length", async () => {
    const { status } = await console.run({
      schema: [API_KEY, TIMEOUT],
      values: { note: "x".repeat(600) },
      secrets: { api_key: "sk-1" },
    });
    const [metadata, , initialize, health, models] = status.steps;
    expect(initialize?.request).toEqual({
      api_key: "(configured)",
      timeout: 30,
      note: "… 602 characters",
    });
    expect(initialize?.answer).toBeUndefined();
    expect(JSON.parse(metadata?.answer ?? "")).toMatchObject({ provider_type: "acme" });
    expect(JSON.parse(health?.answer ?? "")).toEqual({ healthy: true });
    expect(JSON.parse(models?.answer ?? "")).toEqual([{ id: "acme-1" }]);
  });

  it("keeps what was sent when it is refused, and cuts a long answer", async () => {
    const { record, plugin } = await console.register({ desired: "enabled", values: { size: 3 } });
    plugin.script.metadata = () =>
      Metadata.parse({ name: "Acme", version: "1", provider_type: "acme", description: "d".repeat(9_000) });
    plugin.script.initialize = () => {
      throw new AppError("plugin_error", "No such size");
    };
    const { steps } = await console.host.reconcile(record.id);
    expect(steps[2]).toMatchObject({ name: "initialize", status: "failed", request: { size: 3 } });
    expect(steps[0]?.answer).toMatch(/… [\d,]+ characters more$/);
    expect(steps[0]?.answer?.length).toBeLessThan(4_100);
  });

  it("shows each step while it runs", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.initialize = (_config, signal) => hang(signal);
    const enabling = console.host.reconcile(record.id);
    await until(() => expect(plugin.calls).toContain("initialize"));
    const status = console.host.status(record.id);
    expect(status.badge).toBe("starting");
    expect(status.lifecycle).toBe("initializing");
    expect(status.steps.map((step) => step.status)).toEqual(["ok", "ok", "running", "pending", "pending"]);
    await console.wish(record.id, "disabled");
    await enabling;
  });

  it("stops at another plugin's identity, before anything is sent, and waits for a person", async () => {
    const { record, plugin } = await console.register({
      desired: "enabled",
      schema: [API_KEY],
      secrets: { api_key: "sk-1" },
    });
    plugin.script.metadata = () => Metadata.parse({ name: "Other", version: "9", provider_type: "other" });
    const status = await console.host.reconcile(record.id);
    expect(status.badge).toBe("failed");
    expect(status.failure).toMatchObject({ code: "plugin_identity_mismatch" });
    expect(status.failure?.message).toMatch(/acme.*other/);
    expect(status.failure?.hint).toBeTruthy();
    expect(plugin.configs).toEqual([]);
    expect(status.nextCheckAt).toBeNull();
    expect(status.steps.map((step) => step.status)).toEqual([
      "failed",
      "skipped",
      "skipped",
      "skipped",
      "skipped",
    ]);
    await console.host.start();
    await console.clock.advance(600_000);
    expect(plugin.calls).toEqual(["metadata"]);
  });

  it("names every missing field and does not initialise", async () => {
    const region = ConfigField.parse({ name: "region", type: "string", required: true });
    const { plugin, status } = await console.run({ schema: [API_KEY, region, TIMEOUT] });
    expect(status.failure).toMatchObject({
      code: "config_incomplete",
      field: "api_key",
      issues: [{ path: "api_key" }, { path: "region" }],
    });
    expect(plugin.calls).toEqual(["metadata"]);
  });

  it("takes a missing /models for what it is", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.models = () => {
      throw new AppError("plugin_endpoint_missing", "There is no /models");
    };
    const status = await console.host.reconcile(record.id);
    expect(status.badge).toBe("healthy");
    expect(status.steps.at(-1)).toMatchObject({ name: "models", status: "ok" });
    expect(status.steps.at(-1)?.error).toBeUndefined();
  });

  it("runs a plugin whose model list fails, and says so", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.models = () => {
      throw new AppError("plugin_error", "The list is on fire");
    };
    const status = await console.host.reconcile(record.id);
    expect(status.badge).toBe("healthy");
    expect(status.steps.at(-1)).toMatchObject({
      status: "failed",
      error: { message: "The list is on fire" },
    });
  });

  it("lets a plugin that says it is unhealthy be talked to, and repeats its reason", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.health = () => ({ healthy: false, message: "the upstream refuses the key" });
    const status = await console.host.reconcile(record.id);
    expect(status.lifecycle).toBe("ready");
    expect(status.badge).toBe("unknown");
    expect(status.reason).toContain("Not healthy: the upstream refuses the key");
    expect(status.steps[3]).toMatchObject({ name: "health", status: "failed" });
  });

  it("goes through one enable when it is asked for twice at once", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    await Promise.all([console.host.reconcile(record.id), console.host.reconcile(record.id)]);
    expect(plugin.calls.filter((call) => call === "initialize")).toHaveLength(1);
  });
});

describe("failing to switch on", () => {
  it("tries again by itself, at growing distances, until it works", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.kill();
    await console.host.start();
    await until(() => expect(console.host.status(record.id).badge).toBe("failed"));
    const attempts = () => plugin.calls.filter((call) => call === "metadata").length;
    for (const seconds of [5, 10, 20, 40, 80, 80]) {
      const before = attempts();
      await console.clock.advance(seconds * 1000 - 1500);
      expect(attempts()).toBe(before);
      await console.clock.advance(1500);
      await until(() => expect(attempts()).toBe(before + 1));
      await until(() => expect(console.host.status(record.id).badge).toBe("failed"));
    }
    const { reason, nextCheckAt } = console.host.status(record.id);
    expect(reason).toBe("Nothing answers at 127.0.0.1:8090.");
    expect(nextCheckAt).not.toBeNull();
    plugin.start();
    await console.clock.advance(80_000);
    await until(() => expect(console.host.status(record.id).badge).toBe("healthy"));
    expect(console.host.status(record.id).failure).toBeNull();
  });

  it("keeps the configuration", async () => {
    const { record, plugin } = await console.register({ desired: "enabled", values: { a: 1 } });
    plugin.script.initialize = () => {
      throw new AppError("plugin_invalid_request", "a must be 2");
    };
    const status = await console.host.reconcile(record.id);
    expect(status).toMatchObject({ badge: "failed", failure: { message: "a must be 2" } });
    expect((await console.data.configs.get(record.id)).values).toEqual({ a: 1 });
  });

  it("leaves refused credentials to a person", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.initialize = () => {
      throw new AppError("plugin_authentication_failed", "The key was refused");
    };
    await console.host.start();
    const status = await console.host.reconcile(record.id);
    expect(status).toMatchObject({ badge: "failed", nextCheckAt: null });
    expect(status.failure?.code).toBe("plugin_authentication_failed");
    expect(status.failure?.hint).toMatch(/credentials/);
    const calls = plugin.calls.length;
    await console.clock.advance(600_000);
    expect(plugin.calls).toHaveLength(calls);
  });

  it("tries at once when a person asks again", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.kill();
    expect((await console.host.reconcile(record.id)).badge).toBe("failed");
    plugin.start();
    expect((await console.host.reconcile(record.id)).badge).toBe("healthy");
    plugin.kill();
    expect((await console.host.reconcile(record.id, { restart: true })).badge).toBe("failed");
    plugin.start();
    expect((await console.host.checkNow(record.id)).badge).toBe("healthy");
  });

  it("gives every failure a hint and shows nothing of an unexpected error", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.metadata = () => {
      throw new TypeError("secret internals at /home/x.ts:3");
    };
    const { failure } = await console.host.reconcile(record.id);
    expect(failure?.code).toBe("internal_error");
    expect(failure?.hint).toBeTruthy();
    expect(JSON.stringify(failure)).not.toContain("secret internals");
  });
});

describe("switching off", () => {
  it("says goodbye, hangs up and is off", async () => {
    const { record, plugin } = await console.run();
    const status = await console.wish(record.id, "disabled");
    expect(plugin.calls.at(-1)).toBe("cleanup");
    expect(status).toMatchObject({
      badge: "disabled",
      reason: null,
      lifecycle: "disabled",
      health: "unknown",
    });
    expect(status.steps).toMatchObject([{ name: "cleanup", status: "ok" }]);
    expect(plugin.openClients()).toBe(0);
  });

  it("works on a dead plugin, and records what happened", async () => {
    const { record, plugin } = await console.run();
    plugin.kill();
    const status = await console.wish(record.id, "disabled");
    expect(status.badge).toBe("disabled");
    expect(status.steps).toMatchObject([
      { name: "cleanup", status: "failed", error: { code: "plugin_unreachable" } },
    ]);
  });

  it("waits 5 s for a cleanup that hangs", async () => {
    const { record, plugin } = await console.run();
    plugin.script.cleanup = hang;
    const disabling = console.wish(record.id, "disabled");
    await until(() => expect(plugin.calls).toContain("cleanup"));
    await console.clock.advance(4_900);
    expect(console.host.status(record.id).lifecycle).toBe("draining");
    await console.clock.advance(100);
    const status = await disabling;
    expect(status.badge).toBe("disabled");
    expect(status.steps).toMatchObject([
      {
        name: "cleanup",
        status: "failed",
        error: { code: "plugin_timeout", message: expect.stringContaining("within 5 s") as string },
      },
    ]);
  });

  it("sends no cleanup to a plugin that was never told anything", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.metadata = () => Metadata.parse({ name: "Other", version: "9", provider_type: "other" });
    await console.host.reconcile(record.id);
    const status = await console.wish(record.id, "disabled");
    expect(plugin.calls).toEqual(["metadata"]);
    expect(status).toMatchObject({ badge: "disabled", failure: null, steps: [{ status: "skipped" }] });
  });

  it("forgets a plugin that was removed", async () => {
    const { record, plugin } = await console.run();
    await console.data.plugins.remove(record.id);
    const status = await console.host.reconcile(record.id);
    expect(plugin.calls.at(-1)).toBe("cleanup");
    expect(plugin.openClients()).toBe(0);
    expect(status).toMatchObject({ badge: "disabled", steps: [], models: { models: [] } });
    expect(console.host.status("no such plugin")).toEqual(status);
  });
});

describe("when people change their mind", () => {
  it("interrupts an enable that hangs: the later wish wins", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.initialize = (_config, signal) => hang(signal);
    const enabling = console.host.reconcile(record.id);
    await until(() => expect(plugin.calls).toContain("initialize"));
    const disabled = await console.wish(record.id, "disabled");
    expect(disabled.badge).toBe("disabled");
    expect((await enabling).badge).toBe("disabled");
    expect(plugin.calls.at(-1)).toBe("cleanup");
  });

  it("interrupts a disable that hangs", async () => {
    const { record, plugin } = await console.run();
    plugin.script.cleanup = hang;
    const disabling = console.wish(record.id, "disabled");
    await until(() => expect(plugin.calls).toContain("cleanup"));
    const enabled = await console.wish(record.id, "enabled");
    expect(enabled.badge).toBe("healthy");
    expect((await disabling).badge).toBe("healthy");
  });

  it("takes a running plugin through all steps again on restart, with the new configuration", async () => {
    const { record, plugin } = await console.run({ values: { a: 1 } });
    await console.configure(record.id, { a: 2 });
    const status = await console.host.reconcile(record.id, { restart: true });
    expect(status.badge).toBe("healthy");
    expect(plugin.configs).toEqual([{ a: 1 }, { a: 2 }]);
    expect(plugin.calls).not.toContain("cleanup");
  });

  it("restarts an enable under way when the configuration changes meanwhile", async () => {
    const { record, plugin } = await console.register({ desired: "enabled", values: { a: 1 } });
    plugin.script.initialize = ({ a }, signal) => (a === 1 ? hang(signal) : undefined);
    const enabling = console.host.reconcile(record.id);
    await until(() => expect(plugin.configs).toHaveLength(1));
    await console.configure(record.id, { a: 2 });
    expect((await console.host.reconcile(record.id, { restart: true })).badge).toBe("healthy");
    expect((await enabling).badge).toBe("healthy");
    expect(plugin.configs).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it("leaves the old address politely when the endpoint changes", async () => {
    const { record, plugin: old } = await console.run();
    const { record: other, plugin: fresh } = await console.register({
      name: "B",
      endpoint: "http://127.0.0.1:9000",
    });
    await console.data.plugins.remove(other.id);
    await console.data.plugins.update(record.id, { endpoint: "http://127.0.0.1:9000" });
    const status = await console.host.reconcile(record.id, { restart: true });
    expect(status.badge).toBe("healthy");
    expect(old.calls.at(-1)).toBe("cleanup");
    expect(old.openClients()).toBe(0);
    expect(fresh.calls).toEqual(["metadata", "initialize", "health", "models"]);
  });

  it("changes nothing when the wish is already true", async () => {
    const { record, plugin } = await console.run();
    const calls = plugin.calls.length;
    await console.host.reconcile(record.id);
    expect(plugin.calls).toHaveLength(calls);
  });
});

describe("asking an address who it is", () => {
  it("returns what it says, registers nothing and hangs up", async () => {
    const { record, plugin } = await console.register();
    const { value, latencyMs } = await console.host.probe("http://127.0.0.1:8090");
    expect(value).toMatchObject({ name: "Acme", provider_type: "acme" });
    expect(latencyMs).toBe(7);
    expect(plugin.calls).toEqual(["metadata"]);
    expect(plugin.openClients()).toBe(0);
    expect(console.host.status(record.id).steps).toEqual([]);
  });

  it("hangs up when it fails, too", async () => {
    const { plugin } = await console.register();
    plugin.kill();
    await expect(console.host.probe("http://127.0.0.1:8090")).rejects.toMatchObject({
      code: "plugin_unreachable",
    });
    expect(plugin.openClients()).toBe(0);
  });
});

describe("the box", () => {
  it("knows its plugins by name and nothing else", async () => {
    await console.close();
    const metadata = Metadata.parse({ name: "Demo", version: "1", provider_type: "demo" });
    const demo = () => ({
      metadata: () => metadata,
      initialize: async () => undefined,
      health: async () => ({ healthy: true }),
      models: async () => [],
      async *chat() {},
      cleanup: async () => undefined,
    });
    console = await createTestHost({ builtins: { demo } });
    expect(console.host.builtinNames()).toEqual(["demo"]);
    expect(console.host.builtinMetadata("demo")).toEqual(metadata);
    expect(console.host.builtinMetadata("constructor")).toBeNull();
  });
});
