import { describe, expect, it } from "vitest";
import { describeTrouble, findCandidate, pickCandidate, type Candidate } from "./target.ts";

const plugin = (id: string, badge: Candidate["badge"], extra: Partial<Candidate> = {}): Candidate => ({
  id,
  name: id.toUpperCase(),
  badge,
  desired: badge === "disabled" ? "disabled" : "enabled",
  reason: null,
  modelIds: [],
  ejection: null,
  ...extra,
});

describe("choosing a plugin", () => {
  it("finds it by id and by name, the id first", () => {
    const plugins = [plugin("x", "healthy", { name: "y" }), plugin("y", "healthy", { name: "z" })];
    expect(findCandidate(plugins, "y")?.id).toBe("y");
    expect(findCandidate(plugins, "z")?.id).toBe("y");
    expect(findCandidate(plugins, "gone")).toBeNull();
    expect(findCandidate(plugins, null)).toBeNull();
  });

  it("prefers the one most likely to answer", () => {
    const plugins = [
      plugin("a", "disabled"),
      plugin("b", "down"),
      plugin("c", "healthy"),
      plugin("d", "healthy"),
    ];
    expect(pickCandidate(plugins)?.id).toBe("c");
    expect(pickCandidate(plugins.slice(0, 2))?.id).toBe("b");
    expect(pickCandidate([])).toBeNull();
  });
});

describe("describeTrouble", () => {
  it("is silent about plugins that answer, or that nobody has checked yet", () => {
    expect(describeTrouble(plugin("a", "healthy"))).toBeNull();
    expect(describeTrouble(plugin("a", "unknown"))).toBeNull();
  });

  it("gives the reason and says that one may try", () => {
    expect(describeTrouble(plugin("a", "failed"))).toMatch(/^A could not be started\. You can still/);
    const said = describeTrouble(plugin("a", "down", { reason: "127.0.0.1:8090 refused the connection." }));
    expect(said).toBe(
      "A is down. 127.0.0.1:8090 refused the connection. You can still send a message to see what it answers.",
    );
  });

  it("says that chats fail where health checks do not", () => {
    const ejection = {
      until: "2026-11-29T14:05:30.000Z",
      failures: 5,
      error: { code: "plugin_timeout" as const, message: "Nothing came." },
    };
    const said = describeTrouble(plugin("a", "healthy", { ejection }));
    expect(said).toMatch(/^The last 5 chats with A failed, so it gets no routed requests/);
    expect(said).toMatch(/You can still talk to it/);
    expect(describeTrouble(plugin("a", "disabled", { ejection }))).toMatch(/switched off/);
  });

  it("says what to do about one that is switched off, whatever its badge", () => {
    expect(describeTrouble(plugin("a", "disabled"))).toMatch(/switched off/);
    expect(describeTrouble(plugin("a", "healthy", { desired: "disabled" }))).toMatch(/switched off/);
  });
});
