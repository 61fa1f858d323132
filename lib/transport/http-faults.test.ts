import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  startMisbehavingPlugin,
  type FaultName,
  type MisbehavingPlugin,
} from "../../test/misbehaving-plugin.ts";
import { AMPLE, HASTY } from "../../test/timeouts.ts";
import { isAppError, type AppError, type ErrorCode } from "../contract/error.ts";
import { createClock } from "../real-clock.ts";
import type { PluginClient } from "./client.ts";
import { createHttpClient, type HttpClientOptions } from "./http.ts";

let plugin: MisbehavingPlugin;
const clients: PluginClient[] = [];
beforeAll(async () => {
  plugin = await startMisbehavingPlugin();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
afterAll(() => plugin.close());

function connect(fault: FaultName, options: Partial<HttpClientOptions> = {}): PluginClient {
  const client = createHttpClient({
    endpoint: plugin.endpoint(fault),
    approvals: { isApproved: () => true },
    ownPort: () => 1,
    clock: createClock(),
    timeouts: AMPLE,
    ...options,
  });
  clients.push(client);
  return client;
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw new Error("expected an AppError", { cause: error });
  return error;
}

type ShortCall = "metadata" | "health" | "models" | "initialize" | "cleanup";
function call(client: PluginClient, name: ShortCall): Promise<{ value: unknown; warnings: string[] }> {
  return name === "initialize" ? client.initialize({}) : client[name]();
}

describe("a fault has its code and names the plugin", () => {
  const rows: Array<[FaultName, ShortCall, ErrorCode, RegExp]> = [
    ["closes-at-once", "health", "plugin_connection_lost", /closed the connection/],
    ["closes-in-the-body", "health", "plugin_connection_lost", /closed the connection/],
    ["not-http", "health", "plugin_invalid_response", /not HTTP/],
    ["giant-headers", "health", "plugin_response_too_large", /16 KB of headers/],
    ["gzip-damaged", "health", "plugin_invalid_response", /damaged/],
    ["unknown-encoding", "health", "plugin_wrong_content_type", /rot13/],
    ["truncated-json", "health", "plugin_invalid_json", /ends too early, at character \d+/],
    ["invalid-json", "health", "plugin_invalid_json", /character 1, near “{'healthy/],
    ["nul-json", "health", "plugin_invalid_json", /UTF-16 or binary/],
    ["nul-inside-json", "health", "plugin_invalid_json", /character 31/],
    ["utf16-json", "health", "plugin_invalid_json", /UTF-16/],
    ["latin1-json", "health", "plugin_invalid_json", /not valid UTF-8/],
    ["deep-json", "models", "plugin_invalid_json", /64 levels/],
    ["deep-object", "metadata", "plugin_invalid_json", /64 levels/],
    ["html-200", "metadata", "plugin_wrong_content_type", /looks like a web page: check the port/],
    ["html-as-text", "metadata", "plugin_wrong_content_type", /web page/],
    ["plain-text", "health", "plugin_wrong_content_type", /text\/plain/],
    ["no-content", "health", "plugin_empty_response", /empty \(status 204\)/],
    ["empty-200", "metadata", "plugin_empty_response", /empty/],
    ["redirect-301", "health", "plugin_redirect_refused", /elsewhere\.test/],
    ["redirect-302", "initialize", "plugin_redirect_refused", /127\.0\.0\.1/],
    ["redirect-307", "metadata", "plugin_redirect_refused", /169\.254\.169\.254/],
    ["redirect-308", "cleanup", "plugin_redirect_refused", /308/],
    ["unauthorized-401", "initialize", "plugin_authentication_failed", /Invalid API key format/],
    ["forbidden-403", "initialize", "plugin_authentication_failed", /403/],
    ["missing-404", "models", "plugin_endpoint_missing", /GET \/missing-404\/models with 404/],
    ["missing-404-guide", "models", "plugin_endpoint_missing", /No such path/],
    ["missing-404-guide", "initialize", "plugin_invalid_request", /No such path/],
    ["rate-limited-guide", "models", "plugin_rate_limited", /Slow down/],
    ["error-500-guide", "models", "plugin_provider_unavailable", /upstream is down/],
    ["error-500-empty", "models", "plugin_error", /with 500/],
    ["error-500-html", "models", "plugin_error", /Internal Server Error/],
    ["error-500-text", "models", "plugin_error", /ValueError/],
    ["error-openai", "models", "plugin_quota_exceeded", /current quota/],
    ["error-openai-string", "models", "plugin_error", /something broke/],
    ["error-fastapi", "initialize", "plugin_invalid_request", /api_key is required/],
    ["error-fastapi-list", "initialize", "plugin_invalid_request", /body\.model: Field required/],
    ["error-rfc9457", "initialize", "plugin_authentication_failed", /enough credit/],
    ["error-in-200", "metadata", "plugin_authentication_failed", /bad key/],
    ["error-unknown-code", "metadata", "plugin_error", /short and stout/],
    ["not-initialized", "models", "plugin_not_initialized", /not initialized/],
    ["error-never-ends", "models", "plugin_error", /with 500/],
    ["health-list", "health", "plugin_invalid_response", /expected an object, received an array/],
    ["metadata-types", "metadata", "plugin_invalid_response", /capabilities\.streaming/],
    ["metadata-no-name", "metadata", "plugin_invalid_response", /says: name: missing\.$/],
    [
      "metadata-several",
      "metadata",
      "plugin_invalid_response",
      /: name: expected a text; provider_type: missing; config_schema\[0\]\.name: must not be empty\.$/,
    ],
    ["models-no-id", "models", "plugin_invalid_response", /none of its 2 models can be read/],
    ["models-countless", "models", "plugin_response_too_large", /more than 250,000 values/],
    ["metadata-too-many-fields", "metadata", "plugin_response_too_large", /2,001 fields in config_schema/],
    ["upgrades", "health", "plugin_connection_lost", /./],
  ];

  it("a list of models that is too long is read as far as it is useful", async () => {
    const { value, warnings } = await connect("models-too-many").models();
    expect(value).toHaveLength(20_000);
    expect(warnings).toContain("the list has 20,001 models, and the first 20,000 are read");
  });

  it.each(rows)("%s on %s → %s", async (fault, name, code, message) => {
    const error = await failureOf(call(connect(fault), name));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`127.0.0.1:${plugin.port}`);
    expect(error.extras.hint).toBeTruthy();
    // One printable line, whatever was sent.
    expect(error.message).not.toMatch(/[\u0000-\u001f\u007f]/);
    expect(error.message.length).toBeLessThan(600);
  });
});

describe("silence", () => {
  const rows: Array<[FaultName, ShortCall]> = [
    ["never-answers", "metadata"],
    ["never-answers", "health"],
    ["never-answers", "models"],
    ["never-answers", "initialize"],
    ["never-answers", "cleanup"],
    ["headers-then-silence", "health"],
    ["headers-then-silence", "initialize"],
    ["half-body-then-silence", "models"],
  ];

  it.each(rows)("%s on %s ends at the deadline and destroys the socket", async (fault, name) => {
    const error = await failureOf(call(connect(fault, { timeouts: HASTY }), name));
    expect(error.code).toBe("plugin_timeout");
    expect(error.message).toContain("60 ms");
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
  });

  it("leaves no descriptor behind after a hundred of them", async () => {
    const client = connect("never-answers", { timeouts: HASTY });
    const before = openSocketsHere();
    const failures = await Promise.all(Array.from({ length: 100 }, () => failureOf(client.health())));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(["plugin_timeout"]));
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
    await vi.waitFor(() => expect(openSocketsHere()).toBeLessThanOrEqual(before));
  });
});

function openSocketsHere(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

describe("size", () => {
  it("refuses a declared gigabyte, with both numbers, without reading it", async () => {
    const before = plugin.bytesWritten();
    const error = await failureOf(connect("declares-a-gigabyte").models());
    expect(error.code).toBe("plugin_response_too_large");
    expect(error.message).toContain("1,073,741,824 bytes");
    expect(error.message).toContain("2 MB");
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
    // What the kernel's buffers swallowed, and no more.
    expect(plugin.bytesWritten() - before).toBeLessThan(16 * 1024 * 1024);
  });

  const caps: Array<[FaultName, ShortCall, string]> = [
    ["endless-body", "health", "64 KB"],
    ["endless-body", "metadata", "256 KB"],
    ["endless-body", "models", "2 MB"],
    ["endless-body", "initialize", "64 KB"],
    ["endless-body", "cleanup", "64 KB"],
    ["gzip-bomb", "health", "64 KB"],
    ["gzip-bomb", "models", "2 MB"],
  ];

  it.each(caps)("cuts %s on %s at %s of decoded bytes", async (fault, name, cap) => {
    const before = plugin.bytesWritten();
    const error = await failureOf(call(connect(fault), name));
    expect(error.code).toBe("plugin_response_too_large");
    expect(error.message).toContain(cap);
    await vi.waitFor(() => expect(plugin.openSockets()).toBe(0));
    expect(plugin.bytesWritten() - before).toBeLessThan(16 * 1024 * 1024);
  });
});

describe("what a plugin says about its failure is kept", () => {
  it("code, status, transient and retry_after of the guide's shape", async () => {
    const { extras } = await failureOf(connect("rate-limited-guide").models());
    expect(extras.plugin).toMatchObject({
      code: "rate_limit_exceeded",
      status: 429,
      transient: true,
      retryAfterSeconds: 60,
      limit: 1000,
      remaining: 0,
    });
  });

  it("Retry-After of a bare 429", async () => {
    const { code, extras } = await failureOf(connect("rate-limited-header").models());
    expect(code).toBe("plugin_rate_limited");
    expect(extras.plugin).toMatchObject({ status: 429, retryAfterSeconds: 17 });
  });

  it("the words of a web page without its markup", async () => {
    const { extras } = await failureOf(connect("error-500-html").models());
    expect(extras.plugin?.excerpt).toBe("Internal Server Error");
  });

  it("nothing of the configuration that was sent, and nothing shaped like a key", async () => {
    const client = connect("echoes-configuration", { sensitiveFields: ["api_key"] });
    const error = await failureOf(client.initialize({ api_key: "canary-value-42", region: "cannot use" }));
    expect(JSON.stringify(error.toInfo())).not.toMatch(/canary/);
    expect(error.message).toContain("cannot use [redacted]");
  });
});

describe("health", () => {
  const down: Array<[FaultName, RegExp]> = [
    ["health-status-ok", /no healthy field \(only status\)/],
    ["health-text-true", /must be true or false, not a string.*says: OK/],
    ["health-503", /no connection to the provider/],
    ["health-503-healthy", /with status 503/],
  ];

  it.each(down)("%s is an answer, and down with the reason", async (fault, message) => {
    const { value } = await connect(fault).health();
    expect(value.healthy).toBe(false);
    expect(value.message).toMatch(message);
  });

  const odd: Array<[FaultName, RegExp]> = [
    ["latency-text", /latency_ms must be a number.*not a string/],
    ["latency-negative", /latency_ms must be a number.*not -5/],
    ["latency-huge", /latency_ms/],
    ["latency-infinite", /latency_ms/],
    ["latency-with-point", /latency_ms is written 5\.0/],
    ["timestamp-1970", /clock is \d+ s behind ours/],
    ["timestamp-2100", /clock is \d+ s ahead of ours/],
    ["timestamp-naive", /no time zone/],
    ["timestamp-garbage", /not an ISO 8601 time/],
    [
      "health-capitals",
      /Healthy is spelled healthy in the protocol\n.*LatencyMs is spelled.*: Loom ignores it/s,
    ],
    ["json-as-text", /content type is text\/plain/],
    ["json-as-html", /content type is text\/html/],
  ];

  it.each(odd)("%s is up, with a warning", async (fault, warning) => {
    const { value, warnings } = await connect(fault).health();
    expect(value.healthy).toBe(true);
    expect(warnings.join("\n")).toMatch(warning);
  });

  it.each(["gzip-honest", "brotli-honest", "hints-first", "proto-json"] as const)(
    "%s is up",
    async (fault) => {
      expect((await connect(fault).health()).value.healthy).toBe(true);
      expect({}).not.toHaveProperty("polluted");
    },
  );

  it("drops a latency it cannot believe", async () => {
    expect((await connect("latency-infinite").health()).value).not.toHaveProperty("latency_ms");
  });
});

describe("initialize and cleanup", () => {
  it.each(["no-content", "empty-200", "html-200", "truncated-json", "plain-text"] as const)(
    "are content with a 2xx, whatever the body (%s)",
    async (fault) => {
      await expect(connect(fault).initialize({})).resolves.toMatchObject({ value: null });
      await expect(connect(fault).cleanup()).resolves.toMatchObject({ value: null });
    },
  );
});

describe("lenient reading", () => {
  it("understands other spellings and null, each with a warning", async () => {
    const { value, warnings } = await connect("metadata-go-keys").metadata();
    expect(value).toMatchObject({ name: "Odd", provider_type: "odd" });
    expect(value.config_schema[0]).toMatchObject({ name: "key", validation: { min_length: 3 } });
    expect(value).not.toHaveProperty("homepage");
    expect(warnings.join("\n")).toMatch(/ProviderType is spelled provider_type/);
    expect(warnings.join("\n")).toMatch(/homepage is null/);
  });

  it("keeps unknown fields", async () => {
    expect((await connect("metadata-extra").metadata()).value).toHaveProperty("mood", "sunny");
  });

  it("unwraps models and rounds fractions, with warnings", async () => {
    const wrapped = await connect("models-wrapped").models();
    expect(wrapped.value).toEqual([{ id: "a" }]);
    expect(wrapped.warnings.join()).toMatch(/bare array/);
    const fraction = await connect("models-fraction").models();
    expect(fraction.value).toEqual([{ id: "a", context_window: 8193 }]);
    expect(fraction.warnings.join()).toMatch(/\[0\]\.context_window is 8192\.5/);
  });

  it("keeps a price that looks like one per thousand tokens, with a warning", async () => {
    const { value, warnings } = await connect("models-per-thousand").models();
    expect(value.map((model) => model.cost_per_mtoken)).toEqual([0.002, 2, 0]);
    expect(warnings).toEqual([
      "[0].cost_per_mtoken is 0.002 USD per million tokens, which looks like a price per thousand: write 2 then",
    ]);
  });
});

it("never takes an answer nobody asked for as the answer to another request", async () => {
  const client = connect("answers-unasked");
  for (let round = 0; round < 20; round += 1) {
    expect((await client.health()).value).toMatchObject({ healthy: true, message: "OK" });
  }
});
