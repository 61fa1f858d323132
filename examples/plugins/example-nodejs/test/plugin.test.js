import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { createApp } from "../app.js";

const listen = async (server) => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
};

let server;
let base;

beforeEach(async () => {
  server = createServer(createApp());
  base = await listen(server);
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const get = async (path) => {
  const response = await fetch(base + path);
  return { status: response.status, body: await response.json() };
};

const send = (path, body, init) =>
  fetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...init,
  });

const post = async (path, body) => {
  const response = await send(path, body);
  return { status: response.status, body: await response.json() };
};

const say = (content, extra) => ({ model: "offline-echo", messages: [{ role: "user", content }], ...extra });

async function* readEvents(response) {
  let text = "";
  for await (const bytes of response.body) {
    text += Buffer.from(bytes).toString();
    const events = text.split("\n\n");
    text = events.pop();
    yield* events.map((event) => event.replace("data: ", ""));
  }
}

const collect = async (iterable) => {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
};

const textOf = (events) =>
  events
    .filter((event) => event !== "[DONE]")
    .map((event) => JSON.parse(event).choices?.[0]?.delta.content ?? "")
    .join("");

describe("before initialize", () => {
  it("describes itself", async () => {
    const { status, body } = await get("/metadata");
    assert.equal(status, 200);
    assert.equal(body.provider_type, "example-nodejs");
    assert.equal(body.capabilities.streaming, true);
    assert.deepEqual(
      new Set(body.config_schema.map(({ type }) => type)),
      new Set(["bool", "string", "int", "float"]),
    );
  });

  it("is not healthy and says why", async () => {
    const { status, body } = await get("/health");
    assert.equal(status, 503);
    assert.equal(body.healthy, false);
    assert.equal(body.message, "not initialized");
  });

  const early = { chat: () => post("/chat/completions", say("hi")), models: () => get("/models") };
  for (const [name, call] of Object.entries(early)) {
    it(`refuses ${name} with a structured error`, async () => {
      const { status, body } = await call();
      assert.equal(status, 400);
      assert.equal(body.code, "invalid_request");
      assert.match(body.message, /not initialized/);
      assert.equal(body.transient, false);
    });
  }
});

describe("initialize", () => {
  const refusals = [
    [{}, /offline is required/],
    [{ offline: false }, /api_key is required unless offline is on/],
    [{ offline: "yes" }, /offline must be true or false/],
    [{ offline: true, timeout_seconds: 1.5 }, /timeout_seconds must be a whole number/],
    [{ offline: true, timeout_seconds: 0 }, /timeout_seconds must be at least 1/],
    [{ offline: true, words_per_second: 2000 }, /words_per_second must be at most 1000/],
    [{ offline: true, style: "rude" }, /style must be one of friendly, terse/],
    [{ offline: false, api_key: "ab" }, /api_key must have at least 3 characters/],
    [{ offline: false, api_key: "abc", base_url: "ftp://x" }, /base_url must match/],
    [{ offline: false, api_key: "abc", base_url: "http://[" }, /base_url is not an address/],
    [[], /must be a JSON object/],
  ];
  for (const [config, message] of refusals) {
    it(`refuses ${JSON.stringify(config)}`, async () => {
      const { status, body } = await post("/initialize", config);
      assert.equal(status, 400);
      assert.equal(body.code, "invalid_request");
      assert.match(body.message, message);
      assert.equal((await get("/health")).status, 503);
    });
  }

  it("names every problem at once", async () => {
    const { body } = await post("/initialize", { timeout_seconds: 0, style: "rude" });
    assert.match(body.message, /offline.*timeout_seconds.*style/);
  });

  it("never repeats a secret in its errors", async () => {
    const { body } = await post("/initialize", { offline: false, api_key: "canary".repeat(100) });
    assert.doesNotMatch(JSON.stringify(body), /canary/);
  });

  it("answers broken JSON with a structured error", async () => {
    const response = await send("/initialize", null, { body: "{" });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).code, "invalid_request");
  });

  it("can be undone by cleanup and repeated", async () => {
    assert.equal((await post("/initialize", { offline: true })).status, 200);
    const first = await get("/health");
    assert.equal((await post("/cleanup", {})).status, 200);
    assert.equal((await get("/health")).status, 503);
    assert.equal((await post("/initialize", { offline: true })).status, 200);
    const again = await get("/health");
    assert.equal(again.body.details.boot_id, first.body.details.boot_id);
    assert.equal(again.body.details.started_at, first.body.details.started_at);
  });
});

describe("offline", () => {
  beforeEach(() => post("/initialize", { offline: true, words_per_second: 1000, style: "terse" }));

  it("is healthy and lists its models", async () => {
    const health = await get("/health");
    assert.equal(health.status, 200);
    assert.equal(health.body.healthy, true);
    assert.equal(health.body.details.provider_status, "offline");
    assert.deepEqual(
      (await get("/models")).body.map(({ id }) => id),
      ["offline-echo", "offline-slow"],
    );
  });

  it("answers in one piece with token counts", async () => {
    const { body } = await post("/chat/completions", say("one two three"));
    assert.equal(body.object, "chat.completion");
    assert.equal(body.choices[0].message.content, "You said: one two three");
    assert.equal(body.choices[0].finish_reason, "stop");
    assert.deepEqual(body.usage, { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8, cost_usd: 0 });
  });

  it("streams the same answer word by word", async () => {
    const response = await send("/chat/completions", say("one two three", { stream: true }));
    assert.match(response.headers.get("content-type"), /^text\/event-stream/);
    const events = await collect(readEvents(response));
    assert.equal(textOf(events), "You said: one two three");
    assert.equal(events.length, 7);
    assert.equal(events.at(-1), "[DONE]");
    const last = JSON.parse(events.at(-2));
    assert.equal(last.object, "chat.completion.chunk");
    assert.equal(last.choices[0].finish_reason, "stop");
    assert.equal(last.usage.completion_tokens, 5);
  });

  it("stops at max_tokens and at stop sequences", async () => {
    const short = await post("/chat/completions", say("one two three", { max_tokens: 3 }));
    assert.equal(short.body.choices[0].message.content.trim(), "You said: one");
    assert.equal(short.body.choices[0].finish_reason, "length");
    const stopped = await post("/chat/completions", say("one two three", { stop: ["two"] }));
    assert.equal(stopped.body.choices[0].message.content.trim(), "You said: one");
    assert.equal(stopped.body.choices[0].finish_reason, "stop");
  });

  it("offers only the models the filter names", async () => {
    await post("/initialize", { offline: true, model: "slow" });
    assert.deepEqual(
      (await get("/models")).body.map(({ id }) => id),
      ["offline-slow"],
    );
    assert.equal((await post("/chat/completions", say("hi"))).body.code, "model_not_found");
  });

  it("refuses unknown models and malformed requests", async () => {
    const unknown = await post("/chat/completions", say("hi", { model: "gpt-99" }));
    assert.equal(unknown.status, 404);
    assert.equal(unknown.body.code, "model_not_found");
    for (const body of [
      {},
      { model: "offline-echo" },
      { model: "offline-echo", messages: [{ role: "user" }] },
    ]) {
      assert.equal((await post("/chat/completions", body)).body.code, "invalid_request");
    }
  });

  it("shows any error on demand, streaming or not", async () => {
    for (const stream of [false, true]) {
      const { status, body } = await post("/chat/completions", say("/fail rate_limit_exceeded", { stream }));
      assert.equal(status, 429);
      assert.equal(body.transient, true);
      assert.equal(body.details.retry_after, 5);
    }
  });

  it("ends an open stream with an error event when it is cleaned up", async () => {
    const response = await send(
      "/chat/completions",
      say("/count 5000", { model: "offline-slow", stream: true }),
    );
    const events = readEvents(response);
    await events.next();
    await post("/cleanup", {});
    const last = (await collect(events)).at(-1);
    assert.equal(JSON.parse(last).error.code, "provider_unavailable");
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
        return res.end(
          JSON.stringify({
            object: "list",
            data: [{ id: "large-1", context_length: 8192 }, { id: "small-1" }],
          }),
        );
      }
      await answer(res);
    });
    baseUrl = `${await listen(upstream)}/v1`;
  });

  after(() => {
    upstream.close();
    upstream.closeAllConnections();
  });

  beforeEach(async () => {
    requests = [];
    const config = { offline: false, base_url: `${baseUrl}/`, api_key: "sk-canary", timeout_seconds: 1 };
    assert.equal((await post("/initialize", config)).status, 200);
  });

  const answerJson = (status, body, headers) => (res) => {
    res.writeHead(status, { "content-type": "application/json", ...headers });
    res.end(JSON.stringify(body));
  };

  const writeEvents = (res, ...events) => {
    for (const event of events)
      res.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`);
  };

  const startEvents = (res, ...events) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    writeEvents(res, ...events);
  };

  const delta = (content) => ({ id: "up-1", choices: [{ index: 0, delta: { content } }] });

  it("passes the request on with the key, and the answer back", async () => {
    const reply = {
      id: "up-1",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    };
    answer = answerJson(200, reply);
    const { body } = await post(
      "/chat/completions",
      say("hi", { temperature: 0.5, plugin_specific: { seed: 7 } }),
    );
    assert.equal(body.id, "up-1");
    assert.equal(body.choices[0].message.content, "Hi");
    const [{ path, headers, body: sent }] = requests;
    assert.equal(path, "/v1/chat/completions");
    assert.equal(headers.authorization, "Bearer sk-canary");
    assert.deepEqual(sent, { ...say("hi"), temperature: 0.5, seed: 7, stream: false });
  });

  it("streams chunk by chunk", async () => {
    let finish;
    answer = (res) => {
      startEvents(res, delta("Hel"));
      finish = () => {
        writeEvents(res, delta("lo"), "[DONE]");
        res.end();
      };
    };
    const response = await send("/chat/completions", say("hi", { stream: true }));
    const events = readEvents(response);
    // The first chunk is here although the endpoint has not finished.
    assert.equal(textOf([(await events.next()).value]), "Hel");
    finish();
    const rest = await collect(events);
    assert.equal(textOf(rest), "lo");
    assert.equal(rest.at(-1), "[DONE]");
    assert.equal(requests[0].body.stream_options.include_usage, true);
  });

  it("turns an answer in one piece into one chunk", async () => {
    answer = answerJson(200, {
      choices: [{ index: 0, message: { role: "assistant", content: "All" }, finish_reason: "stop" }],
    });
    const events = await collect(readEvents(await send("/chat/completions", say("hi", { stream: true }))));
    assert.equal(textOf(events), "All");
  });

  it("aborts the endpoint's work when the caller leaves", async () => {
    answer = (res) => startEvents(res, delta("Hel"));
    const leaving = new AbortController();
    const response = await send("/chat/completions", say("hi", { stream: true }), { signal: leaving.signal });
    await readEvents(response).next();
    const closed = once(requests[0].res, "close");
    leaving.abort();
    await closed;
    assert.equal((await get("/health")).status, 200);
  });

  const mapped = [
    [401, {}, "authentication_failed", false],
    [404, { error: { message: "no such model" } }, "model_not_found", false],
    [429, { error: { code: "insufficient_quota" } }, "quota_exceeded", false],
    [400, { error: { code: "content_filter" } }, "content_filter", false],
    [400, {}, "invalid_request", false],
    [500, {}, "provider_unavailable", true],
    [302, {}, "provider_unavailable", true],
  ];
  for (const [status, reply, code, transient] of mapped) {
    it(`turns ${status} ${JSON.stringify(reply)} into ${code}`, async () => {
      answer = answerJson(status, reply, status === 302 ? { location: "http://127.0.0.1:1/" } : {});
      const { body } = await post("/chat/completions", say("hi", { stream: true }));
      assert.equal(body.code, code);
      assert.equal(body.transient, transient);
    });
  }

  it("keeps the endpoint's retry-after, in seconds and as a date", async () => {
    answer = answerJson(429, {}, { "retry-after": "17" });
    const { status, body } = await post("/chat/completions", say("hi"));
    assert.equal(status, 429);
    assert.deepEqual(
      [body.code, body.transient, body.details.retry_after],
      ["rate_limit_exceeded", true, 17],
    );
    answer = answerJson(429, {}, { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() });
    const later = (await post("/chat/completions", say("hi"))).body.details.retry_after;
    assert.ok(later > 3_000 && later <= 3_600);
  });

  it("does not pass the key on when the endpoint repeats it", async () => {
    answer = answerJson(401, { error: { message: "Incorrect API key: sk-canary" } });
    const { body } = await post("/chat/completions", say("hi"));
    assert.match(body.message, /Incorrect API key: \[key\]/);
  });

  it("reports silence as a timeout", async () => {
    answer = () => {};
    const { status, body } = await post("/chat/completions", say("hi"));
    assert.deepEqual([status, body.code, body.transient], [504, "timeout", true]);
  });

  const broken = [
    ["breaks off", (res) => (startEvents(res, delta("Hel")), setImmediate(() => res.destroy()))],
    ["ends without [DONE]", (res) => (startEvents(res, delta("Hel")), res.end())],
    ["sends something else than JSON", (res) => (startEvents(res, delta("Hel"), "{"), res.end())],
    [
      "sends an error",
      (res) => (startEvents(res, delta("Hel"), { error: { message: "overloaded" } }), res.end()),
    ],
    ["falls silent", (res) => startEvents(res, delta("Hel"))],
  ];
  for (const [name, behave] of broken) {
    it(`ends the stream with an error event when the endpoint ${name}`, async () => {
      answer = behave;
      const events = await collect(readEvents(await send("/chat/completions", say("hi", { stream: true }))));
      assert.equal(textOf(events), "Hel");
      assert.match(JSON.parse(events.at(-1)).error.code, /^(provider_unavailable|timeout)$/);
    });
  }

  it("lists the endpoint's models, filtered", async () => {
    const all = await get("/models");
    assert.deepEqual(
      all.body.map(({ id }) => id),
      ["large-1", "small-1"],
    );
    assert.equal(all.body[0].context_window, 8192);
    await post("/initialize", { offline: false, base_url: baseUrl, api_key: "sk-canary", model: "small" });
    assert.deepEqual(
      (await get("/models")).body.map(({ id }) => id),
      ["small-1"],
    );
    assert.equal(
      (await post("/chat/completions", say("hi", { model: "large-1" }))).body.code,
      "model_not_found",
    );
  });

  it("is healthy while the endpoint answers, without asking it every time", async () => {
    for (let i = 0; i < 3; i++) assert.equal((await get("/health")).body.healthy, true);
    assert.equal(requests.length, 1);
  });

  it("is not healthy when the endpoint cannot be reached, and says what to check", async () => {
    const vacant = createServer();
    const address = await listen(vacant);
    vacant.close();
    await once(vacant, "close");
    await post("/initialize", { offline: false, base_url: address, api_key: "sk-canary" });
    const { status, body } = await get("/health");
    assert.equal(status, 200);
    assert.equal(body.healthy, false);
    assert.match(body.message, /ECONNREFUSED.*base_url/);
    assert.equal((await post("/chat/completions", say("hi"))).body.code, "provider_unavailable");
  });
});

describe("the process", () => {
  it(
    "listens on loopback at PORT and exits promptly on SIGTERM with a stream open",
    { timeout: 10_000 },
    async () => {
      const child = spawn(process.execPath, [new URL("../plugin.js", import.meta.url).pathname], {
        env: { ...process.env, PORT: "0" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const [line] = await once(child.stdout, "data");
        base = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))[0];
        await post("/initialize", { offline: true });
        const response = await send("/chat/completions", say("/count 5000", { stream: true }));
        await readEvents(response).next();
        const exited = once(child, "exit");
        child.kill("SIGTERM");
        assert.deepEqual(await exited, [0, null]);
      } finally {
        child.kill("SIGKILL");
      }
    },
  );
});
