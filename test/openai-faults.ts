import { expect } from "vitest";

/** Refusals and broken answers of services that speak OpenAI's chat completions. */

/** What the service is called, its status, headers and body as it sends them, and what the error of the chat matches. */
export const OPENAI_FAULTS: Array<
  [service: string, status: number, headers: Record<string, string>, body: unknown, expected: object]
> = [
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
    "OpenAI, too fast by milliseconds",
    429,
    {},
    { error: { message: "Rate limit reached. Please try again in 86ms.", type: "requests" } },
    { code: "plugin_rate_limited", extras: { plugin: { retryAfterSeconds: 0.086 } } },
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
