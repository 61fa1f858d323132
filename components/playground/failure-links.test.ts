import { describe, expect, it } from "vitest";
import { toFailureLinks } from "./failure-links.ts";

const plugin = { id: "a/1", endpoint: "http://127.0.0.1:8090", hasCommand: false };
const links = (...[code, change]: [Parameters<typeof toFailureLinks>[0], Partial<typeof plugin>?]) =>
  toFailureLinks(code, { ...plugin, ...change }).map(({ label, href }) => `${label} ${href}`);

describe("toFailureLinks", () => {
  it("leads to the configuration, which most failures come from", () => {
    expect(links("plugin_authentication_failed")).toEqual(["Configuration /plugins/a%2F1/configuration"]);
  });

  it("leads to the page that holds the address when that may be wrong, or nobody answers at it", () => {
    expect(links("plugin_unreachable")).toEqual(["Open plugin /plugins/a%2F1"]);
    expect(links("plugin_connection_lost")).toEqual(["Open plugin /plugins/a%2F1"]);
  });

  it("leads to the configuration of a plugin that is built in: its address is there", () => {
    const builtin = { endpoint: null as unknown as string };
    expect(links("plugin_unreachable", builtin)).toEqual(["Configuration /plugins/a%2F1/configuration"]);
  });

  it("leads to the log as well where the console keeps one", () => {
    expect(links("plugin_connection_lost", { hasCommand: true })).toEqual([
      "Log /plugins/a%2F1/logs",
      "Open plugin /plugins/a%2F1",
    ]);
    expect(links("plugin_error", { hasCommand: true })).toEqual([
      "Log /plugins/a%2F1/logs",
      "Configuration /plugins/a%2F1/configuration",
    ]);
  });

  it("leads nowhere when the console itself or the request is at fault", () => {
    expect(links("console_unreachable", { hasCommand: true })).toEqual([]);
    expect(links("internal_error")).toEqual([]);
  });
});
