import fc from "fast-check";
import { describe, expect, it } from "vitest";
import "../../../test/property-seed.ts";
import { hang } from "../../../test/scripted-client.ts";
import type { ScriptedPlugin } from "../../../test/scripted-client.ts";
import { createTestHost, until } from "../../../test/test-host.ts";
import type { TestHost } from "../../../test/test-host.ts";
import { AppError, isAppError } from "../../contract/error.ts";
import { Metadata } from "../../contract/manifest.ts";
import { toBadge } from "../../core/badge.ts";
import type { PluginStatus } from "../host.ts";

/** What people want; the machine may change none of it. */
interface Model {
  desired: "enabled" | "disabled";
  removed: boolean;
  /** Of the configuration that is saved: the plugin refuses a negative one, whatever else it does. */
  saved: number;
}

/** The console, one plugin, and what was asked of it that has not been answered yet. */
interface Real {
  console: TestHost;
  id: string;
  plugin: ScriptedPlugin;
  calls: { inside: number; most: number };
  /** What the plugin was told last and accepted, 0 for no configuration at all; null before that. */
  inUse: number | null;
  waiting: Array<Promise<unknown>>;
  mode: "well" | "refuses" | "hangs" | "other";
  /** It has been anything but well, or gone, at some time. */
  disturbed: boolean;
}

/** What must be true of the three axes, and of what is said about them, at every instant. */
function expectSound(real: Real, model: Model): void {
  const { lifecycle, health, badge, failure, refusal, nextCheckAt } = real.console.host.status(real.id);
  // A wish is heard a moment after it was uttered: only these two look at it.
  if (lifecycle !== "disabled" && lifecycle !== "draining")
    expect(badge).toBe(toBadge({ desired: model.desired, lifecycle, health }));
  expect(failure === null).toBe(lifecycle !== "failed");
  if (failure) expect(failure).toMatchObject({ hint: expect.any(String), message: expect.any(String) });
  expect(failure?.code).not.toBe("internal_error");
  if (refusal) expect(lifecycle).toMatch(/ready|starting|initializing/);
  if (lifecycle === "disabled")
    expect({ health, nextCheckAt }).toEqual({ health: "unknown", nextCheckAt: null });
  // What was refused is in use nowhere.
  expect(real.inUse ?? 0).toBeGreaterThanOrEqual(0);
}

class Step implements fc.AsyncCommand<Model, Real> {
  constructor(
    readonly name: string,
    private readonly act: (real: Real, model: Model) => Promise<void> | void,
    private readonly mayRun: (model: Model) => boolean = () => true,
  ) {}
  check = (model: Readonly<Model>) => this.mayRun(model);
  async run(model: Model, real: Real): Promise<void> {
    const isOff = model.desired === "disabled" && real.console.host.status(real.id).lifecycle === "disabled";
    const before = real.plugin.calls.length;
    await this.act(real, model);
    // What is off, or gone, is left alone.
    if (isOff && model.desired === "disabled") expect(real.plugin.calls).toHaveLength(before);
    expect(real.calls.most).toBeLessThanOrEqual(1);
    expectSound(real, model);
    if (!model.removed) {
      expect((await real.console.data.plugins.find(real.id))?.desired).toBe(model.desired);
      expect((await real.console.data.configs.get(real.id)).values["a"] ?? 0).toBe(model.saved);
    }
  }
  toString = () => this.name;
}

const isThere = ({ removed }: Model) => !removed;
const ask = (real: Real, options?: { restart: boolean }) =>
  void real.waiting.push(real.console.host.reconcile(real.id, options));

function wish(desired: Model["desired"]): Step {
  return new Step(
    desired,
    async (real, model) => {
      model.desired = desired;
      await real.console.data.plugins.update(real.id, { desired });
      ask(real);
    },
    isThere,
  );
}

function save(name: string, next: (before: number) => number): Step {
  return new Step(
    `save a ${name} configuration`,
    async (real, model) => {
      model.saved = next(model.saved);
      await real.console.configure(real.id, { a: model.saved });
      ask(real, { restart: true });
    },
    isThere,
  );
}

/** Nobody talks to what is off, and nobody is left without an answer or a reason. */
async function talk(real: Real, model: Model): Promise<void> {
  const { desired } = model;
  const request = { model: "acme-1", messages: [{ role: "user" as const, content: "hello" }] };
  try {
    for await (const { choices } of real.console.host.chat(real.id, request, new AbortController().signal)) {
      expect(choices).toHaveLength(1);
      break;
    }
    expect(desired).toBe("enabled");
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.code).toMatch(desired === "enabled" ? /^plugin_|shutting_down/ : /plugin_disabled/);
  }
}

/** One that the plugin would refuse, and nobody saves. */
async function tryDraft({ console, id }: Real): Promise<void> {
  const trial = {
    ...{ draft: { values: { a: -1_000 }, secrets: {} }, check: () => undefined, chat: false, save: null },
    ...{ origin: "http://127.0.0.1:8090", report: () => undefined },
  };
  const { ok } = await console.host
    .tryConfig(id, trial, new AbortController().signal)
    .catch((error: unknown) => {
      if (!isAppError(error)) throw error;
      expect(error.code).toMatch(/conflict|not_found|shutting_down/);
      return { ok: false };
    });
  expect(ok).toBe(false);
}

const mode = (name: Real["mode"]) =>
  new Step(name, (real) => {
    real.mode = name;
    real.disturbed ||= name !== "well";
  });

const STEPS = [
  wish("enabled"),
  wish("disabled"),
  new Step("restart", (real) => ask(real, { restart: true }), isThere),
  save("good", (before) => Math.abs(before) + 1),
  save("bad", (before) => -Math.abs(before) - 1),
  new Step("chat", (real, model) => void real.waiting.push(talk(real, model)), isThere),
  new Step(
    "try a draft",
    (real) => void real.waiting.push(tryDraft(real)),
    ({ desired }) => desired === "enabled",
  ),
  new Step(
    "remove",
    async (real, model) => {
      model.removed = true;
      model.desired = "disabled";
      await real.console.data.plugins.remove(real.id);
      ask(real);
    },
    isThere,
  ),
  new Step("dies", (real) => {
    real.disturbed = true;
    real.plugin.kill();
  }),
  new Step("comes back", (real) => {
    real.disturbed = true;
    real.plugin.start();
  }),
  ...(["well", "refuses", "hangs", "other"] as const).map(mode),
  new Step("a moment", ({ console }) => console.clock.advance(100)),
  new Step("a while", ({ console }) => console.clock.advance(20_000)),
  new Step("check", (real) => void real.waiting.push(real.console.host.checkNow(real.id))),
  new Step("the console starts again", async (real) => {
    await real.console.reboot();
    await Promise.allSettled(real.waiting.splice(0));
  }),
];

/** Counts how many of the calls that change something overlap. */
function script(real: Real): void {
  const { script: calls } = real.plugin;
  const { metadata } = calls;
  const alone = async (work: () => Promise<void> | void) => {
    real.calls.most = Math.max(real.calls.most, (real.calls.inside += 1));
    try {
      await work();
    } finally {
      real.calls.inside -= 1;
    }
  };
  calls.metadata = (signal) =>
    real.mode === "other"
      ? Metadata.parse({ name: "Other", version: "9", provider_type: "other" })
      : metadata(signal);
  calls.initialize = ({ a = 0 }, signal) =>
    alone(async () => {
      if (real.mode === "refuses" || Number(a) < 0)
        throw new AppError("plugin_invalid_request", "Not like this");
      if (real.mode === "hangs") await hang(signal);
      real.inUse = Number(a);
    });
  calls.cleanup = (signal) => alone(() => (real.mode === "hangs" ? hang(signal) : undefined));
  calls.health = () =>
    real.plugin.isInitialized() ? { healthy: true } : { healthy: false, message: "not initialized" };
}

/** Whatever happened, once the plugin is well everything is as people want it. */
async function settleWell(real: Real, model: Model): Promise<void> {
  const { console, plugin, id } = real;
  real.mode = "well";
  if (real.disturbed) plugin.start();
  // What hung is given up by a newer wish, as a person would. Where everything was well, nobody has to do anything.
  if (isThere(model) && real.disturbed) ask(real, { restart: true });
  await console.clock.advance(10_000);
  await Promise.all(real.waiting.splice(0));
  const status = console.host.status(id);
  expectSound(real, model);
  expectWished(real, model, status);
  const before = plugin.calls.length;
  await console.clock.advance(300_000);
  if (model.desired === "disabled") expect(plugin.calls).toHaveLength(before);
  else await until(() => expect(plugin.calls.length).toBeGreaterThan(before));
}

/** Off, or on with what is saved; where that is refused, with the last good one, or failed where there is none. */
function expectWished({ plugin, inUse }: Real, { desired, saved }: Model, status: PluginStatus): void {
  const isOn = desired === "enabled" && (saved >= 0 || status.lifecycle === "ready");
  expect(plugin.isInitialized()).toBe(isOn);
  if (isOn) {
    expect(status.lifecycle).toBe("ready");
    expect(plugin.openClients()).toBe(1);
    expect(status.refusal?.subject ?? null).toBe(saved >= 0 ? null : "configuration");
    if (saved >= 0) expect(inUse).toBe(saved);
  } else if (desired === "enabled") {
    expect(status).toMatchObject({ lifecycle: "failed", failure: { code: "plugin_invalid_request" } });
    expect(status.nextCheckAt).not.toBeNull();
  } else {
    expect(status.lifecycle).toBe("disabled");
    expect(plugin.openClients()).toBe(0);
  }
}

describe("whatever people and plugins do", () => {
  it("is as people want it in the end, one thing at a time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.commands(
          STEPS.map((step) => fc.constant(step)),
          { maxCommands: 15 },
        ),
        async (steps) => {
          const console = await createTestHost();
          try {
            const { record, plugin } = await console.register();
            await console.host.start();
            const real: Real = {
              ...{ console, id: record.id, plugin, waiting: [], mode: "well", disturbed: false },
              ...{ calls: { inside: 0, most: 0 }, inUse: null },
            };
            script(real);
            const model: Model = { desired: "disabled", removed: false, saved: 0 };
            await fc.asyncModelRun(() => ({ model, real }), steps);
            await settleWell(real, model);
          } finally {
            await console.close();
          }
        },
      ),
      { numRuns: Number(process.env["FC_RUNS"] ?? 100) },
    );
  }, 120_000);
});
