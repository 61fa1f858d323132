import { describe, expect, it } from "vitest";
import { collect } from "../../../test/contract-suite.ts";
import { failure, REQUEST, useAnthropicPlugin } from "../../../test/anthropic-plugin.ts";
import { ChatMessage } from "../../contract/protocol.ts";
import { validateConfig } from "../../core/config.ts";
import { findingsOf } from "../../intake/metadata.ts";
import { toBody } from "./request.ts";

const service = useAnthropicPlugin();
const { make, open } = service;

it("has a schema without errors, and needs a key and nothing else", async () => {
  const { value } = await make().metadata();
  expect(findingsOf(value).filter(({ severity }) => severity === "error")).toEqual([]);
  expect(validateConfig(value.config_schema, {}).map(({ field }) => field)).toEqual(["api_key"]);
  expect(service.server.requests).toEqual([]);
});

describe("a request", () => {
  const turnsOf = (messages: ChatMessage[]) => toBody({ model: "m", messages }, 10).body["messages"];

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
    const { body } = toBody(
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
    service.server.script.push({ status, headers, body });
    expect(await failure(collect(plugin.chat(REQUEST)))).toMatchObject(expected);
  });

  it("in the request never leave the console", async () => {
    const plugin = await open();
    const before = service.server.requests.length;
    await expect(
      collect(plugin.chat({ ...REQUEST, messages: [{ role: "tool", content: "x" }] })),
    ).rejects.toMatchObject({
      code: "plugin_invalid_request",
    });
    expect(service.server.requests).toHaveLength(before);
  });
});

describe("models and health", () => {
  it("reads every page, filtered and priced", async () => {
    const plugin = await open({ model_filter: "claude-*", model_prices: { "claude-small-1": 2 } });
    expect((await plugin.models()).value).toEqual([
      { id: "claude-large-1", name: "Claude Large 1" },
      { id: "claude-small-1", name: "Claude Small 1", cost_per_mtoken: 2 },
    ]);
    expect(service.server.requests.at(-1)?.path).toBe("/v1/models?limit=100&after_id=claude-small-1");
  });

  it("stops reading a list that leads in a circle", async () => {
    const plugin = await open();
    for (let page = 0; page < 20; page++)
      service.server.script.push({
        status: 200,
        body: { data: [{ id: `m${page}` }], has_more: true, last_id: `m${page % 2}` },
      });
    expect((await plugin.models()).value).toHaveLength(10);
  });

  it("is healthy while the key is accepted", async () => {
    const plugin = await open({ base_url: `${service.server.origin}/v1/` });
    expect((await plugin.health()).value).toEqual({
      healthy: true,
      message: `127.0.0.1:${service.server.port} answers and accepts the key`,
    });
    service.server.key = "another";
    await expect(plugin.health()).rejects.toMatchObject({ code: "plugin_authentication_failed" });
  });

  it("a wrong key stops initialize, and is repeated nowhere", async () => {
    const canary = "canary-4c1d-key-8899";
    service.server.script.push({ status: 401, body: error401(canary) });
    const refused = (await failure(
      make().initialize({ base_url: service.server.origin, api_key: canary }),
    )) as {
      toInfo(): unknown;
    };
    expect(refused).toMatchObject({ code: "plugin_authentication_failed" });
    expect(JSON.stringify(refused.toInfo())).not.toContain(canary);
  });
});

function error401(key: string) {
  return { type: "error", error: { type: "authentication_error", message: `invalid x-api-key ${key}` } };
}

describe("a proxy of the API without a list of models", () => {
  it.each([404, 405, 501])("is well (%i)", async (status) => {
    const plugin = await service.open();
    service.server.script.push({ status, body: { error: { message: "no such route" } } });
    expect((await plugin.health()).value).toMatchObject({
      healthy: true,
      message: expect.stringContaining("it lists no models"),
    });
  });
});
