import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../lib/client/api.ts";

/** What the writers count and find. */
export interface WriteReport {
  /** Changes that the console answered with a 2xx. */
  acknowledged: number;
  /** What was acknowledged and is not there any more, in words. */
  lost: string[];
  /** Chats that were answered. */
  chats: number;
}

/** Ids of the plugins that are written to and chatted with. */
export interface WrittenPlugins {
  interval: string;
  config: string;
  switched: string;
  processes: string[];
}

/** A value that one writer changes step by step: what is stored must be the last acknowledged one, or the one under way. */
interface Register<T> {
  what: string;
  acknowledged: T;
  underWay: T | undefined;
}

/** Registered for a while by one of the writers, never switched on: nobody is asked, and no name has to be known. */
const PASSING = 8;
/** Each has an address of its own, from here on. */
const PASSING_PORT = 20_000;
const PASSING_PORTS = 10_000;

/** Everybody who changes something. Each does one thing after the other, so that at most one change of each is under way. */
export function createWriters(ids: WrittenPlugins, report: WriteReport) {
  const interval: Register<number> = { what: "interval", acknowledged: 60, underWay: undefined };
  const step: Register<number> = { what: "configuration", acknowledged: 0, underWay: undefined };
  const desired: Register<string> = { what: "switch", acknowledged: "enabled", underWay: undefined };
  const passing: Register<string[]> = { what: "list of plugins", acknowledged: [], underWay: undefined };
  let version = 0;
  let count = 0;

  async function change<T>(register: Register<T>, next: T, work: () => Promise<unknown>): Promise<void> {
    register.underWay = next;
    await work();
    register.acknowledged = next;
    register.underWay = undefined;
    report.acknowledged++;
  }

  const steps: Array<(api: Api) => Promise<void>> = [
    (api) => {
      const next = 60 + (++count % 3_000);
      return change(interval, next, () =>
        api.changePlugin(ids.interval, { healthCheckIntervalSeconds: next }),
      );
    },
    (api) => {
      const next = ++count;
      return change(step, next, async () => {
        const saved = await api.saveConfig(ids.config, { version, values: { step: next }, secrets: {} });
        ({ version } = saved.config);
      });
    },
    (api) => {
      const next = desired.acknowledged === "enabled" ? "disabled" : "enabled";
      return change(desired, next, () =>
        next === "enabled" ? api.enablePlugin(ids.switched) : api.disablePlugin(ids.switched),
      );
    },
    (api) => {
      const [oldest = ""] = passing.acknowledged;
      if (passing.acknowledged.length >= PASSING) {
        return change(passing, passing.acknowledged.slice(1), () => api.removePlugin(oldest));
      }
      const name = `Passing ${++count}`;
      const manifestText = JSON.stringify({
        type: "http",
        endpoint: `http://127.0.0.1:${PASSING_PORT + (count % PASSING_PORTS)}`,
        metadata: { name, version: "1.0.0", provider_type: `passing-${count}` },
      });
      return change(passing, [...passing.acknowledged, name], () =>
        api.registerPlugin({ manifestText, approveEndpoint: true }),
      );
    },
  ];

  /** Until the console is gone. What fails then was not acknowledged. */
  async function repeat(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await work();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        // A kill takes calls with it a moment before it is known here.
        if (++failures > 20) throw error;
        await delay(10);
      }
    }
  }

  async function chat(url: string, cookie: string, pluginId: string): Promise<void> {
    const response = await fetch(`${url}/api/playground/runs`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie },
      body: JSON.stringify({
        panes: [{ pluginId, model: "echo" }],
        messages: [{ role: "user", content: "fork hello" }],
      }),
    });
    if ((await response.text()).includes('"done"')) report.chats++;
  }

  function check<T>(register: Register<T>, found: T): void {
    const { what, acknowledged, underWay } = register;
    const allowed = [acknowledged, ...(underWay === undefined ? [] : [underWay])].map((value) =>
      JSON.stringify(value),
    );
    if (!allowed.includes(JSON.stringify(found))) {
      report.lost.push(`${what}: found ${JSON.stringify(found)} instead of ${allowed.join(" or ")}`);
    }
    register.acknowledged = found;
    register.underWay = undefined;
  }

  return {
    run: (api: Api, url: string, cookie: string, signal: AbortSignal) => [
      ...steps.map((step) => repeat(() => step(api), signal)),
      ...ids.processes.map((id) => repeat(() => chat(url, cookie, id), signal)),
    ],
    async verify(api: Api): Promise<void> {
      const plugins = await api.listPlugins();
      const config = await api.getConfig(ids.config);
      ({ version } = config);
      check(interval, (await api.getPlugin(ids.interval)).healthCheckIntervalSeconds);
      check(step, Number(config.values["step"] ?? 0));
      check(desired, (await api.getPlugin(ids.switched)).desired);
      const names = plugins.map(({ name }) => name).filter((name) => name.startsWith("Passing "));
      check(
        passing,
        names.toSorted((a, b) => Number(a.split(" ")[1]) - Number(b.split(" ")[1])),
      );
    },
  };
}
