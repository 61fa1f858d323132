import { createHook } from "node:async_hooks";
import type * as Dns from "node:dns";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { createServer as createHttp } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { isAppError, type ErrorInfo } from "../lib/contract/error.ts";
import type { Plugin } from "../lib/contract/plugin.ts";
import type { PluginPreview } from "../lib/contract/registration.ts";
import type { AddressTier } from "../lib/contract/registration.ts";
import { parseEndpoint, parseManifestAddress } from "../lib/core/address.ts";
import { fetchManifestText } from "../lib/intake/manifest-fetch.ts";
import { resolveTier } from "../lib/egress/address-guard.ts";
import { createClock } from "../lib/real-clock.ts";
import { createPluginClient } from "../lib/transport/create.ts";
import {
  ADDRESS_TABLE,
  NAMES,
  REBINDING_TARGETS,
  type AddressRow,
  type AddressVerdict,
} from "./address-table.ts";
import { createTestConsole, type Answer, type TestConsole } from "./api-console.ts";
import { createStubPlugin } from "./stub-plugin.ts";

/** Answers of the resolver, next first; the last one stays. Names that are not here are looked up in `NAMES`. */
const script = vi.hoisted(() => new Map<string, string[][]>());
/** The resolver never answers for this one. */
const SILENT = vi.hoisted(() => "silent.test");

vi.mock("node:dns", async (original) => {
  const { NAMES: names } = await import("./address-table.ts");
  const toEntry = (address: string) => ({ address, family: address.includes(":") ? 6 : 4 });
  function answer(name: string): readonly string[] | undefined {
    const own = script.get(name);
    if (own) return own.length > 1 ? own.shift() : own[0];
    const key = name.toLowerCase().replace(/\.$/, "");
    return Object.hasOwn(names, key) ? names[key] : undefined;
  }
  return {
    ...(await original<typeof Dns>()),
    lookup(name: string, _options: unknown, callback: (error: Error | null, found?: object[]) => void) {
      if (name === SILENT) return;
      const found = answer(name);
      const unknown = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
      setImmediate(() => (found ? callback(null, found.map(toEntry)) : callback(unknown)));
    },
  };
});

/** Every TCP connection this process begins, wherever to. */
let attempts = 0;
const hook = createHook({
  init(_id, type) {
    if (type === "TCPCONNECTWRAP") attempts += 1;
  },
});

const clock = createClock();
const received = { connections: 0, bytes: 0 };
let loom: TestConsole;
let sentinel: Server;
let port: number;
let resident: Plugin;

beforeAll(async () => {
  sentinel = createServer((socket) => {
    received.connections += 1;
    socket.on("data", (chunk) => (received.bytes += chunk.length)).on("error", () => socket.destroy());
  });
  sentinel.listen(0, "127.0.0.1");
  await once(sentinel, "listening");
  port = (sentinel.address() as AddressInfo).port;
  loom = await createTestConsole();
  resident = await register({ manifestText: manifest("https://93.184.216.34:8443") });
  hook.enable();
});
afterAll(async () => {
  hook.disable();
  await loom.close();
  sentinel.close();
});
beforeEach(() => {
  attempts = 0;
});
/** One red row must not redden those behind it. */
afterEach(async () => {
  script.clear();
  Object.assign(received, { connections: 0, bytes: 0 });
  for (const { host, port: at } of await loom.data.approvals.list()) {
    await loom.data.approvals.remove(host, at);
    loom.approvals.forget(host, at);
  }
  for (const { id } of await loom.data.plugins.list())
    if (id !== resident.id) await loom.data.plugins.remove(id);
});

const manifest = (endpoint: string) =>
  `type: http\nendpoint: ${JSON.stringify(endpoint)}\nmetadata: {name: Row, version: "1.0.0", provider_type: row}\n`;
const post = (path: string, body: object) => loom.call("POST", path, { as: "admin", body });
const patch = (body: object) => loom.call("PATCH", `/api/plugins/${resident.id}`, { as: "admin", body });
const codeOf = ({ status, body }: Answer) => [status, (body as { error?: ErrorInfo }).error?.code];

async function register(body: object): Promise<Plugin> {
  const answer = await post("/api/plugins", body);
  expect([answer.status, answer.body]).toEqual([201, { plugin: expect.anything() }]);
  return (answer.body as { plugin: Plugin }).plugin;
}

async function expectNothingHappened(): Promise<void> {
  expect([attempts, received]).toEqual([0, { connections: 0, bytes: 0 }]);
  const plugins = await loom.data.plugins.list();
  expect(plugins.map(({ id, endpoint }) => [id, endpoint])).toEqual([[resident.id, resident.endpoint]]);
  expect(await loom.data.approvals.list()).toEqual([]);
}

const REFUSAL: Record<AddressVerdict, [number, string]> = {
  approval: [409, "address_needs_approval"],
  forbidden: [422, "address_forbidden"],
  invalid: [422, "invalid_url"],
  unknown: [422, "plugin_dns_error"],
};

/** Tiers are a preview's answer; what cannot be read or resolved is an error. */
async function expectPreview(body: object, verdict: AddressVerdict): Promise<void> {
  const answer = await post("/api/plugins/preview", body);
  if (verdict === "invalid" || verdict === "unknown") return expect(codeOf(answer)).toEqual(REFUSAL[verdict]);
  expect(answer.status).toBe(200);
  expect((answer.body as PluginPreview).address?.tier).toBe(verdict);
}

async function expectRefused(body: object, verdict: AddressVerdict): Promise<void> {
  expect(codeOf(await post("/api/plugins", body))).toEqual(REFUSAL[verdict]);
}

/** A bad address in a manifest is one of its findings. */
async function expectRefusedInManifest(manifestText: string, verdict: AddressVerdict): Promise<void> {
  const preview = (await post("/api/plugins/preview", { manifestText })).body as PluginPreview;
  const isFinding = verdict === "invalid" || verdict === "unknown";
  expect(preview.address?.tier ?? "none").toBe(isFinding ? "none" : verdict);
  if (isFinding)
    expect(preview.findings.filter(({ severity }) => severity === "error")).toEqual([
      expect.objectContaining({ path: "endpoint" }),
    ]);
  const refused = codeOf(await post("/api/plugins", { manifestText }));
  expect(refused).toEqual(isFinding ? [422, "invalid_manifest"] : REFUSAL[verdict]);
}

/** A client as after a stored record; `approved` plays every consent there could be. */
async function connectTo(endpoint: string, approved: boolean): Promise<string> {
  const type = /^\s*grpc/i.test(endpoint) ? "grpc" : "http";
  const approvals = { isApproved: () => approved };
  const create = createPluginClient({ approvals, ownPort: () => 3000, builtins: {}, clock });
  try {
    const client = create({ type, endpoint, manifest: null });
    const outcome = await client.metadata().then(() => "answered", codeOfError);
    await client.close();
    return outcome;
  } catch (error) {
    return codeOfError(error);
  }
}

async function fetchFrom(url: string, approved: boolean): Promise<string> {
  const guard = { approvals: { isApproved: () => approved }, ownPort: 3000, clock };
  try {
    return await fetchManifestText(parseManifestAddress(url).url, guard);
  } catch (error) {
    return codeOfError(error);
  }
}

const codeOfError = (error: unknown): string => (isAppError(error) ? error.code : String(error));

it("the table has at least 200 spellings, each once", () => {
  const distinct = new Set(ADDRESS_TABLE.map(({ text }) => text));
  expect(distinct.size).toBe(ADDRESS_TABLE.length);
  expect(distinct.size).toBeGreaterThanOrEqual(200);
});

const isGrpc = ({ text }: AddressRow) => text.startsWith("grpc");
const spell = ({ text }: AddressRow) => text.replace("{port}", String(port));
const named = (rows: readonly AddressRow[]) =>
  rows.map((row): [string, AddressRow] => [JSON.stringify(row.text), row]);
const overHttp = ADDRESS_TABLE.filter((row) => !isGrpc(row));

/** Six rows of each verdict, from all over the table: what an entrance makes of a verdict does not depend on the spelling. */
const SAMPLE = Object.keys(REFUSAL).flatMap((verdict) => {
  const rows = ADDRESS_TABLE.filter((row) => row.verdict === verdict);
  return [0, 1, 2, 3, 4, 5].flatMap((part) => rows[Math.floor((part * (rows.length - 1)) / 5)] ?? []);
});

/** What every entrance asks before anything is contacted. */
async function judge(
  parse: typeof parseEndpoint,
  text: string,
  approved: boolean,
): Promise<AddressTier | AddressVerdict> {
  try {
    return (await resolveTier(parse(text).url, { isApproved: () => approved }, 3000, clock)).tier;
  } catch (error) {
    const verdict = Object.entries(REFUSAL).find(([, [, code]]) => code === codeOfError(error))?.[0];
    if (verdict === undefined) throw error;
    return verdict as AddressVerdict;
  }
}

describe("judging", () => {
  it.each(named(ADDRESS_TABLE))(
    "%s is told for what it is, with and without a consent",
    async (_name, row) => {
      const { verdict, asManifest = verdict } = row;
      const text = spell(row);
      for (const [parse, expected] of [
        [parseEndpoint, verdict],
        [parseManifestAddress, asManifest],
      ] as const) {
        expect(await judge(parse, text, false)).toBe(expected);
        expect(await judge(parse, text, true)).toBe(expected === "approval" ? "approved" : expected);
      }
      expect([attempts, received]).toEqual([0, { connections: 0, bytes: 0 }]);
    },
  );
});

describe("saving", () => {
  it("is tried with six rows of every verdict", () => {
    expect(new Set(SAMPLE).size).toBe(4 * 6);
  });

  it.each(named(SAMPLE))("%s is refused at every entrance", async (_name, row) => {
    const { verdict, asManifest = verdict } = row;
    const text = spell(row);
    await expectPreview({ endpoint: text }, verdict);
    await expectRefused({ endpoint: text }, verdict);
    await expectPreview({ manifestUrl: text }, asManifest);
    await expectRefused({ manifestUrl: text }, asManifest);
    if (!isGrpc(row)) await expectRefusedInManifest(manifest(text), verdict);
    expect(codeOf(await patch({ endpoint: text }))).toEqual(REFUSAL[isGrpc(row) ? "invalid" : verdict]);
    await expectNothingHappened();
  });

  it.each(named(SAMPLE.filter((row) => row.verdict === "forbidden" && !isGrpc(row))))(
    "%s is refused with a consent too",
    async (_name, row) => {
      const [text, consent] = [spell(row), { approveEndpoint: true }];
      await expectRefused({ endpoint: text, ...consent }, "forbidden");
      await expectRefused({ manifestUrl: text, ...consent }, "forbidden");
      await expectRefused({ manifestText: manifest(text), ...consent }, "forbidden");
      expect(codeOf(await patch({ endpoint: text, ...consent }))).toEqual(REFUSAL.forbidden);
      await expectNothingHappened();
    },
  );
});

describe("connecting", () => {
  it.each(named(overHttp))("%s is not contacted, as if it had been stored", async (_name, row) => {
    const { verdict, asManifest = verdict } = row;
    const text = spell(row);
    const overGrpc = text.replace(/^(\s*)http(?=s?:)/i, "$1grpc");
    for (const approved of verdict === "approval" ? [false] : [false, true]) {
      expect(await connectTo(text, approved)).toBe(REFUSAL[verdict][1]);
      // A gRPC address has no path.
      expect(["invalid_url", REFUSAL[verdict][1]]).toContain(await connectTo(overGrpc, approved));
    }
    for (const approved of asManifest === "approval" ? [false] : [false, true])
      expect(await fetchFrom(text, approved)).toBe(REFUSAL[asManifest][1]);
    await expectNothingHappened();
  });
});

describe.each(REBINDING_TARGETS)("a public name that turns into %s", (target, verdict) => {
  const PUBLIC = ["93.184.216.34"];
  const NAME = "rebind.test";
  const url = () => `http://${NAME}:${port}`;
  /** Public for the first `looks` lookups, then the target. */
  const turnAfter = (looks: number) =>
    script.set(NAME, [...Array.from({ length: looks }, () => PUBLIC), [target]]);

  it("is refused as an address, for preview and for registration", async () => {
    for (const path of ["/api/plugins/preview", "/api/plugins"]) {
      turnAfter(1);
      expect(codeOf(await post(path, { endpoint: url() }))).toEqual(REFUSAL[verdict]);
    }
    await expectNothingHappened();
  });

  it("is refused as the address of a manifest", async () => {
    for (const path of ["/api/plugins/preview", "/api/plugins"]) {
      turnAfter(1);
      expect(codeOf(await post(path, { manifestUrl: `${url()}/plugin.yaml` }))).toEqual(REFUSAL[verdict]);
    }
    await expectNothingHappened();
  });

  it("is refused as the address of a gRPC plugin", async () => {
    turnAfter(1);
    expect(codeOf(await post("/api/plugins", { endpoint: `grpc://${NAME}:${port}` }))).toEqual(
      REFUSAL[verdict],
    );
    await expectNothingHappened();
  });

  it("is refused as a new address", async () => {
    turnAfter(1);
    expect(codeOf(await patch({ endpoint: url() }))).toEqual(REFUSAL[verdict]);
    await expectNothingHappened();
  });

  it("is not connected to once it is registered from a manifest", async () => {
    turnAfter(1);
    const { id } = await register({ manifestText: manifest(url()) });
    const enabled = await post(`/api/plugins/${id}/enable`, {});
    expect(enabled.body).toMatchObject({
      plugin: { lifecycle: "failed", failure: { code: REFUSAL[verdict][1] } },
    });
    await post(`/api/plugins/${id}/check`, {});
    expect((await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" })).status).toBe(204);
    await expectNothingHappened();
  });
});

describe("an approved address", () => {
  it("lets a plugin on this machine in after one consent; revoking closes the door", async () => {
    const plugin = await createStubPlugin();
    const { id } = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
    await post(`/api/plugins/${id}/enable`, {});
    await post(`/api/plugins/${id}/check`, {});
    expect(plugin.requests).toContain("GET /health");
    expect(attempts).toBe(plugin.requests.length);

    const before = plugin.requests.length;
    attempts = 0;
    await loom.call("DELETE", `/api/approvals/127.0.0.1:${plugin.port}`, { as: "admin" });
    for (const verb of ["check", "restart", "disable", "enable"])
      await post(`/api/plugins/${id}/${verb}`, {});
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    expect(plugin.requests.length).toBe(before);
    await plugin.close();
    await expectNothingHappened();
  });

  it("opens no other name, address or port of the same machine", async () => {
    const plugin = await createStubPlugin();
    const { id } = await register({ endpoint: plugin.endpoint, approveEndpoint: true });
    attempts = 0;
    for (const place of [
      `localhost:${plugin.port}`,
      `[::1]:${plugin.port}`,
      `[::ffff:127.0.0.2]:${plugin.port}`,
      `127.0.0.1:${port}`,
    ]) {
      const { body } = await post("/api/plugins/preview", { endpoint: `http://${place}` });
      expect((body as PluginPreview).address?.tier).toBe("approval");
    }
    expect(attempts).toBe(0);
    const { body } = await post("/api/plugins/preview", {
      endpoint: `http://[::ffff:127.0.0.1]:${plugin.port}`,
    });
    expect(body).toMatchObject({ address: { host: "127.0.0.1", tier: "approved" }, existing: { id } });
    attempts = 0;
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
    await loom.call("DELETE", `/api/approvals/127.0.0.1:${plugin.port}`, { as: "admin" });
    await plugin.close();
    await expectNothingHappened();
  });

  it("is fetched from as it was judged: the name is not asked a third time", async () => {
    const server = createHttp((_request, response) => response.end(manifest("https://93.184.216.34:9443")));
    server.listen(0, "127.0.0.2");
    await once(server, "listening");
    const there = (server.address() as AddressInfo).port;
    script.set("pinned.test", [["127.0.0.2"], ["127.0.0.2"], ["127.0.0.1"]]);
    const body = { manifestUrl: `http://pinned.test:${there}/plugin.yaml`, approveEndpoint: true };
    expect((await post("/api/plugins/preview", body)).body).toMatchObject({ registrable: true });
    expect(script.get("pinned.test")).toHaveLength(1);
    await loom.call("DELETE", `/api/approvals/pinned.test:${there}`, { as: "admin" });
    server.close();
    attempts = 0;
    await expectNothingHappened();
  });
});

describe("a resolver that does not answer", () => {
  it("is given up on with an error of its own, and holds nobody else", async () => {
    const done: string[] = [];
    const note = (name: string) => (answer: Answer) => {
      done.push(name);
      return answer;
    };
    const waiting = Promise.all([
      post("/api/plugins/preview", { endpoint: `http://${SILENT}:${port}` }).then(note("slow")),
      post("/api/plugins/preview", { manifestUrl: `http://${SILENT}:${port}/a` }).then(note("slow")),
    ]);
    await post("/api/plugins/preview", { endpoint: `http://127.0.0.1:${port}` }).then(note("quick"));
    for (const answer of await waiting) {
      expect(codeOf(answer)).toEqual(REFUSAL.unknown);
      const { message } = (answer.body as { error: ErrorInfo }).error;
      expect(message).toMatch(/silent\.test.*was not resolved within 2 s/);
    }
    expect(done).toEqual(["quick", "slow", "slow"]);
    await expectNothingHappened();
  });

  it("is told apart from a plugin that does not accept, when connecting", async () => {
    const schemes = ["http", "grpc"] as const;
    const connecting = schemes.map(async (scheme) => {
      const approvals = { isApproved: () => true };
      const create = createPluginClient({ approvals, ownPort: () => 3000, builtins: {}, clock });
      const client = create({ type: scheme, endpoint: `${scheme}://${SILENT}:${port}`, manifest: null });
      await expect(client.metadata()).rejects.toMatchObject({
        code: "plugin_dns_error",
        message: expect.stringContaining("not resolved within 2 s") as string,
      });
      await client.close();
    });
    await Promise.all(connecting);
  });
});

it("the resolver of this test knows every name of the table", () => {
  const used = ADDRESS_TABLE.map(({ text }) => text)
    .join(" ")
    .toLowerCase();
  for (const name of Object.keys(NAMES)) if (!name.startsWith("xn--")) expect(used).toContain(name);
});
