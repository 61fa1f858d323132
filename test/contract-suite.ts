import { afterEach, describe, expect, it, vi } from "vitest";
import { AppError } from "../lib/contract/error.ts";
import type { ConfigValues } from "../lib/contract/plugin.ts";
import type { ChatChunk, ChatRequest, Model } from "../lib/contract/protocol.ts";
import type { BuiltinPlugin, PluginClient } from "../lib/transport/client.ts";
import type { Timeouts } from "../lib/transport/limits.ts";
import { COMPLAINTS, MESSAGES, STREAMS, sumUp, toSaid } from "./real-services.ts";
import { createSamplePlugin, delta, SAMPLE_METADATA } from "./sample-plugin.ts";

/** Puts `plugin` behind one transport. `stop` ends whatever serves it. */
export type Connect = (
  plugin: BuiltinPlugin,
  timeouts?: Partial<Timeouts>,
) => Promise<{ client: PluginClient; stop(): Promise<void> }>;

const REQUEST: ChatRequest = { model: "small", messages: [{ role: "user", content: "hello" }], stream: true };

/** What every transport promises (`PluginClient`), whatever carries it. */
export function describeTransport(name: string, connect: Connect): void {
  describe(`${name} transport`, () => {
    const stops: Array<() => Promise<void>> = [];
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop();
    });

    async function open(
      overrides: Partial<BuiltinPlugin> = {},
      timeouts?: Partial<Timeouts>,
    ): Promise<PluginClient> {
      const { client, stop } = await connect(createSamplePlugin(overrides), timeouts);
      stops.push(async () => {
        await client.close();
        await stop();
      });
      return client;
    }

    it("answers metadata before and after initialize", async () => {
      const client = await open();
      expect((await client.metadata()).value).toEqual(SAMPLE_METADATA);
      await client.initialize({});
      expect((await client.metadata()).value.provider_type).toBe("sample");
    });

    it("measures how long an answer took", async () => {
      const client = await open({
        health: async () => {
          await pause(30);
          return { healthy: true };
        },
      });
      const { latencyMs } = await client.health();
      // Timers may fire a fraction early.
      expect(latencyMs).toBeGreaterThan(25);
    });

    it("hands the whole configuration to initialize, as it was at that moment", async () => {
      let received: ConfigValues = {};
      const client = await open({
        initialize: (config) => {
          received = config;
          return Promise.resolve();
        },
      });
      const config: ConfigValues = { api_key: "k", timeout: 30, nested: { list: [1, null, true] } };
      await client.initialize(config);
      expect(received).toEqual({ api_key: "k", timeout: 30, nested: { list: [1, null, true] } });
      expect(received).not.toBe(config);
    });

    it("returns health as the plugin sees it, down included", async () => {
      const client = await open({ health: () => Promise.resolve({ healthy: false, message: "no key" }) });
      expect((await client.health()).value).toEqual({ healthy: false, message: "no key" });
    });

    it("lists models", async () => {
      const client = await open();
      expect((await client.models()).value).toEqual([{ id: "small", cost_per_mtoken: 0.5 }, { id: "large" }]);
    });

    it("streams chunks in order and ends after the finish_reason", async () => {
      const client = await open();
      const chunks = await collect(client.chat(REQUEST));
      expect(textOf(chunks)).toBe("You said hello");
      expect(chunks.length).toBeGreaterThan(2);
      expect(chunks.at(-1)?.usage?.total_tokens).toBe(5);
    });

    it("hands over the calls of an assistant that said nothing else, and their results", async () => {
      const received: ChatRequest[] = [];
      const client = await open({
        async *chat(request) {
          await Promise.resolve();
          received.push(request);
          yield { choices: [{ index: 0, delta: { content: "12" }, finish_reason: "stop" }], done: true };
        },
      });
      const messages: ChatRequest["messages"] = [
        { role: "user", content: "hello" },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "c1", type: "function", function: { name: "weather", arguments: "{}" } }],
        },
        { role: "tool", content: "12 degrees", tool_call_id: "c1" },
      ];
      await collect(client.chat({ ...REQUEST, messages }));
      expect(received[0]?.messages).toEqual(messages);
    });

    it("delivers a whole answer as one chunk", async () => {
      const client = await open();
      const chunks = await collect(client.chat({ ...REQUEST, stream: false }));
      expect(chunks).toHaveLength(1);
      expect(textOf(chunks)).toBe("You said hello");
    });

    it("keeps the plugin's own error code", async () => {
      const refuse = () => Promise.reject(new AppError("plugin_authentication_failed", "bad key"));
      const client = await open({ initialize: refuse });
      await expect(client.initialize({})).rejects.toMatchObject({ code: "plugin_authentication_failed" });
    });

    it("calls an unexplained failure plugin_error", async () => {
      const client = await open({ models: () => Promise.reject(new Error("boom")) });
      await expect(client.models()).rejects.toMatchObject({ code: "plugin_error" });
    });

    it("keeps the models that can be read, and says what was left out", async () => {
      const list = [{ id: "a" }, { description: "Nobody" }, { id: "a" }, { id: "b\u202ec" }, { id: "b" }];
      const client = await open({ models: () => Promise.resolve(list as unknown as Model[]) });
      const { value, warnings } = await client.models();
      expect(value.map(({ id }) => id)).toEqual(["a", "b"]);
      expect(warnings.join()).toMatch(/2 of 5 models cannot be read and are left out; \[1\]: it has no id/);
    });

    it("refuses an answer that is not what the protocol says, naming the field", async () => {
      const models = () => Promise.resolve([{ id: "" }, { description: "Nobody" }] as unknown as Model[]);
      const client = await open({ models });
      await expect(client.models()).rejects.toMatchObject({
        code: "plugin_invalid_response",
        message: expect.stringContaining("none of its 2 models can be read") as string,
      });
    });

    /** A plugin whose chat is these chunks. */
    const say = (chunks: object[]): Partial<BuiltinPlugin> => ({
      async *chat() {
        await Promise.resolve();
        yield* chunks as ChatChunk[];
      },
    });

    it.each(STREAMS)("understands %s", async (_name, chunks, said) => {
      const client = await open(say(chunks));
      expect(sumUp(await collect(client.chat(REQUEST)))).toEqual(toSaid(said));
    });

    it.each(MESSAGES)("understands a whole answer with %s", async (_name, message, said) => {
      const client = await open(
        say([{ choices: [{ index: 0, delta: message, finish_reason: "stop" }], done: true }]),
      );
      expect(sumUp(await collect(client.chat({ ...REQUEST, stream: false })))).toEqual(toSaid(said));
    });

    it.each(COMPLAINTS)("never takes %s for success", async (_name, chunks, code, words) => {
      const client = await open(say(chunks));
      await expect(collect(client.chat(REQUEST))).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words) as string,
      });
    });

    it("gives no arguments to a call that broke off before they came", async () => {
      const call = { index: 0, id: "a", function: { name: "one", arguments: "" } };
      const client = await open(say([{ choices: [{ index: 0, delta: { tool_calls: [call] } }] }]));
      const seen: ChatChunk[] = [];
      await expect(collect(client.chat(REQUEST), seen)).rejects.toMatchObject({
        code: "plugin_stream_truncated",
      });
      expect(sumUp(seen).calls).toEqual([["a", "one", ""]]);
    });

    describe("once it knows a secret", () => {
      const SECRET = "s3cr3t-Key-12345";
      const piece = (content: string, more: object = {}) => ({
        choices: [{ index: 0, delta: { content }, ...more }],
      });
      const finish = { finish_reason: "stop" };
      const textSaid = async (chunks: object[], stream = true) => {
        const client = await open(say(chunks));
        client.redact([SECRET]);
        return sumUp(await collect(client.chat({ ...REQUEST, stream }))).content;
      };

      it.each([
        ["the last piece carries the end", [piece("yes", finish)]],
        ["it ends with done alone", [{ ...piece("yes"), done: true }]],
        ["words come after the end", [piece("y", finish), piece("es"), piece("", finish)]],
      ])("loses no word that begins like it: %s", async (_case, chunks) => {
        expect(await textSaid(chunks)).toBe("yes");
      });

      it("loses none of a whole answer", async () => {
        expect(await textSaid([{ ...piece("yes", finish), done: true }], false)).toBe("yes");
      });

      it("hides it though every piece says that it is the last", async () => {
        const text = await textSaid([
          piece("key s3cr3t-", finish),
          piece("Key-12345", finish),
          piece("!", finish),
        ]);
        expect(text).toBe("key [redacted]!");
      });

      it("keeps what had come of an answer that breaks off", async () => {
        const client = await open(say([piece("this is")]));
        client.redact([SECRET]);
        const seen: ChatChunk[] = [];
        await expect(collect(client.chat(REQUEST), seen)).rejects.toMatchObject({
          code: "plugin_stream_truncated",
        });
        expect(textOf(seen)).toBe("this is");
      });
    });

    it("names the field in which reasoning may be sent back, and none where it stood in the content", async () => {
      const fieldOf = async (delta: object) => {
        const finish = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
        const client = await open(say([{ choices: [{ index: 0, delta }] }, finish]));
        const chunks = await collect(client.chat(REQUEST));
        return chunks.map(({ choices }) => choices[0]?.delta?.reasoning_field).find(Boolean) ?? null;
      };
      expect(await fieldOf({ reasoning: "t" })).toBe("reasoning");
      expect(await fieldOf({ content: "<think>t</think>" })).toBeNull();
    });

    it("gives up on a silent plugin at the deadline", async () => {
      const client = await open({ health: never }, { healthMs: 50 });
      await expect(client.health()).rejects.toMatchObject({ code: "plugin_timeout" });
    });

    it("gives up on a chat that never begins", async () => {
      const client = await open({ chat: () => silence([]) }, { firstByteMs: 50 });
      await expect(collect(client.chat(REQUEST))).rejects.toMatchObject({ code: "plugin_timeout" });
    });

    it("gives up on a chat that falls silent, after handing over what came", async () => {
      const client = await open({ chat: () => silence([delta("so far")]) }, { idleMs: 50 });
      const seen: ChatChunk[] = [];
      const run = collect(client.chat(REQUEST), seen);
      await expect(run).rejects.toMatchObject({ code: "plugin_timeout" });
      expect(textOf(seen)).toBe("so far");
    });

    it("calls a stream without an end truncated", async () => {
      const client = await open({
        async *chat() {
          await Promise.resolve();
          yield delta("half an ans");
        },
      });
      await expect(collect(client.chat(REQUEST))).rejects.toMatchObject({ code: "plugin_stream_truncated" });
    });

    it("passes on an error in the middle of a stream", async () => {
      const client = await open({
        async *chat() {
          await Promise.resolve();
          yield delta("so far");
          throw new AppError("plugin_quota_exceeded", "empty");
        },
      });
      const seen: ChatChunk[] = [];
      await expect(collect(client.chat(REQUEST), seen)).rejects.toMatchObject({
        code: "plugin_quota_exceeded",
      });
      expect(textOf(seen)).toBe("so far");
    });

    it("stops at once when the caller aborts", async () => {
      const client = await open({ health: never });
      const stop = new AbortController();
      const pending = client.health(stop.signal);
      stop.abort();
      await expect(pending).rejects.toMatchObject({ code: "request_aborted" });
    });

    it("does not begin when the caller has aborted already", async () => {
      const models = vi.fn(() => Promise.resolve([]));
      const client = await open({ models });
      await expect(client.models(AbortSignal.abort())).rejects.toMatchObject({ code: "request_aborted" });
    });

    it("aborts the plugin when the consumer leaves the loop", async () => {
      const upstream = watchAbort();
      const client = await open({ chat: upstream.chat });
      for await (const chunk of client.chat(REQUEST)) {
        expect(textOf([chunk])).toBe("tick");
        break;
      }
      await upstream.aborted;
    });

    it("aborts the plugin and fails with request_aborted when the caller aborts a chat", async () => {
      const upstream = watchAbort();
      const client = await open({ chat: upstream.chat });
      const stop = new AbortController();
      const run = (async () => {
        for await (const chunk of client.chat(REQUEST, stop.signal))
          if (chunk.choices.length > 0) stop.abort();
      })();
      await expect(run).rejects.toMatchObject({ code: "request_aborted" });
      await upstream.aborted;
    });

    it("serves many calls at once", async () => {
      const client = await open();
      const runs = Array.from({ length: 20 }, (_, index) =>
        collect(client.chat({ ...REQUEST, messages: [{ role: "user", content: `number ${index}` }] })),
      );
      const texts = (await Promise.all(runs)).map(textOf);
      expect(texts).toEqual(Array.from({ length: 20 }, (_, index) => `You said number ${index}`));
    });

    it("fails pending calls with request_aborted when it is closed, twice if need be", async () => {
      const client = await open({ health: never });
      const pending = expect(client.health()).rejects.toMatchObject({ code: "request_aborted" });
      await pause(20);
      await client.close();
      await client.close();
      await pending;
      await expect(client.models()).rejects.toMatchObject({ code: "request_aborted" });
    });

    it("cleans up", async () => {
      const cleanup = vi.fn(() => Promise.resolve());
      const client = await open({ cleanup });
      expect((await client.cleanup()).value).toBeNull();
      expect(cleanup).toHaveBeenCalledOnce();
    });
  });
}

/** Reads a chat to its end; `seen` shows what came, also when it fails. */
export async function collect(
  chunks: AsyncIterable<ChatChunk>,
  seen: ChatChunk[] = [],
): Promise<ChatChunk[]> {
  for await (const chunk of chunks) seen.push(chunk);
  return seen;
}

export function textOf(chunks: ChatChunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join("");
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

async function* silence(first: ChatChunk[]): AsyncGenerator<ChatChunk> {
  yield* first;
  await never();
}

/** A chat that ticks until its signal aborts; `aborted` resolves when that happened. */
function watchAbort(): { chat: BuiltinPlugin["chat"]; aborted: Promise<void> } {
  let tell: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (tell = resolve));
  return {
    aborted,
    async *chat(_request, signal) {
      signal.addEventListener("abort", tell, { once: true });
      while (!signal.aborted) {
        yield delta("tick");
        await pause(5);
      }
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
