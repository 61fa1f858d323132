import { describe, expect, it } from "vitest";
import { collect } from "../../../test/contract-suite.ts";
import { failureOf, REQUEST, useOpenAiPlugin } from "../../../test/openai-plugin.ts";
import { validateConfig } from "../../core/config.ts";
import { findingsOf } from "../../intake/metadata.ts";

const service = useOpenAiPlugin();
const { make, open } = service;

describe("metadata", () => {
  it("has a schema whose only remark is the field type that Loom does not know", async () => {
    const { value } = await make().metadata();
    expect(findingsOf(value).filter(({ severity }) => severity === "error")).toEqual([]);
    expect(validateConfig(value.config_schema, { base_url: "https://api.openai.com/v1" })).toEqual([]);
    expect(validateConfig(value.config_schema, { base_url: "ftp://x" })).toHaveLength(1);
    expect(value.capabilities).toMatchObject({ streaming: true, function_calling: true, vision: true });
    expect(service.server.requests).toEqual([]);
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
    service.server.models = [
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

  it.each([
    [{ data: ["m1"] }, ["m1"], []],
    [["m1"], ["m1"], []],
    [{ models: [{ name: "m1" }, { model: "m2" }] }, ["m1", "m2"], []],
    [
      { data: [{ id: "m1" }, { id: 5 }, null, { id: "x".repeat(5_000) }, { id: "a\u0000b" }] },
      ["m1"],
      ["4 of 5 models cannot be read and are left out; [1]: it has no id"],
    ],
  ])("are read from %j", async (body, ids, warnings) => {
    const plugin = await open();
    service.server.script.push({ status: 200, body });
    const reply = await plugin.models();
    expect(reply.value.map(({ id }) => id)).toEqual(ids);
    expect(reply.warnings).toEqual(warnings);
  });

  it("that are no list at all are said to be unreadable", async () => {
    const plugin = await open();
    service.server.script.push({ status: 200, body: { hello: "there" } });
    await expect(plugin.models()).rejects.toMatchObject({ code: "plugin_invalid_response" });
  });

  it.each([{ object: "list", data: null }, []])("may be none: %j", async (body) => {
    const plugin = await open();
    service.server.script.push({ status: 200, body });
    expect((await plugin.models()).value).toEqual([]);
  });
});

describe("health", () => {
  it("asks for the models, and says where", async () => {
    const { value } = await (await open()).health();
    expect(value).toEqual({
      healthy: true,
      message: `127.0.0.1:${service.server.port} answers, with 3 models`,
    });
  });

  it("tells a changed key from a service that is gone", async () => {
    const plugin = await open();
    service.server.key = "sk-another";
    await expect(plugin.health()).rejects.toMatchObject({ code: "plugin_authentication_failed" });
    await service.stop();
    await expect(plugin.health()).rejects.toMatchObject({
      code: "plugin_unreachable",
      extras: { hint: expect.stringContaining("base_url") },
    });
  });

  it.each([404, 405, 501])("is good at a service that lists no models (%i)", async (status) => {
    const plugin = await open();
    service.server.script.push({
      status,
      body: { error: { message: "Unknown request URL: GET /v1/models" } },
    });
    const { value } = await plugin.health();
    expect(value.healthy).toBe(true);
    expect(value.message).toMatch(/answers: it lists no models\. .*GET \/v1\/models with \d+/);
    service.server.script.push({ status, body: "" });
    await expect(plugin.models()).rejects.toMatchObject({ code: "plugin_endpoint_missing" });
  });

  it("is good at a service whose list cannot be read", async () => {
    const plugin = await open();
    service.server.script.push({ status: 200, body: { hello: "there" } });
    expect((await plugin.health()).value).toMatchObject({
      healthy: true,
      message: expect.stringContaining("its list of models cannot be read"),
    });
  });

  it("counts a chat that went well since the last check as evidence, once", async () => {
    const plugin = await open();
    await collect(plugin.chat(REQUEST));
    service.server.script.push({ status: 403, body: { error: { message: "Not allowed to list models" } } });
    expect((await plugin.health()).value).toMatchObject({
      healthy: true,
      message: expect.stringContaining("it answered a chat since the last check"),
    });
    service.server.script.push({ status: 403, body: { error: { message: "Not allowed to list models" } } });
    await expect(plugin.health()).rejects.toMatchObject({ code: "plugin_authentication_failed" });
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
    await expect(plugin.initialize({ base_url: service.server.baseUrl, api_key: "k" })).rejects.toMatchObject(
      {
        code: "address_needs_approval",
        extras: { details: { host: "127.0.0.1", port: service.server.port } },
      },
    );
    expect(service.server.requests).toEqual([]);
  });

  it("refuses forbidden addresses whoever approved them", async () => {
    const plugin = make({ approvals: { isApproved: () => true } });
    await expect(plugin.initialize({ base_url: "http://169.254.169.254/v1" })).rejects.toMatchObject({
      code: "address_forbidden",
    });
  });

  it("stops at a wrong key, and goes on when the service only happens to be down", async () => {
    const plugin = make();
    const config = { base_url: service.server.baseUrl, api_key: "sk-wrong-key" };
    await expect(plugin.initialize(config)).rejects.toMatchObject({ code: "plugin_authentication_failed" });
    service.server.script.push({ status: 503, body: "down" });
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
    await expect(plugin.initialize({ base_url: service.server.baseUrl, ...config })).rejects.toMatchObject({
      code: "config_incomplete",
      extras: { field },
    });
    expect(service.server.requests).toEqual([]);
  });

  it.each(["/chat/completions", "/chat/completions/", "/models"])(
    "takes an address with the path of a call, %s, as the base, and says so",
    async (path) => {
      const plugin = await open({ base_url: ` ${service.server.baseUrl}${path} ` });
      expect(service.server.requests[0]?.path).toBe("/v1/models");
      expect((await plugin.models()).warnings).toEqual([`base_url was read as ${service.server.baseUrl}`]);
      expect((await plugin.health()).value.message).toContain("base_url was read as");
    },
  );

  it("leaves an address alone whose last word only looks like a call", async () => {
    const plugin = await open({ base_url: `${service.server.origin}/models` });
    await failureOf(plugin.models());
    expect(service.server.requests.at(-1)?.path).toBe("/models/models");
  });

  it("speaks to Azure with its header and version, whose key is as secret", async () => {
    service.server.key = null;
    const plugin = await open({
      api_key: "azure-key-0123456789",
      key_header: "api-key",
      api_version: "2024-10-21",
    });
    const [first] = service.server.requests;
    expect(first?.path).toBe("/v1/models?api-version=2024-10-21");
    expect(first?.headers).toMatchObject({ "api-key": "azure-key-0123456789" });
    expect(first?.headers).not.toHaveProperty("authorization");
    service.server.script.push({
      status: 400,
      body: { error: { message: "azure-key-0123456789 is wrong" } },
    });
    const error = (await failureOf(collect(plugin.chat(REQUEST)))) as Error;
    expect(error.message).toMatch(/POST \/v1\/chat\/completions with 400: \[redacted\] is wrong/);
  });

  it("sends organisation and extra headers, and never lets them replace the console's own", async () => {
    await open({
      organization: "org-1",
      default_headers: { "X-Title": "Loom", "HTTP-Referer": "https://loom.test" },
    });
    expect(service.server.requests[0]?.headers).toMatchObject({
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
    service.server.key = CANARY;
    const plugin = await open({ default_headers: { "x-auth-token": HEADER } });
    const echo = `your key ${CANARY} and ${HEADER} and Bearer ${CANARY}`;
    service.server.models = [{ id: CANARY, name: echo }];
    const seen: unknown[] = [await plugin.models(), await plugin.health()];
    for (const [status, body] of [
      [401, { error: { message: echo, code: CANARY } }],
      [400, `<html>${echo}</html>`],
      [500, { [CANARY]: echo }],
      [200, `{"broken": "${echo}"`],
      [302, ""],
    ] as const) {
      service.server.script.push({
        status,
        body,
        headers: { location: `https://x.test/${CANARY}`, "content-type": "application/json" },
      });
      const error = (await failureOf(collect(plugin.chat(REQUEST)))) as { toInfo(): unknown };
      seen.push(error.toInfo());
    }
    service.server.models = [{ id: "gpt-4o" }];
    service.server.says = echo.replaceAll(" ", "_");
    seen.push(await collect(plugin.chat(REQUEST)), await collect(plugin.chat({ ...REQUEST, stream: false })));
    service.server.says = `key ${CANARY.slice(0, 9)} ${CANARY}`;
    const split = await collect(plugin.chat(REQUEST));
    expect(split.map(({ choices }) => choices[0]?.delta?.content ?? "").join("")).not.toContain(CANARY);
    seen.push(split);
    const text = JSON.stringify(seen);
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(HEADER);
    expect(text).toContain("[redacted]");
  });
});
