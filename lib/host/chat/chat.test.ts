import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hang, toChunk } from "../../../test/scripted-client.ts";
import { createTestHost, until } from "../../../test/test-host.ts";
import type { TestHost } from "../../../test/test-host.ts";
import { AppError } from "../../contract/error.ts";
import { Metadata } from "../../contract/manifest.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";

let console: TestHost;
beforeEach(async () => {
  console = await createTestHost();
});
afterEach(() => console.close());

const REQUEST: ChatRequest = { model: "acme-1", messages: [{ role: "user", content: "hello" }] };
const NEVER = new AbortController().signal;
const IMAGE = { type: "image_url" as const, image_url: { url: "https://example.com/cat.png" } };

const streaming = (model?: boolean) => ({
  metadata: () =>
    Metadata.parse({
      name: "Acme",
      version: "1",
      provider_type: "acme",
      capabilities: { streaming: true },
    }),
  models: () => [{ id: "acme-1", ...(model === undefined ? {} : { capabilities: { streaming: model } }) }],
});

async function read(chat: AsyncIterable<ChatChunk>): Promise<string> {
  let text = "";
  for await (const chunk of chat) text += chunk.choices[0]?.delta?.content ?? "";
  return text;
}

/** A chat that says one word and then waits until it is aborted. */
async function* endless(_request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatChunk> {
  yield toChunk("wait");
  await hang(signal);
}

/** Opens an endless chat and reads its first word. */
async function openChat(id: string, signal = NEVER) {
  const chat = console.host.chat(id, REQUEST, signal)[Symbol.asyncIterator]();
  await chat.next();
  return chat;
}

describe("a chat", () => {
  it("passes the answer through", async () => {
    const { record } = await console.run();
    expect(await read(console.host.chat(record.id, REQUEST, NEVER))).toBe("hello");
  });

  it.each([
    ["the plugin declares it", streaming(), true],
    ["the model says no", streaming(false), false],
    ["nobody declares it", {}, false],
  ])("streams only when declared: %s", async (_case, script, expected) => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    Object.assign(plugin.script, script);
    await console.host.reconcile(record.id);
    await read(console.host.chat(record.id, REQUEST, NEVER));
    expect(plugin.requests.map(({ stream }) => stream)).toEqual([expected]);
  });

  it("that fails as a stream names the model that asked for one against the plugin's word", async () => {
    const { record, plugin } = await console.run();
    plugin.script.models = () => [{ id: "acme-1", capabilities: { streaming: true } }, { id: "acme-2" }];
    plugin.script.chat = () => {
      throw new AppError("plugin_error", "It answered with 500", { hint: "Look at the plugin's log." });
    };
    await console.host.refreshModels(record.id);
    await expect(read(console.host.chat(record.id, REQUEST, NEVER))).rejects.toMatchObject({
      code: "plugin_error",
      extras: { hint: expect.stringMatching(/acme-1 declares streaming.*the plugin itself declares none/) },
    });
    const other = { ...REQUEST, model: "acme-2" };
    await expect(read(console.host.chat(record.id, other, NEVER))).rejects.toMatchObject({
      extras: { hint: "Look at the plugin's log." },
    });
  });

  it.each([
    ["an image", "vision", "messages[0].content[0]", { messages: [{ role: "user", content: [IMAGE] }] }],
    [
      "tools",
      "function_calling",
      "tools",
      { tools: [{ type: "function" as const, function: { name: "weather" } }] },
    ],
  ] as Array<[string, string, string, Partial<ChatRequest>]>)(
    "with %s reaches only a plugin that declares %s",
    async (_case, capability, field, more) => {
      const { record, plugin } = await console.run();
      const request = { ...REQUEST, ...more };
      await expect(read(console.host.chat(record.id, request, NEVER))).rejects.toMatchObject({
        code: "plugin_invalid_request",
        message: expect.stringContaining(capability),
        extras: { field, details: { capability } },
      });
      expect(plugin.requests).toEqual([]);
      plugin.script.models = () => [{ id: "acme-1", capabilities: { [capability]: true } }];
      await console.host.refreshModels(record.id);
      await read(console.host.chat(record.id, request, NEVER));
      expect(plugin.requests).toMatchObject([request]);
    },
  );

  it("is refused when the plugin is off, failed, or unknown", async () => {
    const { record } = await console.register();
    await expect(read(console.host.chat(record.id, REQUEST, NEVER))).rejects.toMatchObject({
      code: "plugin_disabled",
    });
    await expect(read(console.host.chat("nobody", REQUEST, NEVER))).rejects.toMatchObject({
      code: "plugin_disabled",
    });
    console.plugins.get("http://127.0.0.1:8090")?.kill();
    await console.wish(record.id, "enabled");
    await expect(read(console.host.chat(record.id, REQUEST, NEVER))).rejects.toMatchObject({
      code: "plugin_not_ready",
      extras: { hint: expect.stringContaining("Nothing answers") },
    });
    await expect(console.host.refreshModels(record.id)).rejects.toMatchObject({ code: "plugin_not_ready" });
  });

  it("is possible with a plugin that is down, for diagnosis", async () => {
    const { record, plugin } = await console.run();
    plugin.script.health = () => ({ healthy: false });
    for (let check = 0; check < 3; check += 1) await console.host.checkNow(record.id);
    expect(console.host.status(record.id).badge).toBe("down");
    expect(await read(console.host.chat(record.id, REQUEST, NEVER))).toBe("hello");
  });

  it("ends upstream when the reader leaves", async () => {
    const { record, plugin } = await console.run();
    let ended = false;
    plugin.script.chat = async function* () {
      try {
        for (;;) yield toChunk("again");
      } finally {
        ended = true;
      }
    };
    for await (const _chunk of console.host.chat(record.id, REQUEST, NEVER)) break;
    expect(ended).toBe(true);
  });

  it("ends upstream when the caller gives up", async () => {
    const { record, plugin } = await console.run();
    plugin.script.chat = endless;
    const caller = new AbortController();
    const chat = await openChat(record.id, caller.signal);
    const next = expect(chat.next()).rejects.toMatchObject({ code: "request_aborted" });
    caller.abort();
    await next;
  });
});

describe("switching off with chats running", () => {
  it("waits for them, takes no new ones, and says so", async () => {
    const { record, plugin } = await console.run();
    let finish = (): void => undefined;
    plugin.script.chat = async function* () {
      yield toChunk("one");
      await new Promise<void>((resolve) => (finish = resolve));
      yield toChunk("two", "stop");
    };
    const chat = await openChat(record.id);
    const second = chat.next();
    const disabling = console.wish(record.id, "disabled");
    await until(() => expect(console.host.status(record.id).lifecycle).toBe("draining"));
    expect(console.host.status(record.id)).toMatchObject({
      badge: "disabled",
      reason: "Waiting for 1 running chat, then it is off.",
    });
    await expect(read(console.host.chat(record.id, REQUEST, NEVER))).rejects.toMatchObject({
      code: "plugin_disabled",
    });
    expect(plugin.calls).not.toContain("cleanup");
    finish();
    expect((await second).value).toMatchObject({ choices: [{ delta: { content: "two" } }] });
    await chat.next();
    expect((await disabling).badge).toBe("disabled");
  });

  it("ends them after 30 s with a reason", async () => {
    const { record, plugin } = await console.run();
    plugin.script.chat = endless;
    const chat = await openChat(record.id);
    const next = expect(chat.next()).rejects.toMatchObject({ code: "plugin_disabled" });
    const disabling = console.wish(record.id, "disabled");
    await until(() => expect(console.host.status(record.id).lifecycle).toBe("draining"));
    await console.clock.advance(29_999);
    expect(plugin.calls).not.toContain("cleanup");
    await console.clock.advance(1);
    await next;
    expect((await disabling).badge).toBe("disabled");
    expect(plugin.calls.at(-1)).toBe("cleanup");
  });

  it("lets them live when it is switched on again", async () => {
    const { record, plugin } = await console.run();
    plugin.script.chat = endless;
    const caller = new AbortController();
    const chat = await openChat(record.id, caller.signal);
    const next = expect(chat.next()).rejects.toMatchObject({ code: "request_aborted" });
    const disabling = console.wish(record.id, "disabled");
    await until(() => expect(console.host.status(record.id).lifecycle).toBe("draining"));
    expect((await console.wish(record.id, "enabled")).badge).toBe("healthy");
    await disabling;
    expect(plugin.calls).not.toContain("cleanup");
    caller.abort();
    await next;
  });
});

describe("stopping the host", () => {
  it("ends chats with shutting_down, hangs up, sends no cleanup and leaves no timer", async () => {
    await console.host.start();
    const { record, plugin } = await console.run();
    plugin.script.chat = endless;
    const chat = await openChat(record.id);
    const next = expect(chat.next()).rejects.toMatchObject({ code: "shutting_down" });
    expect(console.host.isTicking()).toBe(true);
    await console.host.stop();
    await next;
    expect(console.host.isTicking()).toBe(false);
    expect(plugin.calls).not.toContain("cleanup");
    expect(plugin.openClients()).toBe(0);
    expect(console.clock.pending()).toBe(0);
    await console.host.stop();
    await expect(console.host.reconcile(record.id)).rejects.toMatchObject({ code: "shutting_down" });
    await expect(read(console.host.chat(record.id, REQUEST, NEVER))).rejects.toMatchObject({
      code: "shutting_down",
    });
  });

  it("interrupts an enable that hangs", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.initialize = (_config, signal) => hang(signal);
    const enabling = console.host.reconcile(record.id);
    await until(() => expect(plugin.calls).toContain("initialize"));
    await console.host.stop();
    await enabling;
    expect(plugin.openClients()).toBe(0);
  });

  it("takes at most 8 s", async () => {
    const { record, plugin } = await console.register({ desired: "enabled" });
    plugin.script.initialize = () => new Promise(() => undefined);
    void console.host.reconcile(record.id);
    await until(() => expect(plugin.calls).toContain("initialize"));
    let stopped = false;
    const stopping = console.host.stop().then(() => (stopped = true));
    await console.clock.advance(7_999);
    expect(stopped).toBe(false);
    await console.clock.advance(1);
    await stopping;
  });
});
