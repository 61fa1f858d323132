import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hang, toChunk } from "../../../test/scripted-client.ts";
import type { ScriptedPlugin } from "../../../test/scripted-client.ts";
import { createTestHost, until } from "../../../test/test-host.ts";
import type { TestHost } from "../../../test/test-host.ts";
import { AppError } from "../../contract/error.ts";
import type { ErrorCode } from "../../contract/error.ts";
import type { ChatRequest } from "../../contract/protocol.ts";

let console: TestHost;
let stoodStillMs: number;
beforeEach(async () => {
  stoodStillMs = 0;
  console = await createTestHost({ stoodStillMs: () => stoodStillMs });
  await console.host.start();
});
afterEach(() => console.close());

const REQUEST: ChatRequest = { model: "acme-1", messages: [{ role: "user", content: "hello" }] };

/** One chat to its end; the code it failed with, or null. */
async function chat(id: string, signal = new AbortController().signal): Promise<ErrorCode | null> {
  try {
    for await (const _chunk of console.host.chat(id, REQUEST, signal));
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

async function chats(id: string, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await chat(id);
}

function breakChats(plugin: ScriptedPlugin, code: ErrorCode = "plugin_provider_unavailable"): void {
  plugin.script.chat = async function* () {
    yield toChunk("so far");
    throw new AppError(code, `It failed: ${code}`, { plugin: { status: 503, excerpt: "hello" } });
  };
}

/** Running, with chats that fail while its health checks pass. */
async function runBroken(code?: ErrorCode) {
  const { record, plugin } = await console.run();
  const { chat: works } = plugin.script;
  breakChats(plugin, code);
  const mend = () => void (plugin.script.chat = works);
  return { id: record.id, plugin, mend };
}

const ejection = (id: string) => console.host.status(id).ejection;
const inSeconds = (seconds: number) => new Date(console.clock.now() + seconds * 1_000).toISOString();
const markers = async (id: string) =>
  (await console.data.markers.list(id, 0, console.clock.now() + 1)).filter(({ kind }) => kind === "ejected");

describe("a plugin whose health is fine and whose chats fail", () => {
  it("is ejected by the fifth in a row, for 30 s, and nothing else about it changes but the reason", async () => {
    const { id } = await runBroken();
    await chats(id, 4);
    expect(ejection(id)).toBeNull();
    const before = console.host.status(id);
    await chats(id, 1);
    expect(ejection(id)).toEqual({
      until: inSeconds(30),
      failures: 5,
      error: {
        ...{ code: "plugin_provider_unavailable", message: "It failed: plugin_provider_unavailable" },
        ...{ hint: expect.any(String), plugin: { status: 503 } },
      },
    });
    const { reason, ...after } = console.host.status(id);
    expect(reason).toMatch(/^Its checks pass, but the last 5 chats failed/);
    expect({ ...after, reason: null, ejection: null }).toEqual(before);
    expect(before).toMatchObject({ badge: "healthy", lifecycle: "ready", health: "up", reason: null });
    expect((await console.data.plugins.find(id))?.desired).toBe("enabled");
    const at = console.clock.now();
    await console.clock.advance(2_000);
    await until(async () =>
      expect(await markers(id)).toEqual([{ at, kind: "ejected", label: "Chats failed 5 times in a row" }]),
    );
  });

  it("still answers people, and one good answer forgives everything", async () => {
    const { id, mend } = await runBroken();
    await chats(id, 5);
    mend();
    expect(await chat(id)).toBeNull();
    expect(ejection(id)).toBeNull();
    await runBrokenAgain(id, 4);
    expect(ejection(id)).toBeNull();
  });

  it("is eligible when the time is over, and out for longer with its first failure, with one marker for all", async () => {
    const { id } = await runBroken();
    await chats(id, 5);
    await console.clock.advance(29_999);
    expect(ejection(id)).toMatchObject({ failures: 5 });
    await console.clock.advance(1);
    expect(ejection(id)).toBeNull();
    await chats(id, 1);
    expect(ejection(id)).toMatchObject({ until: inSeconds(60), failures: 6 });
    for (let trial = 3; trial <= 12; trial += 1) {
      await console.clock.advance(300_000);
      expect(ejection(id)).toBeNull();
      await chats(id, 1);
    }
    expect(ejection(id)).toMatchObject({ until: inSeconds(300), failures: 16 });
    await console.clock.advance(2_000);
    await until(async () => expect(await markers(id)).toHaveLength(1));
  });

  it("starts with 30 s again after it was forgiven", async () => {
    const { id, mend } = await runBroken();
    await chats(id, 5);
    await console.clock.advance(30_000);
    await chats(id, 1);
    mend();
    await chat(id);
    await runBrokenAgain(id, 5);
    expect(ejection(id)).toMatchObject({ until: inSeconds(30), failures: 5 });
  });

  it("shows the newest error while it is out, and is not out for longer because of it", async () => {
    const { id, plugin } = await runBroken();
    await chats(id, 5);
    const first = ejection(id)?.until;
    await console.clock.advance(10_000);
    breakChats(plugin, "plugin_stream_truncated");
    await chats(id, 3);
    expect(ejection(id)).toMatchObject({
      until: first,
      failures: 8,
      error: { code: "plugin_stream_truncated" },
    });
  });

  it("is unnoticed by its neighbour", async () => {
    const { id } = await runBroken();
    const other = await console.run({ name: "Neighbour", endpoint: "http://127.0.0.1:8091" });
    await chats(id, 5);
    expect(await chat(other.record.id)).toBeNull();
    expect(ejection(other.record.id)).toBeNull();
    expect(ejection(id)).not.toBeNull();
  });

  it.each([
    "plugin_authentication_failed",
    "plugin_timeout",
    "plugin_stream_truncated",
    "plugin_error",
  ] as const)("is ejected for %s", async (code) => {
    const { id } = await runBroken(code);
    await chats(id, 5);
    expect(ejection(id)).toMatchObject({ error: { code } });
  });

  it("is not there any more for whoever asks about a plugin that is not", () => {
    expect(console.host.status("nobody").ejection).toBeNull();
  });

  /** Breaks the same plugin again. */
  async function runBrokenAgain(id: string, count: number): Promise<void> {
    const plugin = console.plugins.get("http://127.0.0.1:8090");
    if (plugin) breakChats(plugin);
    await chats(id, count);
  }
});

describe("what does not eject", () => {
  it.each([
    ...(["plugin_rate_limited", "plugin_quota_exceeded", "plugin_invalid_request"] as const),
    ...(["plugin_model_not_found", "plugin_content_filter", "request_aborted", "storage_full"] as const),
  ])("%s, which leaves the count as it is", async (code) => {
    const { id, plugin } = await runBroken(code);
    await chats(id, 10);
    expect(ejection(id)).toBeNull();
    breakChats(plugin);
    await chats(id, 4);
    breakChats(plugin, code);
    await chats(id, 3);
    expect(ejection(id)).toBeNull();
    breakChats(plugin);
    await chats(id, 1);
    expect(ejection(id)).toMatchObject({ failures: 5 });
  });

  it("a caller who stops, whatever the plugin says to that", async () => {
    const { id, plugin } = await runBroken();
    plugin.script.chat = async function* (_request, signal) {
      yield toChunk("wait");
      await hang(signal).catch(() => undefined);
      throw new AppError("plugin_connection_lost", "It hung up");
    };
    for (let turn = 0; turn < 6; turn += 1) {
      const caller = new AbortController();
      const running = chat(id, caller.signal);
      await until(() => expect(plugin.requests).toHaveLength(turn + 1));
      caller.abort();
      expect(await running).toBe("plugin_connection_lost");
    }
    expect(ejection(id)).toBeNull();
  });

  it("a reader who leaves, who does not forgive either", async () => {
    const { id, plugin } = await runBroken();
    await chats(id, 4);
    for await (const _chunk of console.host.chat(id, REQUEST, new AbortController().signal)) break;
    expect(ejection(id)).toBeNull();
    await chats(id, 1);
    expect(ejection(id)).toMatchObject({ failures: 5 });
    expect(plugin.requests).toHaveLength(6);
  });

  it("switching off in the middle of chats", async () => {
    const { id, plugin } = await runBroken();
    plugin.script.chat = async function* (_request, signal) {
      yield toChunk("wait");
      await hang(signal);
    };
    const running = Array.from({ length: 6 }, () => chat(id));
    await until(() => expect(plugin.requests).toHaveLength(6));
    const disabling = console.wish(id, "disabled");
    await until(() => expect(console.host.status(id).lifecycle).toBe("draining"));
    await console.clock.advance(30_000);
    expect(await Promise.all(running)).toEqual(Array(6).fill("plugin_disabled"));
    expect(await disabling).toMatchObject({ badge: "disabled", ejection: null });
  });

  it("a machine that slept", async () => {
    const { id, plugin } = await runBroken();
    plugin.script.chat = async function* () {
      yield toChunk("so far");
      stoodStillMs += 60_000;
      throw new AppError("plugin_timeout", "Nothing came for 30 s");
    };
    await chats(id, 5);
    expect(ejection(id)).toBeNull();
  });
});

describe("an ejection is over", () => {
  it.each([
    ["a restart", (id: string) => console.host.reconcile(id, { restart: true })],
    [
      "a new configuration",
      async (id: string) => {
        await console.configure(id, { region: "eu" });
        await console.host.reconcile(id, { restart: true });
      },
    ],
    [
      "a configuration that was tested and saved",
      async (id: string) => {
        const trial = {
          ...{
            draft: { values: { region: "eu" }, secrets: {} },
            origin: "http://127.0.0.1:8090",
            chat: false,
          },
          ...{ check: () => undefined, report: () => undefined },
          save: () => console.configure(id, { region: "eu" }),
        };
        const { signal } = new AbortController();
        expect(await console.host.tryConfig(id, trial, signal)).toEqual({ ok: true, error: null });
      },
    ],
    [
      "switching off and on",
      async (id: string) => {
        expect((await console.wish(id, "disabled")).ejection).toBeNull();
        await console.wish(id, "enabled");
      },
    ],
  ])("with %s, after which it takes five failures again", async (_case, act) => {
    const { id } = await runBroken();
    await chats(id, 5);
    expect(ejection(id)).not.toBeNull();
    await act(id);
    expect(console.host.status(id)).toMatchObject({ badge: "healthy", ejection: null });
    await chats(id, 4);
    expect(ejection(id)).toBeNull();
    await chats(id, 1);
    expect(ejection(id)).toMatchObject({ until: inSeconds(30), failures: 5 });
  });

  it("but not with a change that leaves it running", async () => {
    const { id } = await runBroken();
    await chats(id, 5);
    await console.data.plugins.update(id, { healthCheckIntervalSeconds: 10 });
    expect((await console.host.reconcile(id)).ejection).not.toBeNull();
    expect((await console.host.checkNow(id)).ejection).not.toBeNull();
  });

  it("and what fails after it is not forgiven by chats of the time before", async () => {
    const { id, plugin } = await runBroken();
    let finish = (): void => undefined;
    plugin.script.chat = async function* () {
      yield toChunk("wait");
      await new Promise<void>((resolve) => (finish = resolve));
      yield toChunk("", "stop");
    };
    const running = chat(id);
    await until(() => expect(plugin.requests).toHaveLength(1));
    await console.host.reconcile(id, { restart: true });
    breakChats(plugin);
    await chats(id, 4);
    finish();
    expect(await running).toBeNull();
    await chats(id, 1);
    expect(ejection(id)).toMatchObject({ failures: 5 });
  });

  it("and is not brought back by chats of the time before", async () => {
    const { id, plugin } = await runBroken();
    await chats(id, 4);
    let fail = (): void => undefined;
    plugin.script.chat = async function* () {
      yield toChunk("wait");
      await new Promise<void>((resolve) => (fail = resolve));
      throw new AppError("plugin_connection_lost", "It hung up");
    };
    const running = chat(id);
    await until(() => expect(plugin.requests).toHaveLength(5));
    await console.host.reconcile(id, { restart: true });
    fail();
    expect(await running).toBe("plugin_connection_lost");
    breakChats(plugin);
    await chats(id, 4);
    expect(ejection(id)).toBeNull();
  });
});
