import { describe, expect, it } from "vitest";
import { collect, textOf } from "../../../test/contract-suite.ts";
import { STREAMS, sumUp, toSaid } from "../../../test/real-services.ts";
import { OPENAI_FAULTS } from "../../../test/openai-faults.ts";
import { failureOf, REQUEST, useOpenAiPlugin } from "../../../test/openai-plugin.ts";
import type { StreamFault } from "../../../test/provider-server.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import { createToolCalls } from "../../core/chat-content.ts";
import type { PluginClient } from "../../transport/client.ts";

const service = useOpenAiPlugin();
const { open, lastBody } = service;

describe("a chat", () => {
  it("streams, with the usage that it asks for", async () => {
    const plugin = await open();
    const chunks = await collect(plugin.chat({ ...REQUEST, temperature: 0.5, stop: ["x"], user: "me" }));
    expect(textOf(chunks)).toBe("You said: hello there");
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.findLast(({ usage }) => usage)?.usage).toMatchObject({
      prompt_tokens: 2,
      completion_tokens: 4,
    });
    expect(chunks.some(({ choices }) => choices[0]?.finish_reason === "stop")).toBe(true);
    expect(lastBody()).toEqual({
      ...REQUEST,
      temperature: 0.5,
      stop: ["x"],
      user: "me",
      stream_options: { include_usage: true },
    });
    expect(service.server.requests.at(-1)?.headers).toMatchObject({
      authorization: `Bearer ${service.server.key}`,
      "accept-encoding": "identity",
      "content-type": "application/json",
    });
  });

  it("comes whole when no stream is wanted", async () => {
    const chunks = await collect((await open()).chat({ ...REQUEST, stream: false }));
    expect(chunks).toMatchObject([
      { done: true, choices: [{ delta: { content: "You said: hello there" }, finish_reason: "stop" }] },
    ]);
    expect(chunks[0]?.usage?.total_tokens).toBe(6);
  });

  it("goes without usage at a service that refuses to report it, from then on at once", async () => {
    service.server.refusesStreamOptions = true;
    const plugin = await open();
    const chunks = await collect(plugin.chat(REQUEST));
    expect(textOf(chunks)).toBe("You said: hello there");
    expect(chunks.some(({ usage }) => usage)).toBe(false);
    const before = service.server.requests.length;
    await collect(plugin.chat(REQUEST));
    expect(service.server.requests).toHaveLength(before + 1);
  });

  it("uses the newer name of max_tokens for models that insist", async () => {
    service.server.renamedLimit.add("gpt-4o");
    const plugin = await open();
    await collect(plugin.chat({ ...REQUEST, max_tokens: 50 }));
    expect(lastBody()).toMatchObject({ max_completion_tokens: 50 });
    expect(lastBody()).not.toHaveProperty("max_tokens");
  });

  it("passes tools on and brings their calls back, in pieces and whole", async () => {
    const plugin = await open();
    const tools: ChatRequest["tools"] = [
      { type: "function", function: { name: "weather", parameters: { type: "object" } } },
    ];
    for (const stream of [true, false]) {
      const chunks = await collect(plugin.chat({ ...REQUEST, tools, tool_choice: "auto", stream }));
      const calls = createToolCalls();
      for (const chunk of chunks) calls.add(chunk.choices[0]?.delta?.tool_calls);
      const [call] = calls.list();
      expect(call).toMatchObject({
        id: "call_1",
        function: { name: "weather", arguments: '{"city":"Oslo"}' },
      });
      expect(chunks.findLast(({ choices }) => choices[0]?.finish_reason)?.choices[0]?.finish_reason).toBe(
        "tool_calls",
      );
      const messages: ChatRequest["messages"] = [
        ...REQUEST.messages,
        { role: "assistant", content: "", tool_calls: calls.list() },
        { role: "tool", content: "12 degrees", tool_call_id: "call_1" },
      ];
      expect(textOf(await collect(plugin.chat({ ...REQUEST, tools, messages, stream })))).toBe(
        "You said: 12 degrees",
      );
      // As the service itself had answered: some refuse an empty text.
      expect(lastBody()).toHaveProperty("messages[1].content", null);
    }
  });

  it("passes images on", async () => {
    const content = [
      { type: "text" as const, text: "What is" },
      {
        type: "image_url" as const,
        image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" as const },
      },
    ];
    const chunks = await collect((await open()).chat({ ...REQUEST, messages: [{ role: "user", content }] }));
    expect(textOf(chunks)).toBe("You said: What is and an image");
    expect(lastBody()).toMatchObject({ messages: [{ content }] });
  });

  it("sends what is specific to the provider beside the rest, but never in place of it", async () => {
    const plugin = await open();
    const plugin_specific = {
      seed: 7,
      response_format: { type: "json_object" },
      model: "other",
      stream: false,
    };
    await collect(plugin.chat({ ...REQUEST, plugin_specific }));
    expect(lastBody()).toMatchObject({
      seed: 7,
      response_format: { type: "json_object" },
      model: "gpt-4o",
      stream: true,
    });
  });

  it("says what it cost when the price is configured", async () => {
    const plugin = await open({ model_prices: { "gpt-*": { input: 1, output: 10 } } });
    const chunks = await collect(plugin.chat(REQUEST));
    expect(chunks.findLast(({ usage }) => usage)?.usage?.cost_usd).toBeCloseTo((2 * 1 + 4 * 10) / 1e6, 12);
  });

  it.each(STREAMS)("understands %s", async (_name, chunks, said) => {
    const plugin = await open();
    const body = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
    service.server.script.push({ status: 200, headers: { "content-type": "text/event-stream" }, body });
    expect(sumUp(await collect(plugin.chat(REQUEST)))).toEqual(toSaid(said));
  });

  it.each([
    [
      'error: {"code":400,"message":"context too small"}\n\ndata: [DONE]\n\n',
      "plugin_invalid_request",
      "context too small",
    ],
    ['data: [{"error":{"code":429,"message":"exhausted"}}]\n\n', "plugin_rate_limited", "exhausted"],
    ['{"error":{"code":429,"message":"exhausted"}}\n', "plugin_rate_limited", "exhausted"],
    [
      'data: {"error":{"message":"{\\"error\\":{\\"message\\":\\"packed\\"}}"}}\n\n',
      "plugin_error",
      ": packed",
    ],
    ["data: [DONE]\n\n", "plugin_empty_response", "without text"],
    ["data:\n\n: hi\n\ndata: [DONE]\n\n", "plugin_empty_response", "without text"],
  ])("never takes %j for success", async (body, code, words) => {
    const plugin = await open();
    service.server.script.push({ status: 200, headers: { "content-type": "text/event-stream" }, body });
    await expect(collect(plugin.chat(REQUEST))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it("reads a stream under another content type, with a note", async () => {
    const plugin = await open();
    const body =
      'data:\n\ndata: {"choices":[{"delta":{"content":"pong"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    service.server.script.push({ status: 200, headers: { "content-type": "text/plain" }, body });
    const chunks = await collect(plugin.chat(REQUEST));
    expect(textOf(chunks)).toBe("pong");
    expect(chunks.flatMap(({ notes = [] }) => notes)).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+: the content type of the stream is text\/plain/),
    ]);
  });

  it("gives reasoning back in the service's own field", async () => {
    const plugin = await open();
    const messages: ChatRequest["messages"] = [
      ...REQUEST.messages,
      { role: "assistant", content: "pong", reasoning: "t" },
      { role: "user", content: "again" },
    ];
    await collect(plugin.chat({ ...REQUEST, messages }));
    expect(lastBody()).toMatchObject({
      messages: [{}, { role: "assistant", content: "pong", reasoning: "t" }, {}],
    });
  });

  it("understands an error beside the choices, as OpenRouter streams it", async () => {
    const plugin = await open();
    const event = {
      id: "x",
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      error: { code: 502, message: "Upstream idle" },
    };
    service.server.script.push({
      status: 200,
      headers: { "content-type": "text/event-stream" },
      body: `: OPENROUTER PROCESSING\n\ndata: ${JSON.stringify(event)}\n\n`,
    });
    await expect(collect(plugin.chat(REQUEST))).rejects.toMatchObject({
      code: "plugin_provider_unavailable",
      message: expect.stringMatching(
        /^127\.0\.0\.1:\d+ broke off POST \/v1\/chat\/completions: Upstream idle/,
      ),
    });
  });

  it("ends at [DONE] even where no finish_reason was said", async () => {
    const plugin = await open();
    service.server.script.push({
      status: 200,
      headers: { "content-type": "text/event-stream" },
      body: 'data: {"choices":[{"delta":{"content":"hi"}}]}\r\n\r\ndata: [DONE]\r\n\r\n',
    });
    expect(textOf(await collect(plugin.chat(REQUEST)))).toBe("hi");
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
    const error = await failureOf(collect(plugin.chat(REQUEST), seen));
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(`127.0.0.1:${service.server.port}`),
    });
    expect(textOf(seen)).toBe("You ");
  });

  it("closes the connection to the service when the reader leaves or aborts, and leaves none open", async () => {
    service.server.says = "word ".repeat(10_000);
    service.server.paceMs = 2;
    const plugin = await open();
    for await (const chunk of plugin.chat(REQUEST)) if (textOf([chunk]) !== "") break;
    await expect.poll(() => service.server.aborted()).toBe(1);
    const stop = new AbortController();
    const run = (async () => {
      for await (const chunk of plugin.chat(REQUEST, stop.signal)) if (textOf([chunk]) !== "") stop.abort();
    })();
    await expect(run).rejects.toMatchObject({ code: "request_aborted" });
    await expect.poll(() => service.server.aborted()).toBe(2);
    await expect.poll(() => service.server.openSockets()).toBe(0);
  });
});

describe("an error of the service", () => {
  it.each(OPENAI_FAULTS)("%s (%i)", async (_case, status, headers, body, expected) => {
    const plugin = await open();
    service.server.script.push({ status, headers, body });
    const error = await failureOf(collect(plugin.chat(REQUEST)));
    expect(error).toMatchObject({
      message: expect.stringContaining(`127.0.0.1:${service.server.port}`),
      ...expected,
    });
  });

  it.each([
    ["models", 2 * 1024 * 1024, (plugin: PluginClient) => plugin.models()],
    ["an answer", 16 * 1024 * 1024, (plugin: PluginClient) => collect(plugin.chat(REQUEST))],
  ])("that is none, but too much of %s, is cut at %i bytes", async (_case, cap, work) => {
    const plugin = await open();
    const headers = { "content-type": "application/json" };
    service.server.script.push({ status: 200, headers, body: `{"data": "${"x".repeat(cap)}"}` });
    await expect(work(plugin)).rejects.toMatchObject({ code: "plugin_response_too_large" });
  });

  it("of a model that does not exist names it, from the service itself", async () => {
    const plugin = await open();
    await expect(collect(plugin.chat({ ...REQUEST, model: "gpt-9" }))).rejects.toMatchObject({
      code: "plugin_model_not_found",
      message: expect.stringContaining("gpt-9"),
    });
  });
});
