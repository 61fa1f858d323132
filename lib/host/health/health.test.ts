import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hang } from "../../../test/scripted-client.ts";
import { createTestHost, until } from "../../../test/test-host.ts";
import type { TestHost } from "../../../test/test-host.ts";
import { AppError } from "../../contract/error.ts";
import { Metadata } from "../../contract/manifest.ts";

const MINUTE = 60_000;

let console: TestHost;
beforeEach(async () => {
  console = await createTestHost();
  await console.host.start();
});
afterEach(() => console.close());

const incidents = (id: string) => console.data.incidents.list(id, 0, console.clock.now() + 1);
const markers = async (id: string) =>
  (await console.data.markers.list(id, 0, console.clock.now() + 1)).map(({ kind }) => kind);
const checks = (calls: string[]) => calls.filter((call) => call === "health").length;

describe("checking", () => {
  it("asks once per interval, at the plugin's own place in it", async () => {
    const { record, plugin } = await console.run({ intervalSeconds: 30 });
    expect(checks(plugin.calls)).toBe(1);
    await console.clock.advance(10 * 30_000);
    expect(checks(plugin.calls)).toBe(11);
    const { nextCheckAt, lastCheck } = console.host.status(record.id);
    expect(Date.parse(nextCheckAt ?? "") - Date.parse(lastCheck?.checkedAt ?? "")).toBe(30_000);
    expect(lastCheck).toMatchObject({ ok: true, latencyMs: 7, error: null });
  });

  it("follows a changed interval without a restart", async () => {
    const { record, plugin } = await console.run({ intervalSeconds: 3600 });
    await console.data.plugins.update(record.id, { healthCheckIntervalSeconds: 10 });
    await console.host.reconcile(record.id);
    await console.clock.advance(MINUTE);
    expect(checks(plugin.calls)).toBe(7);
    expect(plugin.configs).toHaveLength(1);
  });

  it("gives up after 5 s, or after the interval if that is shorter, and never overlaps itself", async () => {
    const { record, plugin } = await console.run({ intervalSeconds: 5 });
    let open = 0;
    let most = 0;
    plugin.script.health = async (signal) => {
      most = Math.max(most, (open += 1));
      return hang(signal).finally(() => (open -= 1));
    };
    await console.clock.advance(20_000);
    expect(most).toBe(1);
    expect(console.host.status(record.id).lastCheck).toMatchObject({
      ok: false,
      latencyMs: null,
      error: { code: "plugin_timeout" },
    });
  });

  it("waits as long as the plugin asks to, and never calls one Down that limits its rate", async () => {
    const { record, plugin } = await console.run({ intervalSeconds: 30 });
    plugin.script.health = () => {
      throw new AppError("plugin_rate_limited", "It answered with 429", {
        plugin: { retryAfterSeconds: 120 },
      });
    };
    await console.host.checkNow(record.id);
    const asked = checks(plugin.calls);
    await console.clock.advance(119_999);
    expect(checks(plugin.calls)).toBe(asked);
    await console.clock.advance(1);
    expect(checks(plugin.calls)).toBe(asked + 1);
    await console.clock.advance(10 * 120_000);
    expect(checks(plugin.calls)).toBe(asked + 11);
    expect(console.host.status(record.id)).toMatchObject({
      badge: "degraded",
      reason: "Rate limited: It answered with 429.",
    });
    expect(await incidents(record.id)).toEqual([]);
    plugin.script.health = () => ({ healthy: true });
    await console.clock.advance(120_000);
    expect(console.host.status(record.id)).toMatchObject({ badge: "healthy", stats: { uptime: 1 } });
  });

  it("stops asking when the plugin is switched off", async () => {
    const { record, plugin } = await console.run();
    await console.setDesired(record.id, "disabled");
    const calls = plugin.calls.length;
    await console.clock.advance(10 * MINUTE);
    expect(plugin.calls).toHaveLength(calls);
    expect(console.host.status(record.id).nextCheckAt).toBeNull();
  });

  it("asks now when somebody wants to know, once for two clicks", async () => {
    const { record, plugin } = await console.run();
    await Promise.all([console.host.checkNow(record.id), console.host.checkNow(record.id)]);
    expect(checks(plugin.calls)).toBe(2);
  });

  it("shows the plugin's own latency beside ours", async () => {
    const { record, plugin } = await console.run();
    plugin.script.health = () => ({ healthy: true, latency_ms: 0.001, message: "fine" });
    const { lastCheck } = await console.host.checkNow(record.id);
    expect(lastCheck).toMatchObject({ latencyMs: 7, claimedLatencyMs: 0.001, message: "fine" });
  });

  it("keeps dead plugins from making living ones late", async () => {
    await console.close();
    console = await createTestHost({ concurrency: 2 });
    await console.host.start();
    const dead = ["a", "b", "c", "d", "e", "f"];
    for (const name of dead) {
      const { plugin } = await console.run({
        name,
        endpoint: `http://127.0.0.1/${name}`,
        intervalSeconds: 10,
      });
      plugin.script.health = hang;
    }
    const { plugin } = await console.run({ intervalSeconds: 10 });
    await console.clock.advance(MINUTE);
    const before = checks(plugin.calls);
    await console.clock.advance(10 * MINUTE);
    expect(checks(plugin.calls)).toBe(before + 60);
  });
});

describe("the verdict", () => {
  it("is degraded after one failure, down after three with the first one's reason, up after two successes", async () => {
    const { record, plugin } = await console.run();
    let failures = 0;
    plugin.script.health = () => {
      throw new AppError("plugin_error", `failure ${(failures += 1)}`, { plugin: { status: 500 } });
    };
    const firstFailureAt = console.clock.now();
    const after = async () => console.host.checkNow(record.id);
    expect(await after()).toMatchObject({ badge: "degraded", lifecycle: "ready" });
    await console.clock.advance(1);
    expect(await after()).toMatchObject({ badge: "degraded" });
    await console.clock.advance(1);
    const down = await after();
    expect(down.badge).toBe("down");
    expect(down.reason).toContain("failure 3");
    await console.clock.advance(2000);
    await until(async () => {
      expect(await incidents(record.id)).toMatchObject([
        { startedAt: new Date(firstFailureAt).toISOString(), endedAt: null, error: { message: "failure 1" } },
      ]);
    });
    plugin.script.health = () => ({ healthy: true });
    expect(await after()).toMatchObject({ badge: "down" });
    expect((await after()).badge).toBe("healthy");
    await console.clock.advance(2000);
    await until(async () => expect((await incidents(record.id))[0]?.endedAt).not.toBeNull());
  });

  it("settles soon after a first check that failed", async () => {
    const { record, plugin } = await console.register({ desired: "enabled", intervalSeconds: 3600 });
    plugin.script.health = () => ({ healthy: false });
    expect((await console.host.reconcile(record.id)).badge).toBe("unknown");
    await console.clock.advance(10_000);
    expect(console.host.status(record.id).badge).toBe("down");
  });

  it("closes the incident of a plugin that is switched off", async () => {
    const { record, plugin } = await console.run();
    plugin.kill();
    for (let check = 0; check < 3; check += 1) await console.host.checkNow(record.id);
    await console.setDesired(record.id, "disabled");
    await console.clock.advance(2000);
    await until(async () =>
      expect(await incidents(record.id)).toMatchObject([{ endedAt: expect.any(String) }]),
    );
    expect(await console.data.incidents.listOpen()).toEqual([]);
  });

  it("asks less often while the credentials are refused", async () => {
    const { plugin } = await console.run();
    plugin.script.health = () => {
      throw new AppError("plugin_authentication_failed", "401");
    };
    await console.clock.advance(3 * MINUTE);
    const before = checks(plugin.calls);
    await console.clock.advance(60 * MINUTE);
    expect(checks(plugin.calls) - before).toBe(12);
  });
});

describe("a plugin that was restarted", () => {
  it("is down while it is gone, then initialised again and healthy, without a human", async () => {
    const { record, plugin } = await console.run({ values: { a: 1 } });
    plugin.kill();
    await console.clock.advance(3 * MINUTE);
    const gone = console.host.status(record.id);
    expect(gone.badge).toBe("down");
    expect(gone.reason).toContain("Nothing answers");
    plugin.start();
    await console.clock.advance(MINUTE);
    await until(() => expect(plugin.isInitialized()).toBe(true));
    await console.clock.advance(MINUTE);
    await until(() => expect(console.host.status(record.id).badge).toBe("healthy"));
    expect(console.host.status(record.id).reinitializations).toBe(1);
    expect(plugin.configs).toEqual([{ a: 1 }, { a: 1 }]);
    await console.clock.advance(2000);
    await until(async () => expect(await markers(record.id)).toEqual(["enabled", "reinitialized"]));
  });

  it("is recognised by what it says", async () => {
    const { record, plugin } = await console.run();
    plugin.script.health = () =>
      plugin.isInitialized() ? { healthy: true } : { healthy: false, message: "Plugin not initialized" };
    plugin.start();
    const status = await console.host.checkNow(record.id);
    expect(status).toMatchObject({ badge: "healthy", reinitializations: 1 });
    expect(status.lastCheck?.ok).toBe(true);
  });

  it("is recognised by its error code", async () => {
    const { record, plugin } = await console.run();
    plugin.script.health = () => {
      if (!plugin.isInitialized()) throw new AppError("plugin_not_initialized", "call /initialize first");
      return { healthy: true };
    };
    plugin.start();
    expect(await console.host.checkNow(record.id)).toMatchObject({ badge: "healthy", reinitializations: 1 });
  });

  it("is recognised by its boot id, even if nobody noticed that it was gone", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    let bootId = "one";
    plugin.script.health = () => ({ healthy: true, details: { boot_id: bootId } });
    await console.host.reconcile(record.id);
    expect((await console.host.checkNow(record.id)).reinitializations).toBe(0);
    bootId = "two";
    expect((await console.host.checkNow(record.id)).reinitializations).toBe(1);
    expect((await console.host.checkNow(record.id)).reinitializations).toBe(1);
  });

  it("is not disturbed when the boot id proves that only the network was away", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    const health = () => ({ healthy: true, details: { started_at: "2026-01-01T00:00:00Z" } });
    plugin.script.health = health;
    await console.host.reconcile(record.id);
    plugin.script.health = () => {
      throw new AppError("plugin_unreachable", "no route");
    };
    await console.host.checkNow(record.id);
    plugin.script.health = health;
    expect(await console.host.checkNow(record.id)).toMatchObject({ badge: "healthy", reinitializations: 0 });
    expect(plugin.configs).toHaveLength(1);
  });

  it("is recognised by a chat", async () => {
    const { record, plugin } = await console.run();
    plugin.start();
    plugin.script.chat = () => {
      throw new AppError("plugin_not_initialized", "initialise me");
    };
    const chat = console.host.chat(
      record.id,
      { model: "acme-1", messages: [{ role: "user", content: "hello" }] },
      new AbortController().signal,
    );
    await expect(chat[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "plugin_not_initialized",
    });
    await until(() => expect(console.host.status(record.id).reinitializations).toBe(1));
    expect(plugin.isInitialized()).toBe(true);
  });

  it("gets no secrets when somebody else answers at its address", async () => {
    const { record, plugin } = await console.run({ values: { a: 1 } });
    plugin.kill();
    await console.host.checkNow(record.id);
    plugin.start();
    plugin.script.metadata = () => Metadata.parse({ name: "X", version: "1", provider_type: "intruder" });
    const status = await console.host.checkNow(record.id);
    expect(status).toMatchObject({
      badge: "failed",
      failure: { code: "plugin_identity_mismatch" },
      nextCheckAt: null,
    });
    expect(plugin.configs).toHaveLength(1);
    const calls = plugin.calls.length;
    await console.clock.advance(10 * MINUTE);
    expect(plugin.calls).toHaveLength(calls);
  });

  it("stays down as long as it cannot be initialised, and says why", async () => {
    const { record, plugin } = await console.run();
    plugin.kill();
    for (let check = 0; check < 3; check += 1) await console.host.checkNow(record.id);
    plugin.start();
    plugin.script.initialize = () => {
      throw new AppError("plugin_error", "no database yet");
    };
    const status = await console.host.checkNow(record.id);
    expect(status.badge).toBe("down");
    expect(status.reason).toContain("no database yet");
    plugin.script.initialize = () => undefined;
    await console.host.checkNow(record.id);
    expect((await console.host.checkNow(record.id)).badge).toBe("healthy");
  });
});

describe("our own trouble", () => {
  it("changes no verdict: a failing database while a plugin is initialised again", async () => {
    await console.close();
    let broken = false;
    console = await createTestHost({
      wrapData: (data) => ({
        ...data,
        configs: {
          ...data.configs,
          get: (id) =>
            broken ? Promise.reject(new AppError("storage_unavailable", "locked")) : data.configs.get(id),
        },
      }),
    });
    await console.host.start();
    const { record, plugin } = await console.run();
    plugin.script.health = () => ({ healthy: plugin.isInitialized(), message: "not initialized" });
    plugin.start();
    broken = true;
    for (let check = 0; check < 5; check += 1) await console.host.checkNow(record.id);
    expect(console.host.status(record.id)).toMatchObject({ badge: "healthy", reinitializations: 0 });
    broken = false;
    expect(await console.host.checkNow(record.id)).toMatchObject({ badge: "healthy", reinitializations: 1 });
  });

  it("never marks a plugin down when samples cannot be written, and loses none of them", async () => {
    await console.close();
    let broken = true;
    console = await createTestHost({
      wrapData: (data) => ({
        ...data,
        samples: {
          ...data.samples,
          append: (batch) =>
            broken ? Promise.reject(new AppError("storage_full", "disk full")) : data.samples.append(batch),
        },
      }),
    });
    await console.host.start();
    const { record } = await console.run({ intervalSeconds: 5 });
    await console.clock.advance(MINUTE);
    expect(console.host.status(record.id).badge).toBe("healthy");
    broken = false;
    await console.clock.advance(MINUTE);
    await until(async () => {
      const stored = await console.data.samples.range(record.id, 0, console.clock.now() + 1);
      expect(stored.length).toBeGreaterThanOrEqual(24);
    });
  });
});

describe("a machine that slept", () => {
  it("does not take its own pause for the plugin's", async () => {
    await console.close();
    let stoodStillMs = 0;
    console = await createTestHost({ stoodStillMs: () => stoodStillMs });
    await console.host.start();
    const { record, plugin } = await console.run();
    plugin.script.health = () => {
      stoodStillMs += 60_000;
      throw new AppError("plugin_timeout", "no answer within 5 s");
    };
    for (let check = 0; check < 5; check += 1) await console.host.checkNow(record.id);
    expect(console.host.status(record.id).badge).toBe("healthy");
    plugin.script.health = () => {
      throw new AppError("plugin_timeout", "no answer within 5 s");
    };
    await console.clock.advance(5_000);
    await console.host.checkNow(record.id);
    expect(console.host.status(record.id).badge).toBe("degraded");
  });
});

describe("what is remembered", () => {
  it("writes every check within a second and knows the last 24 h after a new start", async () => {
    const { record, plugin } = await console.run();
    await console.clock.advance(1);
    plugin.script.health = () => ({ healthy: false });
    await console.host.checkNow(record.id);
    await console.clock.advance(1);
    plugin.script.health = () => ({ healthy: true });
    await console.host.checkNow(record.id);
    const { stats } = console.host.status(record.id);
    expect(stats).toEqual({ p50Ms: 7, p95Ms: 7, uptime: 2 / 3, sparkline: [7, null, 7] });
    await console.data.plugins.update(record.id, { desired: "disabled" });
    await console.reboot();
    await until(async () => {
      await console.clock.advance(1);
      expect(console.host.status(record.id).stats).toEqual(stats);
    });
  });

  it("forgets checks after a day", async () => {
    const { record } = await console.run();
    await console.setDesired(record.id, "disabled");
    console.clock.jump(24 * 60 * MINUTE + 1);
    expect(console.host.status(record.id).stats).toEqual({
      p50Ms: null,
      p95Ms: null,
      uptime: null,
      sparkline: [],
    });
  });

  it("starts what was wanted again after a new start of the console, without a marker", async () => {
    const { record, plugin } = await console.run();
    await console.reboot();
    await until(() => expect(console.host.status(record.id).badge).toBe("healthy"));
    expect(plugin.calls).not.toContain("cleanup");
    await console.clock.advance(2000);
    await until(async () => expect(await markers(record.id)).toEqual(["enabled"]));
  });

  it("closes an incident of the last run when the plugin is up again", async () => {
    const { record, plugin } = await console.run();
    plugin.kill();
    for (let check = 0; check < 3; check += 1) await console.host.checkNow(record.id);
    await console.reboot();
    expect(await console.data.incidents.listOpen()).toHaveLength(1);
    await until(() => expect(console.host.status(record.id).badge).toBe("failed"));
    plugin.start();
    await console.host.reconcile(record.id);
    await console.clock.advance(2000);
    await until(async () => expect(await console.data.incidents.listOpen()).toEqual([]));
  });

  it("marks what explains a change in the line", async () => {
    const { record } = await console.run({ values: { a: 1 } });
    await console.clock.advance(1);
    await console.configure(record.id, { a: 2 });
    await console.host.reconcile(record.id, { restart: true });
    await console.clock.advance(1);
    await console.host.reconcile(record.id, { restart: true });
    await console.setDesired(record.id, "disabled");
    await console.clock.advance(2000);
    await until(async () => expect(await markers(record.id)).toEqual(["enabled", "config", "disabled"]));
  });
});
