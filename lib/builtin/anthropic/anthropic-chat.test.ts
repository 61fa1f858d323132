import { describe, expect, it } from "vitest";
import { collect, textOf } from "../../../test/contract-suite.ts";
import type { StreamFault } from "../../../test/provider-server.ts";
import { REQUEST, failure, useAnthropicPlugin } from "../../../test/anthropic-plugin.ts";
import type { ChatMessage } from "../../contract/protocol.ts";
import { type ChatChunk, type ChatRequest } from "../../contract/protocol.ts";
import { sumUp } from "../../../test/real-services.ts";
import { createToolCalls } from "../../core/chat-content.ts";

const service = useAnthropicPlugin();
const { open, lastBody } = service;

const TOOLS: ChatRequest["tools"] = [
  {
    type: "function",
    function: { name: "weather", description: "The weather", parameters: { type: "object" } },
  },
];

describe("a chat", () => {
  it.each([true, false])(
    "is the Messages API's, with system prompt, limits and usage (stream: %s)",
    async (stream) => {
      const plugin = await open({ model_prices: { "claude-*": { input: 3, output: 15 } } });
      const messages: ChatMessage[] = [
        { role: "system", content: "Be brief." },
        { role: "system", content: "Be kind." },
        ...REQUEST.messages,
      ];
      const chunks = await collect(
        plugin.chat({
          ...REQUEST,
          stream,
          messages,
          temperature: 1.7,
          stop: ["X", " "],
          user: "me",
          presence_penalty: 1,
        }),
      );
      expect(textOf(chunks)).toBe("You said: hello there (Be brief.\n\nBe kind.)");
      expect(lastBody()).toEqual({
        model: "claude-large-1",
        stream,
        max_tokens: 4096,
        system: "Be brief.\n\nBe kind.",
        temperature: 1,
        messages: [{ role: "user", content: [{ type: "text", text: "hello there" }] }],
        stop_sequences: ["X"],
        metadata: { user_id: "me" },
      });
      const usage = chunks.at(-1)?.usage;
      expect(usage).toMatchObject({
        prompt_tokens: 15,
        completion_tokens: 7,
        total_tokens: 22,
        cache_read_input_tokens: 2,
      });
      expect(usage?.cost_usd).toBeCloseTo((15 * 3 + 7 * 15) / 1e6, 12);
      expect(chunks.at(-1)).toMatchObject({ done: true, id: "msg_1", choices: [{ finish_reason: "stop" }] });
      if (stream) expect(chunks.length).toBeGreaterThan(5);
      else expect(chunks).toHaveLength(1);
    },
  );

  it.each([true, false])("calls tools and takes their results (stream: %s)", async (stream) => {
    const plugin = await open();
    const chunks = await collect(
      plugin.chat({ ...REQUEST, stream, tools: TOOLS, tool_choice: "required", max_tokens: 100 }),
    );
    expect(lastBody()).toMatchObject({
      tools: [{ name: "weather", description: "The weather", input_schema: { type: "object" } }],
      tool_choice: { type: "any" },
      max_tokens: 100,
    });
    const calls = createToolCalls();
    for (const chunk of chunks) calls.add(chunk.choices[0]?.delta?.tool_calls);
    const [call] = calls.list();
    expect(call).toMatchObject({ id: "toolu_1", function: { name: "weather" } });
    expect(JSON.parse(call?.function.arguments ?? "")).toEqual({ city: "Oslo" });
    expect(textOf(chunks)).toBe("Let me look.");
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
    const messages: ChatMessage[] = [
      ...REQUEST.messages,
      { role: "assistant", content: textOf(chunks), tool_calls: calls.list() },
      { role: "tool", content: "12 degrees", tool_call_id: "toolu_1" },
      { role: "user", content: "And now?" },
    ];
    const answer = await collect(plugin.chat({ ...REQUEST, stream, tools: TOOLS, messages }));
    expect(textOf(answer)).toBe("You said: 12 degrees and And now?");
  });

  const events = (...list: object[]) =>
    list
      .map(
        (event) => `event: ${String((event as { type: string }).type)}\ndata: ${JSON.stringify(event)}\n\n`,
      )
      .join("");
  const START = {
    type: "message_start",
    message: { id: "m", model: "claude-large-1", usage: { input_tokens: 1 } },
  };
  const END = [{ type: "message_delta", delta: { stop_reason: "tool_use" } }, { type: "message_stop" }];
  const block = (index: number, content_block: object, ...deltas: object[]) => [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
  const answerOf = async (body: string) => {
    const plugin = await open();
    service.server.script.push({ status: 200, headers: { "content-type": "text/event-stream" }, body });
    return collect(plugin.chat(REQUEST));
  };

  it("gives a call without arguments an empty object, and takes an input that stands at its start", async () => {
    const chunks = await answerOf(
      events(
        START,
        ...block(0, { type: "tool_use", id: "a", name: "one", input: {} }),
        ...block(1, { type: "tool_use", id: "b", name: "two", input: { x: 1 } }),
        ...END,
      ),
    );
    expect(sumUp(chunks).calls).toEqual([
      ["a", "one", "{}"],
      ["b", "two", '{"x":1}'],
    ]);
  });

  it("tells thinking apart, and sends it back signed as it came", async () => {
    const hidden = { type: "redacted_thinking", data: "opaque" };
    const chunks = await answerOf(
      events(
        START,
        ...block(
          0,
          { type: "thinking", thinking: "" },
          { type: "thinking_delta", thinking: "so " },
          { type: "thinking_delta", thinking: "far" },
          { type: "signature_delta", signature: "sig" },
        ),
        ...block(1, hidden),
        ...block(2, { type: "text", text: "" }, { type: "text_delta", text: "pong" }),
        ...END,
      ),
    );
    expect(sumUp(chunks)).toMatchObject({ content: "pong", reasoning: "so far" });
    const details = chunks.flatMap(({ choices }) => choices[0]?.delta?.reasoning_details ?? []);
    expect(details).toEqual([{ type: "thinking", thinking: "so far", signature: "sig" }, hidden]);
    const messages: ChatMessage[] = [
      ...REQUEST.messages,
      { role: "assistant", content: "pong", reasoning_details: details },
      { role: "user", content: "again" },
    ];
    const plugin = await open();
    service.server.script.push({
      status: 200,
      body: { content: [{ type: "text", text: "ok" }], stop_reason: "end_turn" },
    });
    await collect(plugin.chat({ ...REQUEST, stream: false, messages }));
    expect(lastBody()).toMatchObject({
      messages: [{}, { content: [...details, { type: "text", text: "pong" }] }, {}],
    });
  });

  it("tells thinking apart in a whole answer, once", async () => {
    const plugin = await open();
    const content = [
      { type: "thinking", thinking: "hm", signature: "sig" },
      { type: "text", text: "pong" },
    ];
    service.server.script.push({ status: 200, body: { content, stop_reason: "end_turn" } });
    const said = sumUp(await collect(plugin.chat({ ...REQUEST, stream: false })));
    expect(said).toMatchObject({ content: "pong", reasoning: "hm" });
  });

  it("never takes an end without anything before it for success", async () => {
    await expect(answerOf(events(START, { type: "message_stop" }))).rejects.toMatchObject({
      code: "plugin_empty_response",
    });
  });

  it.each([true, false])("leaves out top_p beside temperature, and says so (stream: %s)", async (stream) => {
    const chunks = await collect((await open()).chat({ ...REQUEST, stream, temperature: 0.5, top_p: 0.9 }));
    expect(lastBody()).toMatchObject({ temperature: 0.5 });
    expect(lastBody()).not.toHaveProperty("top_p");
    expect(chunks.flatMap(({ notes = [] }) => notes)).toEqual([
      "top_p was left out: Anthropic takes temperature or top_p, not both.",
    ]);
  });

  it("takes images, inline and by address", async () => {
    const content = [
      { type: "text" as const, text: "See" },
      { type: "image_url" as const, image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      { type: "image_url" as const, image_url: { url: "https://example.com/cat.jpg" } },
    ];
    const chunks = await collect((await open()).chat({ ...REQUEST, messages: [{ role: "user", content }] }));
    expect(textOf(chunks)).toBe("You said: See and an image and an image");
    expect(lastBody()).toMatchObject({
      messages: [
        {
          content: [
            { type: "text" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
            { type: "image", source: { type: "url", url: "https://example.com/cat.jpg" } },
          ],
        },
      ],
    });
  });

  it.each([
    ["max_tokens", "length"],
    ["refusal", "content_filter"],
    ["stop_sequence", "stop"],
    ["something_new", "something_new"],
  ])("that stops because of %s ends with %s", async (reason, finish) => {
    service.server.stopReason = reason;
    const plugin = await open();
    for (const stream of [true, false]) {
      const chunks = await collect(plugin.chat({ ...REQUEST, stream }));
      expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe(finish);
    }
  });

  it.each<[StreamFault, string]>([
    ["reset", "plugin_stream_truncated"],
    ["early-end", "plugin_stream_truncated"],
    ["half-event", "plugin_stream_truncated"],
    ["garbage", "plugin_invalid_json"],
    ["silence", "plugin_timeout"],
  ])("that ends in %s fails with %s after what had arrived", async (fault, code) => {
    const plugin = await open({ timeout: 1 });
    service.server.fault = fault;
    const seen: ChatChunk[] = [];
    expect(await failure(collect(plugin.chat(REQUEST), seen))).toMatchObject({
      code,
      message: expect.stringContaining(`127.0.0.1:${service.server.port}`),
    });
    expect(textOf(seen)).toBe("You ");
  });

  it("fails with the error that arrives in the middle of it", async () => {
    const plugin = await open();
    const start = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "so far" } };
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    service.server.script.push({
      status: 200,
      headers: { "content-type": "text/event-stream" },
      body: `event: content_block_delta\ndata: ${JSON.stringify(start)}\n\nevent: error\ndata: ${JSON.stringify(error)}\n\n`,
    });
    const seen: ChatChunk[] = [];
    expect(await failure(collect(plugin.chat(REQUEST), seen))).toMatchObject({
      code: "plugin_provider_unavailable",
      extras: { plugin: { code: "overloaded_error", transient: true } },
    });
    expect(textOf(seen)).toBe("so far");
  });

  it("shows thinking apart from the answer", async () => {
    const plugin = await open();
    const events = [
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hmm." } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "xyz" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Yes." } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ];
    const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
    service.server.script.push({ status: 200, headers: { "content-type": "text/event-stream" }, body });
    const chunks = await collect(plugin.chat(REQUEST));
    expect(textOf(chunks)).toBe("Yes.");
    expect(chunks.map(({ choices }) => choices[0]?.delta?.["reasoning_content"]).filter(Boolean)).toEqual([
      "Hmm.",
    ]);
  });

  it("closes the connection when the reader leaves or aborts", async () => {
    service.server.paceMs = 5;
    const plugin = await open();
    const messages: ChatMessage[] = [{ role: "user", content: "word ".repeat(5_000) }];
    for await (const chunk of plugin.chat({ ...REQUEST, messages })) if (textOf([chunk]) !== "") break;
    await expect.poll(() => service.server.aborted()).toBe(1);
    const stop = new AbortController();
    const run = (async () => {
      for await (const chunk of plugin.chat({ ...REQUEST, messages }, stop.signal))
        if (textOf([chunk]) !== "") stop.abort();
    })();
    await expect(run).rejects.toMatchObject({ code: "request_aborted" });
    await expect.poll(() => service.server.aborted()).toBe(2);
    await expect.poll(() => service.server.openSockets()).toBe(0);
  });
});
