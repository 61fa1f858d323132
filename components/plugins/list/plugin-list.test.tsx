import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ErrorInfo } from "@/lib/contract/error.ts";
import { Badge, Plugin, PluginSummary } from "@/lib/contract/plugin.ts";
import { Me } from "@/lib/contract/account.ts";
import { ADA, answer, refusal, renderPage, stubApi, type Answer } from "@/test/render.tsx";
import { router } from "@/test/render-router.ts";
import { BADGES } from "../../ui/status-badge.tsx";
import { PluginList } from "./plugin-list.tsx";

const AT = "2026-11-22T00:00:00.000Z";

function summary(name: string, change: Partial<PluginSummary> = {}): PluginSummary {
  return {
    ...{ id: name.toLowerCase(), name, badge: "healthy", reason: null, desired: "enabled" },
    ...{ lifecycle: "ready", health: "up", type: "http", providerType: "acme", version: "1.0.0" },
    ...{ endpoint: null, p50Ms: null, p95Ms: null, uptime: null, sparkline: [], failureCode: null },
    ...{ lastCheck: null, ejection: null, fileState: null, streaming: false, hasCommand: false },
    ...{ modelIds: [], createdAt: AT, updatedAt: AT },
    ...change,
  };
}

/** The same plugin as an enable or disable answers it. */
function whole(plugin: PluginSummary, change: Partial<Plugin> = {}): Plugin {
  const { name, version, providerType } = plugin;
  return Plugin.parse({
    ...plugin,
    manifest: {
      type: "http",
      metadata: { name, version, provider_type: providerType },
      endpoint: "http://127.0.0.1:8090",
    },
    ...{ origin: "address", file: null, findings: [], healthCheckIntervalSeconds: 60, steps: [] },
    ...{ failure: null, refusal: null, missingConfig: [], drift: null, initializedAt: null },
    ...{ reinitializations: 0, nextCheckAt: null },
    ...change,
  });
}

const List = z.object({ plugins: z.array(PluginSummary) });
const One = z.object({ plugin: Plugin });

const FLOCK = [
  summary("Heron", { p50Ms: 120, uptime: 0.98, endpoint: "http://127.0.0.1:8090" }),
  summary("Auk", { badge: "down", health: "down", reason: "Nothing is listening.", p50Ms: 45 }),
  summary("Rook", {
    badge: "disabled",
    desired: "disabled",
    lifecycle: "disabled",
    health: "unknown",
    providerType: "corvid",
  }),
];

function list(plugins: PluginSummary[] = FLOCK, { search = "", ...routes }: Routes = {}) {
  const calls = stubApi({ "GET /api/plugins": () => answer(List, { plugins }), ...routes.routes });
  return { calls, ...renderPage(<PluginList />, { search }) };
}
interface Routes {
  search?: string;
  routes?: Record<string, Answer>;
}

const names = () => screen.getAllByRole("rowheader").map((cell) => cell.querySelector("a")?.textContent);
const row = (name: string) => screen.getByRole("row", { name: new RegExp(name) });
const toggle = (name: string) =>
  screen.findByRole<HTMLButtonElement>("switch", { name: `${name}: switched on` });

/** An answer that comes when it is let. */
function held(): { answer: Answer; release: (response: Response) => void } {
  let release: (response: Response) => void = () => {};
  const response = new Promise<Response>((resolve) => (release = resolve));
  return { answer: () => response, release: (value) => release(value) };
}

describe("the list of plugins", () => {
  it("teaches with a command that can be run while there are none", async () => {
    list([]);
    expect(await screen.findByText("No plugins yet")).toBeTruthy();
    expect(screen.getByText(/example-nodejs start$/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "Add plugin" }).getAttribute("href")).toBe("/plugins/new");
    expect(screen.queryByRole("searchbox")).toBeNull();
  });

  it("says why it cannot be read, and reads it again", async () => {
    const answers = [
      refusal({ code: "storage_unavailable", message: "The database does not answer." }),
      answer(List, { plugins: FLOCK }),
    ];
    const { user } = list([], { routes: { "GET /api/plugins": () => answers.shift() as Response } });
    expect(await screen.findByText("The database does not answer.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /again|retry/i }));
    expect(await screen.findByRole("link", { name: "Heron" })).toBeTruthy();
  });

  it("puts what needs a person first, with the reason and a link to each", async () => {
    list();
    expect((await screen.findByRole("link", { name: "Auk" })).getAttribute("href")).toBe("/plugins/auk");
    expect(names()).toEqual(["Auk", "Heron", "Rook"]);
    expect(row("Auk").textContent).toContain("Nothing is listening.");
    expect(screen.getByRole("table", { name: "Plugins" }).getAttribute("aria-rowcount")).toBe("4");
    expect(screen.getByText("3 plugins")).toBeTruthy();
  });

  it("has a word of its own for every state", async () => {
    list(Badge.options.map((badge) => summary(`Plugin ${badge}`, { badge })));
    await screen.findByRole("table");
    for (const badge of Badge.options)
      expect(within(row(`Plugin ${badge}`)).getByText(BADGES[badge].word)).toBeTruthy();
    expect(new Set(Badge.options.map((badge) => BADGES[badge].word)).size).toBe(Badge.options.length);
  });

  it("shows figures with their units and a dash for what was not measured", async () => {
    list();
    await screen.findByRole("table");
    expect(row("Heron").textContent).toMatch(/120\s?ms/);
    expect(row("Heron").textContent).toMatch(/98\s?%/);
    expect(row("Rook").textContent).toContain("—");
  });

  it("searches name, provider and address, in the address of the page, and survives a reload", async () => {
    const { user, url, again } = list();
    await user.type(await screen.findByRole("searchbox", { name: "Search plugins" }), "corv");
    await waitFor(() => expect(names()).toEqual(["Rook"]));
    expect(screen.getByText("1 of 3 plugins")).toBeTruthy();
    await waitFor(() => expect(url()).toBe("?q=corv"));
    again();
    const box = await screen.findByRole<HTMLInputElement>("searchbox", { name: "Search plugins" });
    expect(box.value).toBe("corv");
    expect(names()).toEqual(["Rook"]);
    await user.clear(box);
    await user.type(box, "8090");
    await waitFor(() => expect(names()).toEqual(["Heron"]));
  });

  it("filters by state, offers only states that occur, and says how many each would show", async () => {
    const { user, url } = list();
    const filter = await screen.findByRole("combobox", { name: "Filter by state" });
    const option = (name: RegExp) => within(filter).getByRole<HTMLOptionElement>("option", { name });
    expect(option(/^All states/).textContent).toBe("All states (3)");
    expect(option(/^Needs attention/).textContent).toBe("Needs attention (1)");
    expect(option(/^Failed/).disabled).toBe(true);
    await user.selectOptions(filter, "disabled");
    await waitFor(() => expect(names()).toEqual(["Rook"]));
    await waitFor(() => expect(url()).toBe("?state=disabled"));
    await user.selectOptions(filter, "attention");
    await waitFor(() => expect(names()).toEqual(["Auk"]));
  });

  it("says that the search hides everything, how much that is, and takes it back", async () => {
    const { user, url } = list(FLOCK, { search: "?q=no+such+thing&state=disabled" });
    expect(await screen.findByText("No plugin matches")).toBeTruthy();
    expect(screen.getByText(/^3 plugins are hidden/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Clear search and filter" }));
    await waitFor(() => expect(names()).toEqual(["Auk", "Heron", "Rook"]));
    await waitFor(() => expect(url()).toBe(""));
  });

  it("sorts by a column, the other way at the second press, and says so to everybody", async () => {
    const { user, url } = list();
    const head = (name: string) => screen.getByRole("columnheader", { name });
    await screen.findByRole("table");
    expect(head("State").getAttribute("aria-sort")).toBe("ascending");
    await user.click(screen.getByRole("button", { name: "p50" }));
    await waitFor(() => expect(names()).toEqual(["Heron", "Auk", "Rook"]));
    expect(head("p50").getAttribute("aria-sort")).toBe("descending");
    expect(head("State").hasAttribute("aria-sort")).toBe(false);
    await user.click(screen.getByRole("button", { name: "p50" }));
    // Unknown comes last whichever way.
    await waitFor(() => expect(names()).toEqual(["Auk", "Heron", "Rook"]));
    await waitFor(() => expect(url()).toBe("?sort=p50"));
    await user.click(screen.getByRole("button", { name: "Name" }));
    await waitFor(() => expect(names()).toEqual(["Auk", "Heron", "Rook"]));
  });

  it("keeps its rows where they are while a pointer is among them", async () => {
    let plugins = FLOCK;
    const routes = { "GET /api/plugins": () => answer(List, { plugins }) };
    const { user, client } = list(FLOCK, { routes });
    await screen.findByRole("table");
    await user.hover(row("Heron"));
    plugins = FLOCK.map((one) => (one.name === "Heron" ? { ...one, badge: "down", health: "down" } : one));
    await client.invalidateQueries();
    await waitFor(() => expect(within(row("Heron")).getByText("Down")).toBeTruthy());
    plugins = plugins.map((one) => (one.name === "Auk" ? { ...one, badge: "healthy", health: "up" } : one));
    await client.invalidateQueries();
    await waitFor(() => expect(within(row("Auk")).getByText("Healthy")).toBeTruthy());
    expect(names()).toEqual(["Auk", "Heron", "Rook"]);
    await user.unhover(row("Heron"));
    await waitFor(() => expect(names()).toEqual(["Heron", "Auk", "Rook"]));
  });
});

describe("the switch of a plugin", () => {
  it("shows the desired state at once, and what came of it when the console has answered", async () => {
    let plugins = FLOCK;
    const { answer: reply, release } = held();
    const { user, calls } = list(FLOCK, {
      routes: {
        "GET /api/plugins": () => answer(List, { plugins }),
        "POST /api/plugins/heron/disable": reply,
      },
    });
    const heron = await toggle("Heron");
    await waitFor(() => expect(heron.disabled).toBe(false));
    await user.click(heron);
    await waitFor(() => expect(heron.getAttribute("aria-checked")).toBe("false"));
    expect(heron.getAttribute("aria-busy")).toBe("true");
    // A second press while the first is under way is none.
    await user.click(heron);
    const off = summary("Heron", { badge: "disabled", desired: "disabled", lifecycle: "disabled" });
    plugins = FLOCK.map((one) => (one.name === "Heron" ? off : one));
    release(answer(One, { plugin: whole(off) }));
    await waitFor(() => expect(within(row("Heron")).getByText("Disabled")).toBeTruthy());
    expect(heron.getAttribute("aria-checked")).toBe("false");
    expect(heron.hasAttribute("aria-busy")).toBe(false);
    expect(calls.filter(({ route }) => route.startsWith("POST"))).toEqual([
      { route: "POST /api/plugins/heron/disable", body: {} },
    ]);
  });

  it.each([
    ["config_incomplete", "Configure", "/plugins/rook/configuration"],
    ["plugin_unreachable", "Open", "/plugins/rook"],
  ] as const)("goes back with the reason when the console refuses with %s", async (code, action, href) => {
    const { answer: reply, release } = held();
    const { user } = list(FLOCK, { routes: { "POST /api/plugins/rook/enable": reply } });
    const rook = await toggle("Rook");
    await waitFor(() => expect(rook.disabled).toBe(false));
    await user.click(rook);
    await waitFor(() => expect(rook.getAttribute("aria-checked")).toBe("true"));
    release(refusal({ code, message: "It has no key.", hint: "Enter one." }));
    const notice = await screen.findByRole("alert");
    expect(notice.textContent).toContain("Rook stays switched off");
    expect(notice.textContent).toContain("It has no key. Enter one.");
    expect(rook.getAttribute("aria-checked")).toBe("false");
    await user.click(within(notice).getByRole("button", { name: action }));
    expect(router.push).toHaveBeenCalledWith(href);
  });

  it("stays on and says why when the plugin was switched on and did not start", async () => {
    const failure = ErrorInfo.parse({ code: "plugin_unreachable", message: "Nothing is listening there." });
    const on = summary("Rook", { badge: "failed", lifecycle: "failed", failureCode: failure.code });
    let plugins = FLOCK;
    const { user } = list(FLOCK, {
      routes: {
        "GET /api/plugins": () => answer(List, { plugins }),
        "POST /api/plugins/rook/enable": () => {
          plugins = [on];
          return answer(One, { plugin: whole(on, { failure }) });
        },
      },
    });
    const rook = await toggle("Rook");
    await waitFor(() => expect(rook.disabled).toBe(false));
    await user.click(rook);
    const notice = await screen.findByRole("alert");
    expect(notice.textContent).toContain("Rook did not start");
    expect(notice.textContent).toContain("Nothing is listening there.");
    expect(rook.getAttribute("aria-checked")).toBe("true");
    await user.click(within(notice).getByRole("button", { name: "See why" }));
    expect(router.push).toHaveBeenCalledWith("/plugins/rook");
  });

  it("is not offered to who may only look", async () => {
    list(FLOCK, {
      routes: { "GET /api/me": () => answer(Me, { ...ADA, role: "viewer", permissions: ["plugins:read"] }) },
    });
    expect((await toggle("Heron")).disabled).toBe(true);
  });
});
