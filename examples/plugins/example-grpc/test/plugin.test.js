import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import {
  Client,
  credentials,
  loadPackageDefinition,
  ServerCredentials,
  status as Status,
} from "@grpc/grpc-js";
import { createPlugin, PLUGIN_ERROR, SERVICE } from "../service.js";
import { fromStruct, toStruct } from "../struct.js";

const { Plugin } = loadPackageDefinition({ Plugin: SERVICE });

let server;
let client;

const bind = (plugin) =>
  new Promise((resolve, reject) => {
    plugin.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });

beforeEach(async () => {
  server = createPlugin();
  client = new Plugin(`127.0.0.1:${await bind(server)}`, credentials.createInsecure());
});

afterEach(() => {
  client.close();
  server.forceShutdown();
});

/** One call; rejects with `{ status, error }`, the error read from the trailer. */
const ask = (method, request = {}) =>
  new Promise((resolve, reject) => {
    client[method](request, (failure, answer) => (failure ? reject(readFailure(failure)) : resolve(answer)));
  });

const readFailure = ({ code, metadata }) => {
  const [bytes] = metadata.get("loom-plugin-error-bin");
  return { status: code, error: bytes && PLUGIN_ERROR.deserialize(bytes) };
};

const failureOf = (promise) =>
  promise.then(
    () => assert.fail("expected a failure"),
    (failure) => failure,
  );

const initialize = (config) => ask("Initialize", { config: toStruct(config) });
const say = (content, extra) => ({ model: "offline-echo", messages: [{ role: "user", content }], ...extra });
const stream = (request) => client.CreateChatCompletionStream({ ...request, stream: true });

const collect = async (call) => {
  const chunks = [];
  for await (const chunk of call) chunks.push(chunk);
  return chunks;
};

const textOf = (chunks) => chunks.map(({ choices }) => choices?.[0]?.delta?.content ?? "").join("");

it("speaks exactly the console's plugin.proto", (context) => {
  const original = new URL("../../../../lib/transport/plugin.proto", import.meta.url);
  if (!existsSync(original)) return context.skip("copied out of the console's repository");
  assert.equal(
    readFileSync(new URL("../plugin.proto", import.meta.url), "utf8"),
    readFileSync(original, "utf8"),
  );
});

describe("before Initialize", () => {
  it("describes itself", async () => {
    const metadata = await ask("GetMetadata");
    assert.equal(metadata.provider_type, "example-grpc");
    assert.equal(metadata.capabilities.streaming, true);
    const style = metadata.config_schema.find(({ name }) => name === "style");
    assert.deepEqual(style.default, { stringValue: "friendly" });
    assert.deepEqual(style.validation.enum, [{ stringValue: "friendly" }, { stringValue: "terse" }]);
    assert.equal("default" in metadata.config_schema.find(({ name }) => name === "api_key"), false);
  });

  it("is not healthy and says why", async () => {
    const health = await ask("HealthCheck");
    assert.equal(health.healthy, false);
    assert.equal(health.message, "not initialized");
  });

  for (const [method, request] of [
    ["GetModels", {}],
    ["CreateChatCompletion", say("hi")],
  ]) {
    it(`refuses ${method} with a structured error`, async () => {
      const { status, error } = await failureOf(ask(method, request));
      assert.equal(status, Status.INVALID_ARGUMENT);
      assert.equal(error.code, "invalid_request");
      assert.match(error.message, /not initialized/);
      assert.equal(error.transient, false);
    });
  }
});

describe("Initialize", () => {
  const refusals = [
    [{}, /offline is required/],
    [{ offline: false }, /api_key is required unless offline is on/],
    [{ offline: "yes" }, /offline must be true or false/],
    [{ offline: true, timeout_seconds: 1.5 }, /timeout_seconds must be a whole number/],
    [{ offline: true, style: "rude" }, /style must be one of friendly, terse/],
    [{ offline: false, api_key: "abc", base_url: "http://[" }, /base_url is not an address/],
  ];
  for (const [config, message] of refusals) {
    it(`refuses ${JSON.stringify(config)}`, async () => {
      const { error } = await failureOf(initialize(config));
      assert.equal(error.code, "invalid_request");
      assert.match(error.message, message);
      assert.equal((await ask("HealthCheck")).healthy, false);
    });
  }

  it("never repeats a secret in its errors", async () => {
    const { error } = await failureOf(initialize({ offline: false, api_key: "canary".repeat(100) }));
    assert.doesNotMatch(JSON.stringify(error), /canary/);
  });

  it("can be undone by Cleanup and repeated", async () => {
    await initialize({ offline: true });
    const first = await ask("HealthCheck");
    await ask("Cleanup");
    assert.equal((await ask("HealthCheck")).healthy, false);
    await initialize({ offline: true });
    const again = await ask("HealthCheck");
    assert.equal(again.healthy, true);
    assert.equal(fromStruct(again.details).boot_id, fromStruct(first.details).boot_id);
  });
});

describe("offline", () => {
  beforeEach(() => initialize({ offline: true, words_per_second: 1000, style: "terse" }));

  it("lists its models, free ones with a cost of 0", async () => {
    const { models } = await ask("GetModels");
    assert.deepEqual(
      models.map(({ id, cost_per_mtoken: cost }) => [id, cost]),
      [
        ["offline-echo", 0],
        ["offline-slow", 0],
      ],
    );
    assert.deepEqual(fromStruct(models[0].metadata), { token_counting: "one word is one token" });
  });

  it("answers in one piece with token counts", async () => {
    const answer = await ask("CreateChatCompletion", say("one two three"));
    assert.equal(answer.object, "chat.completion");
    assert.equal(answer.choices[0].message.content, "You said: one two three");
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.deepEqual(answer.usage, { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8, cost_usd: 0 });
  });

  it("streams the same answer word by word", async () => {
    const chunks = await collect(stream(say("one two three")));
    assert.equal(textOf(chunks), "You said: one two three");
    assert.equal(chunks.length, 6);
    assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
    assert.equal(chunks.at(-1).usage.completion_tokens, 5);
  });

  it("stops at max_tokens", async () => {
    const { choices } = await ask("CreateChatCompletion", say("one two three", { max_tokens: 3 }));
    assert.equal(choices[0].message.content.trim(), "You said: one");
    assert.equal(choices[0].finish_reason, "length");
  });

  it("refuses unknown models and malformed requests", async () => {
    const unknown = await failureOf(ask("CreateChatCompletion", say("hi", { model: "gpt-99" })));
    assert.equal(unknown.status, Status.NOT_FOUND);
    assert.equal(unknown.error.code, "model_not_found");
    for (const body of [
      {},
      { model: "offline-echo" },
      { model: "offline-echo", messages: [{ role: "user" }] },
    ]) {
      assert.equal((await failureOf(ask("CreateChatCompletion", body))).error.code, "invalid_request");
    }
  });

  it("shows any error on demand, streaming or not", async () => {
    const request = say("/fail rate_limit_exceeded");
    const failures = [
      await failureOf(ask("CreateChatCompletion", request)),
      readFailure(await failureOf(collect(stream(request)))),
    ];
    for (const { status, error } of failures) {
      assert.equal(status, Status.RESOURCE_EXHAUSTED);
      assert.equal(error.transient, true);
      assert.equal(error.details.retry_after, 5);
    }
  });

  it("ends an open stream with an error when it is cleaned up", async () => {
    const call = stream(say("/count 5000", { model: "offline-slow" }));
    const ended = failureOf(collect(call));
    await once(call, "metadata");
    await ask("Cleanup");
    assert.equal(readFailure(await ended).error.code, "provider_unavailable");
  });
});

describe("forwarding", () => {
  let upstream;
  let baseUrl;
  /** What the endpoint does with a chat request; set by each test. */
  let answer;
  let requests;

  before(async () => {
    upstream = createServer(async (req, res) => {
      let text = "";
      for await (const bytes of req) text += bytes;
      requests.push({ path: req.url, headers: req.headers, body: text && JSON.parse(text), res });
      if (req.url === "/v1/models") {
        res.setHeader("content-type", "application/json");
        return res.end(JSON.stringify({ data: [{ id: "large-1", context_length: 8192 }] }));
      }
      await answer(res);
    });
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    baseUrl = `http://127.0.0.1:${upstream.address().port}/v1`;
  });

  after(() => {
    upstream.close();
    upstream.closeAllConnections();
  });

  beforeEach(async () => {
    requests = [];
    await initialize({ offline: false, base_url: baseUrl, api_key: "sk-canary", timeout_seconds: 1 });
  });

  const answerJson = (status, body) => (res) => {
    res.writeHead(status, { "content-type": "application/json" });
    res.end(JSON.stringify(body));
  };

  const startEvents = (res, ...events) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of events)
      res.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`);
  };

  const delta = (content) => ({ id: "up-1", choices: [{ index: 0, delta: { content } }] });

  it("passes the request on with the key, and the answer back", async () => {
    answer = answerJson(200, {
      id: "up-1",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    });
    const reply = await ask(
      "CreateChatCompletion",
      say("hi", { temperature: 0.4, plugin_specific: toStruct({ seed: 7 }) }),
    );
    assert.equal(reply.id, "up-1");
    assert.equal(reply.choices[0].message.content, "Hi");
    assert.equal("usage" in reply, false);
    const [{ path, headers, body }] = requests;
    assert.equal(path, "/v1/chat/completions");
    assert.equal(headers.authorization, "Bearer sk-canary");
    assert.deepEqual(body, { ...say("hi"), temperature: 0.4, seed: 7, stream: false });
  });

  it("streams chunk by chunk and leaves out what it was not told", async () => {
    answer = (res) => {
      startEvents(
        res,
        delta("Hel"),
        delta("lo"),
        { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
        "[DONE]",
      );
      res.end();
    };
    const chunks = await collect(stream(say("hi")));
    assert.equal(textOf(chunks), "Hello");
    assert.ok(chunks.every((chunk) => !("usage" in chunk)));
  });

  it("aborts the endpoint's work when the caller leaves", async () => {
    answer = (res) => startEvents(res, delta("Hel"));
    const call = stream(say("hi"));
    call.on("error", () => {});
    await once(call, "data");
    call.cancel();
    await once(requests[0].res, "close");
  });

  it("translates the endpoint's errors and hides the key", async () => {
    answer = answerJson(401, { error: { message: "Incorrect API key sk-canary" } });
    const { status, error } = await failureOf(ask("CreateChatCompletion", say("hi")));
    assert.equal(status, Status.UNAUTHENTICATED);
    assert.equal(error.code, "authentication_failed");
    assert.doesNotMatch(error.message, /canary/);
  });

  it("gives up on a silent endpoint", async () => {
    answer = () => {};
    const { error } = await failureOf(ask("CreateChatCompletion", say("hi")));
    assert.equal(error.code, "timeout");
  });

  it("lists the endpoint's models", async () => {
    const { models } = await ask("GetModels");
    assert.deepEqual(
      models.map(({ id, context_window: size }) => [id, size]),
      [["large-1", 8192]],
    );
  });
});

describe("the process", () => {
  it("says where it listens, answers, and ends on SIGTERM", async () => {
    const child = spawn(process.execPath, ["plugin.js"], {
      cwd: new URL("..", import.meta.url),
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(child.stdout, "data");
    const [, address] = /grpc:\/\/(\S+)/.exec(String(line));
    const visitor = new Client(address, credentials.createInsecure());
    await new Promise((resolve, reject) =>
      visitor.waitForReady(Date.now() + 5_000, (error) => (error ? reject(error) : resolve())),
    );
    visitor.close();
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
});
