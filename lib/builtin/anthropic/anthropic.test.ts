import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collect, textOf } from "../../../test/contract-suite.ts";
import { serveAnthropic, type AnthropicServer } from "../../../test/anthropic-server.ts";
import type { StreamFault } from "../../../test/provider-server.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import { ChatMessage, type ChatChunk, type ChatRequest } from "../../contract/protocol.ts";
import { createToolCalls } from "../../core/chat-content.ts";
import { validateConfig } from "../../core/config.ts";
import { findingsOf } from "../../intake/metadata.ts";
import { createClock } from "../../real-clock.ts";
import { createBuiltinClient } from "../../transport/builtin.ts";
import type { PluginClient } from "../../transport/client.ts";
import { createUpstreams } from "../../transport/upstream.ts";
import { createAnthropic } from "./anthropic.ts";
import { toBody } from "./request.ts";

let server: AnthropicServer;
let client: PluginClient;
beforeEach(async () => {
  server = await serveAnthropic();
});
afterEach(async () => {
  await client.close();
  await server.close();
});

function make(): PluginClient {
  const clock = createClock();
  const approvals = { isApproved: (_host: string, port: number) => port === server.port };
  client = createBuiltinClient(
    createAnthropic(createUpstreams({ approvals, ownPort: () => 1, clock })),
    clock,
  );
  return client;
}

async function open(config: ConfigValues = {}): Promise<PluginClient> {
  const plugin = make();
  await plugin.initialize({ base_url: server.origin, api_key: server.key, ...config });
  return plugin;
}

const REQUEST: ChatRequest = {
  model: "claude-large-1",
  messages: [{ role: "user", content: "hello there" }],
  stream: true,
};
const TOOLS: ChatRequest["tools"] = [
  {
    type: "function",
    function: { name: "weather", description: "The weather", parameters: { type: "object" } },
  },
];
const lastBody = () => server.requests.at(-1)?.body;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => ({}),
    (error: unknown) => error as object,
  );

it("has a schema without errors, and needs a key and nothing else", async () => {
  const { value } = await make().metadata();
  expect(findingsOf(value).filter(({ severity }) => severity === "error")).toEqual([]);
  expect(validateConfig(value.config_schema, {}).map(({ field }) => field)).toEqual(["api_key"]);
  expect(server.requests).toEqual([]);
});

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
    server.stopReason = reason;
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
    server.fault = fault;
    const seen: ChatChunk[] = [];
    expect(await failure(collect(plugin.chat(REQUEST), seen))).toMatchObject({
      code,
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
    });
    expect(textOf(seen)).toBe("You ");
  });

  it("fails with the error that arrives in the middle of it", async () => {
    const plugin = await open();
    const start = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "so far" } };
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    server.script.push({
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
    server.script.push({ status: 200, headers: { "content-type": "text/event-stream" }, body });
    const chunks = await collect(plugin.chat(REQUEST));
    expect(textOf(chunks)).toBe("Yes.");
    expect(chunks.map(({ choices }) => choices[0]?.delta?.["reasoning_content"]).filter(Boolean)).toEqual([
      "Hmm.",
    ]);
  });

  it("closes the connection when the reader leaves or aborts", async () => {
    server.paceMs = 5;
    const plugin = await open();
    const messages: ChatMessage[] = [{ role: "user", content: "word ".repeat(5_000) }];
    for await (const chunk of plugin.chat({ ...REQUEST, messages })) if (textOf([chunk]) !== "") break;
    await expect.poll(() => server.aborted()).toBe(1);
    const stop = new AbortController();
    const run = (async () => {
      for await (const chunk of plugin.chat({ ...REQUEST, messages }, stop.signal))
        if (textOf([chunk]) !== "") stop.abort();
    })();
    await expect(run).rejects.toMatchObject({ code: "request_aborted" });
    await expect.poll(() => server.aborted()).toBe(2);
    await expect.poll(() => server.openSockets()).toBe(0);
  });
});

describe("a request", () => {
  const turnsOf = (messages: ChatMessage[]) => toBody({ model: "m", messages }, 10)["messages"];

  it("joins neighbours of one role, and leaves out what says nothing", () => {
    expect(
      turnsOf([
        { role: "user", content: "a" },
        { role: "user", content: "b" },
        { role: "assistant", content: "  " },
        { role: "user", content: [{ type: "text", text: "" }] },
      ]),
    ).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  it("says nothing beside the calls of an assistant without content", () => {
    const calls = [{ id: "c1", function: { name: "f", arguments: '{"x":1}' } }];
    const silent = ChatMessage.parse({ role: "assistant", content: null, tool_calls: calls });
    expect(
      turnsOf([{ role: "user", content: "a" }, silent, { role: "tool", content: "2", tool_call_id: "c1" }]),
    ).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "f", input: { x: 1 } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c1" }] },
    ]);
  });

  it("ties the guide's older function calls to their results", () => {
    expect(
      turnsOf([
        { role: "user", content: "a" },
        { role: "assistant", content: "", function_call: { name: "f", arguments: '{"x":1}' } },
        { role: "function", name: "f", content: "2" },
      ]),
    ).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ type: "tool_use", id: "function_1", name: "f", input: { x: 1 } }] },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "function_1", content: [{ type: "text", text: "2" }] }],
      },
    ]);
  });

  it.each([
    [
      "messages[0].content[0].image_url.url",
      { role: "user", content: [{ type: "image_url", image_url: { url: "ftp://x/cat.png" } }] },
    ],
    [
      "messages[0].tool_calls[0].function.arguments",
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{broken" } }],
      },
    ],
    ["messages[0].tool_call_id", { role: "tool", content: "2" }],
  ] as Array<[string, ChatMessage]>)("that cannot be said names %s", (field, message) => {
    expect(() => turnsOf([message])).toThrow(
      expect.objectContaining({ code: "plugin_invalid_request", extras: { field } }) as Error,
    );
  });

  it("passes on what only Anthropic knows", () => {
    const body = toBody(
      {
        model: "m",
        messages: [],
        plugin_specific: { top_k: 5, thinking: { type: "enabled" }, model: "other" },
      },
      10,
    );
    expect(body).toMatchObject({ top_k: 5, thinking: { type: "enabled" }, model: "m" });
  });
});

describe("errors", () => {
  const error = (type: string, message: string) => ({
    type: "error",
    error: { type, message },
    request_id: "req_1",
  });

  it.each([
    [400, {}, error("invalid_request_error", "max_tokens: too large"), { code: "plugin_invalid_request" }],
    [
      400,
      {},
      error("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      { code: "plugin_quota_exceeded" },
    ],
    [401, {}, error("authentication_error", "invalid x-api-key"), { code: "plugin_authentication_failed" }],
    [
      403,
      {},
      error("permission_error", "Your key may not do this"),
      { code: "plugin_authentication_failed" },
    ],
    [404, {}, error("not_found_error", "model: claude-9"), { code: "plugin_model_not_found" }],
    [
      413,
      {},
      error("request_too_large", "Request exceeds the maximum size"),
      { code: "plugin_invalid_request" },
    ],
    [
      429,
      { "retry-after": "12" },
      error("rate_limit_error", "This request would exceed your rate limit"),
      { code: "plugin_rate_limited", extras: { plugin: { retryAfterSeconds: 12, transient: true } } },
    ],
    [
      500,
      {},
      error("api_error", "Internal server error"),
      { code: "plugin_provider_unavailable", extras: { plugin: { transient: true } } },
    ],
    [504, {}, error("timeout_error", "Took too long"), { code: "plugin_timeout" }],
    [
      529,
      {},
      error("overloaded_error", "Overloaded"),
      { code: "plugin_provider_unavailable", extras: { plugin: { status: 529, transient: true } } },
    ],
  ])("with status %i", async (status, headers, body, expected) => {
    const plugin = await open();
    server.script.push({ status, headers, body });
    expect(await failure(collect(plugin.chat(REQUEST)))).toMatchObject(expected);
  });

  it("in the request never leave the console", async () => {
    const plugin = await open();
    const before = server.requests.length;
    await expect(
      collect(plugin.chat({ ...REQUEST, messages: [{ role: "tool", content: "x" }] })),
    ).rejects.toMatchObject({
      code: "plugin_invalid_request",
    });
    expect(server.requests).toHaveLength(before);
  });
});

describe("models and health", () => {
  it("reads every page, filtered and priced", async () => {
    const plugin = await open({ model_filter: "claude-*", model_prices: { "claude-small-1": 2 } });
    expect((await plugin.models()).value).toEqual([
      { id: "claude-large-1", name: "Claude Large 1" },
      { id: "claude-small-1", name: "Claude Small 1", cost_per_mtoken: 2 },
    ]);
    expect(server.requests.at(-1)?.path).toBe("/v1/models?limit=100&after_id=claude-small-1");
  });

  it("stops reading a list that leads in a circle", async () => {
    const plugin = await open();
    for (let page = 0; page < 20; page++)
      server.script.push({
        status: 200,
        body: { data: [{ id: `m${page}` }], has_more: true, last_id: `m${page % 2}` },
      });
    expect((await plugin.models()).value).toHaveLength(10);
  });

  it("is healthy while the key is accepted", async () => {
    const plugin = await open({ base_url: `${server.origin}/v1/` });
    expect((await plugin.health()).value).toEqual({
      healthy: true,
      message: `127.0.0.1:${server.port} answers and accepts the key`,
    });
    server.key = "another";
    await expect(plugin.health()).rejects.toMatchObject({ code: "plugin_authentication_failed" });
  });

  it("a wrong key stops initialize, and is repeated nowhere", async () => {
    const canary = "canary-4c1d-key-8899";
    server.script.push({ status: 401, body: error401(canary) });
    const refused = (await failure(make().initialize({ base_url: server.origin, api_key: canary }))) as {
      toInfo(): unknown;
    };
    expect(refused).toMatchObject({ code: "plugin_authentication_failed" });
    expect(JSON.stringify(refused.toInfo())).not.toContain(canary);
  });
});

function error401(key: string) {
  return { type: "error", error: { type: "authentication_error", message: `invalid x-api-key ${key}` } };
}
