import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collect, textOf } from "../../../test/contract-suite.ts";
import { serveOpenAi, type OpenAiServer } from "../../../test/openai-server.ts";
import type { StreamFault } from "../../../test/provider-server.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import { createToolCalls } from "../../core/chat-content.ts";
import { validateConfig } from "../../core/config.ts";
import { findingsOf } from "../../intake/metadata.ts";
import { createClock } from "../../real-clock.ts";
import { createBuiltinClient } from "../../transport/builtin.ts";
import type { PluginClient } from "../../transport/client.ts";
import { createUpstreams, type UpstreamSources } from "../../transport/upstream.ts";
import { createOpenAiCompatible } from "./openai-compatible.ts";

let server: OpenAiServer;
let client: PluginClient;
beforeEach(async () => {
  server = await serveOpenAi();
});
afterEach(async () => {
  await client.close();
  await server.close();
});

function make(sources: Partial<UpstreamSources> = {}): PluginClient {
  const clock = createClock();
  const approvals = { isApproved: (_host: string, port: number) => port === server.port };
  client = createBuiltinClient(
    createOpenAiCompatible(createUpstreams({ approvals, ownPort: () => 1, clock, ...sources })),
    clock,
  );
  return client;
}

async function open(
  config: ConfigValues = {},
  sources: Partial<UpstreamSources> = {},
): Promise<PluginClient> {
  const plugin = make(sources);
  await plugin.initialize({ base_url: server.baseUrl, api_key: server.key, ...config });
  return plugin;
}

const REQUEST: ChatRequest = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "hello there" }],
  stream: true,
};
const lastBody = () => server.requests.at(-1)?.body;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => ({}),
    (error: unknown) => error as object,
  );

describe("metadata", () => {
  it("has a schema whose only remark is the field type that Loom does not know", async () => {
    const { value } = await make().metadata();
    expect(findingsOf(value).filter(({ severity }) => severity === "error")).toEqual([]);
    expect(validateConfig(value.config_schema, { base_url: "https://api.openai.com/v1" })).toEqual([]);
    expect(validateConfig(value.config_schema, { base_url: "ftp://x" })).toHaveLength(1);
    expect(value.capabilities).toMatchObject({ streaming: true, function_calling: true, vision: true });
    expect(server.requests).toEqual([]);
  });
});

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
    expect(server.requests.at(-1)?.headers).toMatchObject({
      authorization: `Bearer ${server.key}`,
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
    server.refusesStreamOptions = true;
    const plugin = await open();
    const chunks = await collect(plugin.chat(REQUEST));
    expect(textOf(chunks)).toBe("You said: hello there");
    expect(chunks.some(({ usage }) => usage)).toBe(false);
    const before = server.requests.length;
    await collect(plugin.chat(REQUEST));
    expect(server.requests).toHaveLength(before + 1);
  });

  it("uses the newer name of max_tokens for models that insist", async () => {
    server.renamedLimit.add("gpt-4o");
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

  it("understands an error beside the choices, as OpenRouter streams it", async () => {
    const plugin = await open();
    const event = {
      id: "x",
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      error: { code: 502, message: "Upstream idle" },
    };
    server.script.push({
      status: 200,
      headers: { "content-type": "text/event-stream" },
      body: `: OPENROUTER PROCESSING\n\ndata: ${JSON.stringify(event)}\n\n`,
    });
    await expect(collect(plugin.chat(REQUEST))).rejects.toMatchObject({
      code: "plugin_provider_unavailable",
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ broke off POST \/chat\/completions: Upstream idle/),
    });
  });

  it("ends at [DONE] even where no finish_reason was said", async () => {
    const plugin = await open();
    server.script.push({
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
    server.fault = fault;
    const seen: ChatChunk[] = [];
    const error = await failure(collect(plugin.chat(REQUEST), seen));
    expect(error).toMatchObject({ code, message: expect.stringContaining(`127.0.0.1:${server.port}`) });
    expect(textOf(seen)).toBe("You ");
  });

  it("closes the connection to the service when the reader leaves or aborts, and leaves none open", async () => {
    server.says = "word ".repeat(10_000);
    server.paceMs = 2;
    const plugin = await open();
    for await (const chunk of plugin.chat(REQUEST)) if (textOf([chunk]) !== "") break;
    await expect.poll(() => server.aborted()).toBe(1);
    const stop = new AbortController();
    const run = (async () => {
      for await (const chunk of plugin.chat(REQUEST, stop.signal)) if (textOf([chunk]) !== "") stop.abort();
    })();
    await expect(run).rejects.toMatchObject({ code: "request_aborted" });
    await expect.poll(() => server.aborted()).toBe(2);
    await expect.poll(() => server.openSockets()).toBe(0);
  });
});

/** Bodies as the services send them, and what the console makes of them. */
const FAULTS: Array<[string, number, Record<string, string>, unknown, object]> = [
  [
    "OpenAI, wrong key",
    401,
    {},
    {
      error: {
        message: "Incorrect API key provided.",
        type: "invalid_request_error",
        param: null,
        code: "invalid_api_key",
      },
    },
    {
      code: "plugin_authentication_failed",
      extras: { plugin: { status: 401, transient: false, code: "invalid_api_key" } },
    },
  ],
  [
    "OpenAI, too fast",
    429,
    { "retry-after": "7" },
    {
      error: {
        message: "Rate limit reached for gpt-4o",
        type: "tokens",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
    { code: "plugin_rate_limited", extras: { plugin: { transient: true, retryAfterSeconds: 7 } } },
  ],
  [
    "OpenAI, too fast, in words",
    429,
    {},
    {
      error: {
        message: "Rate limit reached. Please try again in 1.2s.",
        type: "requests",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
    { code: "plugin_rate_limited", extras: { plugin: { retryAfterSeconds: 1.2 } } },
  ],
  [
    "OpenAI, no money",
    429,
    {},
    {
      error: {
        message: "You exceeded your current quota",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
      },
    },
    { code: "plugin_quota_exceeded", extras: { plugin: { transient: false } } },
  ],
  [
    "OpenAI, milliseconds",
    429,
    { "retry-after-ms": "1500", "retry-after": "2" },
    { error: { message: "Slow down", type: "requests", code: null } },
    { code: "plugin_rate_limited", extras: { plugin: { retryAfterSeconds: 1.5 } } },
  ],
  [
    "OpenAI, too long",
    400,
    {},
    {
      error: {
        message: "This model's maximum context length is 128000 tokens.",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    },
    { code: "plugin_invalid_request" },
  ],
  [
    "OpenAI, filter",
    400,
    {},
    {
      error: {
        message: "Your request was rejected by our safety system.",
        type: "invalid_request_error",
        code: "content_policy_violation",
      },
    },
    { code: "plugin_content_filter" },
  ],
  [
    "OpenAI, trouble",
    500,
    {},
    { error: { message: "The server had an error", type: "server_error", code: null } },
    { code: "plugin_provider_unavailable", extras: { plugin: { transient: true } } },
  ],
  [
    "vLLM, unknown model",
    404,
    {},
    {
      object: "error",
      message: "The model `x` does not exist.",
      type: "NotFoundError",
      param: null,
      code: 404,
    },
    { code: "plugin_model_not_found" },
  ],
  [
    "vLLM, bad request",
    400,
    {},
    { error: { message: "max_tokens is too large", type: "BadRequestError", param: null, code: 400 } },
    { code: "plugin_invalid_request" },
  ],
  ["vLLM, no key", 401, {}, { error: "Unauthorized" }, { code: "plugin_authentication_failed" }],
  [
    "Ollama, unknown model",
    404,
    {},
    {
      error: {
        message: 'model "x" not found, try pulling it first',
        type: "api_error",
        param: null,
        code: null,
      },
    },
    { code: "plugin_model_not_found" },
  ],
  ["Ollama, its own shape", 404, {}, { error: "model 'x' not found" }, { code: "plugin_model_not_found" }],
  [
    "Ollama, no tools",
    400,
    {},
    { error: { message: "llama2 does not support tools", type: "api_error", param: null, code: null } },
    { code: "plugin_invalid_request" },
  ],
  [
    "LM Studio, wrong path with 200",
    200,
    {},
    { error: "Unexpected endpoint or method. (POST /chat/completions)" },
    { code: "plugin_endpoint_missing" },
  ],
  [
    "LM Studio, nothing loaded",
    404,
    {},
    {
      error: {
        message: "No models loaded. Please load a model.",
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found",
      },
    },
    { code: "plugin_model_not_found" },
  ],
  [
    "OpenRouter, no credits",
    402,
    {},
    { error: { code: 402, message: "Insufficient credits" } },
    { code: "plugin_quota_exceeded", extras: { plugin: { status: 402 } } },
  ],
  [
    "OpenRouter, no credits with 200",
    200,
    {},
    { error: { code: 402, message: "Add more" } },
    { code: "plugin_quota_exceeded" },
  ],
  [
    "OpenRouter, flagged",
    403,
    {},
    { error: { code: 403, message: "Your input was flagged", metadata: { reasons: ["violence"] } } },
    { code: "plugin_content_filter" },
  ],
  [
    "OpenRouter, provider down",
    502,
    {},
    { error: { code: 502, message: "Provider returned error" } },
    { code: "plugin_provider_unavailable" },
  ],
  [
    "Groq, request too large",
    413,
    {},
    { error: { message: "Request too large for model", type: "tokens", code: "rate_limit_exceeded" } },
    { code: "plugin_rate_limited" },
  ],
  [
    "Groq, no capacity",
    498,
    {},
    { error: { message: "Flex tier capacity exceeded", type: "capacity", code: "capacity_exceeded" } },
    { code: "plugin_provider_unavailable", extras: { plugin: { transient: true } } },
  ],
  [
    "Groq, minutes",
    429,
    {},
    {
      error: {
        message: "Rate limit reached. Please try again in 2m30s.",
        type: "tokens",
        code: "rate_limit_exceeded",
      },
    },
    { extras: { plugin: { retryAfterSeconds: 150 } } },
  ],
  [
    "Mistral, wrong key",
    401,
    {},
    { message: "Unauthorized", request_id: "1" },
    { code: "plugin_authentication_failed" },
  ],
  [
    "Mistral, unknown model",
    400,
    {},
    { object: "error", message: "Invalid model: x", type: "invalid_model", param: null, code: "1500" },
    { code: "plugin_model_not_found" },
  ],
  [
    "Mistral, bad field",
    422,
    {},
    {
      object: "error",
      message: { detail: [{ type: "missing", loc: ["body", "messages"], msg: "Field required" }] },
      type: "invalid_request_error",
      code: null,
    },
    { code: "plugin_invalid_request", message: expect.stringContaining("body.messages: Field required") },
  ],
  [
    "Mistral, busy",
    429,
    {},
    {
      object: "error",
      message: "Service tier capacity exceeded for this model.",
      type: "service_tier_capacity_exceeded",
      code: "3505",
    },
    { code: "plugin_rate_limited" },
  ],
  [
    "DeepSeek, wrong key",
    401,
    {},
    {
      error: {
        message: "Authentication Fails (no such user)",
        type: "authentication_error",
        param: null,
        code: "invalid_request_error",
      },
    },
    { code: "plugin_authentication_failed" },
  ],
  [
    "DeepSeek, no balance",
    402,
    {},
    {
      error: {
        message: "Insufficient Balance",
        type: "unknown_error",
        param: null,
        code: "invalid_request_error",
      },
    },
    { code: "plugin_quota_exceeded" },
  ],
  [
    "DeepSeek, unknown model",
    400,
    {},
    {
      error: {
        message: "Model Not Exist",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request_error",
      },
    },
    { code: "plugin_model_not_found" },
  ],
  [
    "DeepSeek, busy",
    503,
    { "retry-after": "30" },
    "upstream busy",
    { code: "plugin_provider_unavailable", extras: { plugin: { retryAfterSeconds: 30 } } },
  ],
  [
    "a proxy's page",
    502,
    { "content-type": "text/html" },
    "<html><title>502 Bad Gateway</title></html>",
    { code: "plugin_provider_unavailable" },
  ],
  [
    "a wrong path",
    404,
    { "content-type": "text/plain" },
    "404 page not found",
    { code: "plugin_endpoint_missing", extras: { hint: expect.stringContaining("/v1") } },
  ],
  [
    "another address",
    308,
    { location: "https://elsewhere.example/v1/chat/completions" },
    "",
    { code: "plugin_redirect_refused", message: expect.stringContaining("elsewhere.example") },
  ],
  [
    "a web page",
    200,
    { "content-type": "text/html" },
    "<html><title>Welcome</title></html>",
    { code: "plugin_wrong_content_type" },
  ],
  ["no choice", 200, {}, { id: "x", choices: [] }, { code: "plugin_invalid_response" }],
];

describe("an error of the service", () => {
  it.each(FAULTS)("%s (%i)", async (_case, status, headers, body, expected) => {
    const plugin = await open();
    server.script.push({ status, headers, body });
    const error = await failure(collect(plugin.chat(REQUEST)));
    expect(error).toMatchObject({
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
      ...expected,
    });
  });

  it.each([
    ["models", 2 * 1024 * 1024, (plugin: PluginClient) => plugin.models()],
    ["an answer", 16 * 1024 * 1024, (plugin: PluginClient) => collect(plugin.chat(REQUEST))],
  ])("that is none, but too much of %s, is cut at %i bytes", async (_case, cap, work) => {
    const plugin = await open();
    const headers = { "content-type": "application/json" };
    server.script.push({ status: 200, headers, body: `{"data": "${"x".repeat(cap)}"}` });
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

describe("models", () => {
  it("are filtered and priced as configured", async () => {
    const plugin = await open({
      model_filter: "gpt-*, !*-audio*",
      model_prices: { "gpt-4o": { input: 2.5, output: 10 } },
    });
    expect((await plugin.models()).value).toEqual([{ id: "gpt-4o", cost_per_mtoken: 6.25 }]);
  });

  it("take from the service what it says: OpenRouter, Mistral, vLLM, Groq", async () => {
    server.models = [
      {
        id: "a/b",
        name: "B",
        description: "Good",
        context_length: 8000,
        pricing: { prompt: "0.000001", completion: "0.000003" },
        supported_parameters: ["tools"],
        architecture: { input_modalities: ["text"] },
        top_provider: { max_completion_tokens: 4000 },
      },
      {
        id: "mistral-large",
        max_context_length: 131072,
        capabilities: { function_calling: true, vision: true },
        deprecation: "2026-11-30",
      },
      { id: "llama", max_model_len: 4096 },
      { id: "groq", context_window: 131072, max_completion_tokens: 32768, capabilities: null },
    ];
    expect((await (await open()).models()).value).toEqual([
      {
        id: "a/b",
        name: "B",
        description: "Good",
        context_window: 8000,
        max_output_tokens: 4000,
        cost_per_mtoken: 2,
        capabilities: { function_calling: true, vision: false },
      },
      {
        id: "mistral-large",
        context_window: 131072,
        capabilities: { function_calling: true, vision: true },
        deprecated: true,
      },
      { id: "llama", context_window: 4096 },
      { id: "groq", context_window: 131072, max_output_tokens: 32768 },
    ]);
  });

  it.each([{ object: "list", data: null }, []])("may be none: %j", async (body) => {
    const plugin = await open();
    server.script.push({ status: 200, body });
    expect((await plugin.models()).value).toEqual([]);
  });
});

describe("health", () => {
  it("is a look at the models, and says where", async () => {
    const { value } = await (await open()).health();
    expect(value).toEqual({ healthy: true, message: `127.0.0.1:${server.port} answers, with 3 models` });
  });

  it("tells a changed key from a service that is gone", async () => {
    const plugin = await open();
    server.key = "sk-another";
    await expect(plugin.health()).rejects.toMatchObject({ code: "plugin_authentication_failed" });
    await server.close();
    await expect(plugin.health()).rejects.toMatchObject({
      code: "plugin_unreachable",
      extras: { hint: expect.stringContaining("base_url") },
    });
    server = await serveOpenAi();
  });

  it("is down before initialize and after cleanup", async () => {
    const plugin = await open();
    await plugin.cleanup();
    expect((await plugin.health()).value.healthy).toBe(false);
    await expect(collect(plugin.chat(REQUEST))).rejects.toMatchObject({ code: "plugin_not_initialized" });
  });
});

describe("initialize", () => {
  it("asks for the approval of a private address, naming it, and sends nothing before", async () => {
    const plugin = make({ approvals: { isApproved: () => false } });
    await expect(plugin.initialize({ base_url: server.baseUrl, api_key: "k" })).rejects.toMatchObject({
      code: "address_needs_approval",
      extras: { details: { host: "127.0.0.1", port: server.port } },
    });
    expect(server.requests).toEqual([]);
  });

  it("refuses forbidden addresses whoever approved them", async () => {
    const plugin = make({ approvals: { isApproved: () => true } });
    await expect(plugin.initialize({ base_url: "http://169.254.169.254/v1" })).rejects.toMatchObject({
      code: "address_forbidden",
    });
  });

  it("stops at a wrong key, and goes on when the service only happens to be down", async () => {
    const plugin = make();
    const config = { base_url: server.baseUrl, api_key: "sk-wrong-key" };
    await expect(plugin.initialize(config)).rejects.toMatchObject({ code: "plugin_authentication_failed" });
    server.script.push({ status: 503, body: "down" });
    await plugin.initialize(config);
  });

  it.each([
    ["base_url", { base_url: "grpc://127.0.0.1:50051" }],
    ["base_url", { base_url: "http://user:pw@127.0.0.1/v1" }],
    ["api_key", { api_key: "sk-two words" }],
    ["model_filter", { model_filter: "/(unclosed/" }],
    ["model_prices", { model_prices: { "gpt-4o": "cheap" } }],
    ["model_prices", { model_prices: [] }],
    ["default_headers", { default_headers: { Host: "evil.test" } }],
    ["default_headers", { default_headers: { "x y": "1" } }],
    ["default_headers", { default_headers: { "x-a": "1\r\nx-b: 2" } }],
    ["default_headers", { default_headers: "x" }],
  ])("names %s when it cannot be used: %j", async (field, config) => {
    const plugin = make();
    await expect(plugin.initialize({ base_url: server.baseUrl, ...config })).rejects.toMatchObject({
      code: "config_incomplete",
      extras: { field },
    });
    expect(server.requests).toEqual([]);
  });

  it("sends organisation and extra headers, and never lets them replace the console's own", async () => {
    await open({
      organization: "org-1",
      default_headers: { "X-Title": "Loom", "HTTP-Referer": "https://loom.test" },
    });
    expect(server.requests[0]?.headers).toMatchObject({
      "openai-organization": "org-1",
      "x-title": "Loom",
      "http-referer": "https://loom.test",
      "user-agent": "loom-console",
    });
  });
});

describe("the key", () => {
  const CANARY = "canary-8f3a-secret-key-77";
  const HEADER = "canary-header-token-99";

  it("is nowhere in what comes back, whatever the service repeats", async () => {
    server.key = CANARY;
    const plugin = await open({ default_headers: { "x-auth-token": HEADER } });
    const echo = `your key ${CANARY} and ${HEADER} and Bearer ${CANARY}`;
    server.models = [{ id: CANARY, name: echo }];
    const seen: unknown[] = [await plugin.models(), await plugin.health()];
    for (const [status, body] of [
      [401, { error: { message: echo, code: CANARY } }],
      [400, `<html>${echo}</html>`],
      [500, { [CANARY]: echo }],
      [200, `{"broken": "${echo}"`],
      [302, ""],
    ] as const) {
      server.script.push({
        status,
        body,
        headers: { location: `https://x.test/${CANARY}`, "content-type": "application/json" },
      });
      const error = (await failure(collect(plugin.chat(REQUEST)))) as { toInfo(): unknown };
      seen.push(error.toInfo());
    }
    server.models = [{ id: "gpt-4o" }];
    server.says = echo.replaceAll(" ", "_");
    seen.push(await collect(plugin.chat(REQUEST)), await collect(plugin.chat({ ...REQUEST, stream: false })));
    const text = JSON.stringify(seen);
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(HEADER);
    expect(text).toContain("[redacted]");
  });
});
