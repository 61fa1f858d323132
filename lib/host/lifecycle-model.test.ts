import fc from "fast-check";
import { describe, expect, it } from "vitest";
import "../../test/property-seed.ts";
import { hang } from "../../test/scripted-client.ts";
import type { ScriptedPlugin } from "../../test/scripted-client.ts";
import { createTestHost, until } from "../../test/test-host.ts";
import type { TestHost } from "../../test/test-host.ts";
import { AppError } from "../contract/error.ts";
import { Metadata } from "../contract/manifest.ts";

/** What people want; the machine may change none of it. */
interface Model {
  desired: "enabled" | "disabled";
  removed: boolean;
}

/** The console, one plugin, and what was asked of it that has not been answered yet. */
interface Real {
  console: TestHost;
  id: string;
  plugin: ScriptedPlugin;
  calls: { inside: number; most: number };
  waiting: Array<Promise<unknown>>;
  mode: "well" | "refuses" | "hangs" | "other";
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
    const status = real.console.host.status(real.id);
    expect(real.calls.most).toBeLessThanOrEqual(1);
    if (status.refusal !== null) expect(status.lifecycle).toMatch(/ready|starting|initializing/);
    if (status.lifecycle === "failed") expect(status.failure?.hint).toBeTruthy();
    if (!model.removed) expect((await real.console.data.plugins.find(real.id))?.desired).toBe(model.desired);
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

const mode = (name: Real["mode"]) => new Step(name, (real) => void (real.mode = name));

const STEPS = [
  wish("enabled"),
  wish("disabled"),
  new Step("restart", (real) => ask(real, { restart: true }), isThere),
  new Step(
    "configure",
    async (real) => {
      await real.console.configure(real.id, { a: real.plugin.configs.length });
      ask(real, { restart: true });
    },
    isThere,
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
  new Step("dies", ({ plugin }) => plugin.kill()),
  new Step("comes back", ({ plugin }) => plugin.start()),
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
  calls.initialize = (_config, signal) =>
    alone(() => {
      if (real.mode === "refuses") throw new AppError("plugin_invalid_request", "Not like this");
      return real.mode === "hangs" ? hang(signal) : undefined;
    });
  calls.cleanup = (signal) => alone(() => (real.mode === "hangs" ? hang(signal) : undefined));
  calls.health = () =>
    real.plugin.isInitialized() ? { healthy: true } : { healthy: false, message: "not initialized" };
}

/** Whatever happened, once the plugin is well everything is as people want it. */
async function settleWell(real: Real, model: Model): Promise<void> {
  const { console, plugin, id } = real;
  real.mode = "well";
  plugin.start();
  // What hung is given up by a newer wish, as a person would.
  if (isThere(model)) ask(real, { restart: true });
  await console.clock.advance(10_000);
  await Promise.all(real.waiting.splice(0));
  const status = console.host.status(id);
  expect(status.lifecycle).toBe(model.desired === "enabled" ? "ready" : "disabled");
  expect(plugin.isInitialized()).toBe(model.desired === "enabled");
  expect(plugin.openClients()).toBe(model.desired === "enabled" ? 1 : 0);
  const before = plugin.calls.length;
  await console.clock.advance(300_000);
  if (model.desired === "disabled") expect(plugin.calls).toHaveLength(before);
  else await until(() => expect(plugin.calls.length).toBeGreaterThan(before));
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
              ...{ console, id: record.id, plugin, waiting: [], mode: "well" },
              calls: { inside: 0, most: 0 },
            };
            script(real);
            const model: Model = { desired: "disabled", removed: false };
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
