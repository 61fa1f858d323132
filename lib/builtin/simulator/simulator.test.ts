import { describe, expect, it } from "vitest";
import { collect, textOf } from "../../../test/contract-suite.ts";
import { createFakeClock } from "../../../test/fake-clock.ts";
import { Metadata } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import type { ChatChunk, ChatRequest } from "../../contract/protocol.ts";
import { validateConfig } from "../../core/config.ts";
import { findingsOf } from "../../intake/metadata.ts";
import { createBuiltinClient } from "../../transport/builtin.ts";
import { createDice } from "./dice.ts";
import { BREAKS, FAILURES } from "./settings.ts";
import { createSimulator } from "./simulator.ts";

const REQUEST: ChatRequest = {
  model: "simulated-1",
  messages: [{ role: "user", content: "one two three" }],
  stream: true,
};

async function open(config: ConfigValues = {}) {
  const clock = createFakeClock();
  const client = createBuiltinClient(createSimulator(clock), clock);
  await client.initialize(config);
  /** Runs one chat to its end, however long that takes. */
  async function ask(more: Partial<ChatRequest> = {}) {
    const startedMs = clock.monotonic();
    const seen: ChatChunk[] = [];
    let outcome: { code: string } | null | undefined;
    collect(client.chat({ ...REQUEST, ...more }), seen).then(
      () => (outcome = null),
      (error: unknown) => (outcome = error as { code: string }),
    );
    while (outcome === undefined) await clock.advance(50);
    return { seen, text: textOf(seen), outcome, tookMs: clock.monotonic() - startedMs };
  }
  return { clock, client, ask };
}

it("shows every kind of field, with defaults that pass their own rules", () => {
  const metadata = createSimulator(createFakeClock()).metadata();
  expect(Metadata.parse(metadata)).toEqual(metadata);
  expect(findingsOf(metadata).filter(({ severity }) => severity === "error")).toEqual([]);
  const schema = metadata.config_schema;
  expect(validateConfig(schema, {})).toEqual([]);
  expect(schema.every(({ description }) => description.length > 20)).toBe(true);
  const sizes = schema.flatMap(({ validation }) => (validation?.enum ? [validation.enum.length] : []));
  expect([sizes.some((size) => size <= 4), sizes.some((size) => size > 12)]).toEqual([true, true]);
  expect(schema.some(({ validation }) => (validation?.max_length ?? 0) > 200)).toBe(true);
  expect(schema.some(({ validation }) => validation?.pattern)).toBe(true);
  expect(schema.some(({ sensitive }) => sensitive)).toBe(true);
  expect(new Set(schema.map(({ type }) => type))).toEqual(
    new Set(["string", "int", "float", "bool", "json"]),
  );
});

describe("dice", () => {
  it("fall evenly, the same way for the same seed and differently for the next turn", () => {
    const first = Array.from({ length: 2000 }, (_, turn) => createDice(1, turn)());
    expect(first).toEqual(Array.from({ length: 2000 }, (_, turn) => createDice(1, turn)()));
    for (const limit of [0.1, 0.25, 0.5, 0.9]) {
      expect(first.filter((value) => value < limit).length / 2000).toBeCloseTo(limit, 1);
    }
    expect(new Set(first).size).toBeGreaterThan(1990);
  });
});

describe("an answer", () => {
  it("waits and writes at the pace that was set", async () => {
    const { clock, client } = await open({
      latency_ms: 400,
      jitter_ms: 0,
      tokens_per_second: 10,
      style: "count",
      answer_tokens: 3,
    });
    const seen: ChatChunk[] = [];
    const run = collect(client.chat(REQUEST), seen);
    await clock.advance(399);
    expect(seen).toHaveLength(0);
    await clock.advance(1);
    expect(textOf(seen)).toBe("1");
    await clock.advance(100);
    expect(textOf(seen)).toBe("1 2");
    await clock.advance(100);
    await run;
    expect(textOf(seen)).toBe("1 2 3");
    expect(seen.at(-1)).toMatchObject({
      done: true,
      usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
    });
    expect(clock.pending()).toBe(0);
  });

  it.each([
    [{ style: "echo" }, {}, "one two three", "stop"],
    [{ style: "script", script: "a b", answer_tokens: 5 }, {}, "a b a b a", "stop"],
    [{ style: "count", answer_tokens: 9 }, { max_tokens: 2 }, "1 2", "length"],
    [{ style: "count", answer_tokens: 9 }, { stop: ["4"] }, "1 2 3", "stop"],
    [{ style: "count", answer_tokens: 3 }, { stream: false }, "1 2 3", "stop"],
  ] as Array<[ConfigValues, Partial<ChatRequest>, string, string]>)(
    "for %j and %j is %s",
    async (config, more, text, finish) => {
      const { seen, text: said } = await (await open(config)).ask(more);
      expect(said).toBe(text);
      expect(seen.at(-1)?.choices[0]?.finish_reason).toBe(finish);
    },
  );

  it.each([true, false])("calls the first tool it is offered (stream: %s)", async (stream) => {
    const { ask } = await open({ style: "tool call" });
    const tools: ChatRequest["tools"] = [{ type: "function", function: { name: "weather" } }];
    const { seen } = await ask({ tools, stream });
    const text = seen
      .flatMap(({ choices }) => choices[0]?.delta?.tool_calls ?? [])
      .map((call) => call.function?.arguments)
      .join("");
    expect(JSON.parse(text)).toEqual({ simulated: true });
    expect(seen.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
  });

  it("stops at once when nobody listens any more", async () => {
    const { clock, client } = await open({ answer_tokens: 1000 });
    const stop = new AbortController();
    const run = expect(collect(client.chat(REQUEST, stop.signal))).rejects.toMatchObject({
      code: "request_aborted",
    });
    await clock.advance(1000);
    stop.abort();
    await run;
    await clock.advance(0);
    expect(clock.pending()).toBe(0);
  });
});

describe("failures", () => {
  it.each(FAILURES)("of kind %s have a code and a hint of their own", async (failure) => {
    const { outcome } = await (await open({ failure_rate: 1, failure })).ask();
    expect(outcome).toMatchObject({
      code: expect.stringMatching(/^plugin_/),
      extras: { hint: expect.stringContaining("failure_rate"), plugin: { code: failure } },
    });
  });

  it("happen as often as set, in the order the seed says, again after every initialize", async () => {
    const config = { failure_rate: 0.3, latency_ms: 0, jitter_ms: 0, answer_tokens: 1, seed: 7 };
    const { client, ask } = await open(config);
    const row = async () => {
      const outcomes: boolean[] = [];
      for (let turn = 0; turn < 60; turn++) outcomes.push((await ask()).outcome !== null);
      return outcomes;
    };
    const first = await row();
    expect(first.filter(Boolean).length / 60).toBeCloseTo(0.3, 0);
    await client.initialize(config);
    await client.health();
    expect(await row()).toEqual(first);
    await client.initialize({ ...config, seed: 8 });
    expect(await row()).not.toEqual(first);
  });

  it.each([
    ["cut", "plugin_stream_truncated"],
    ["error", "plugin_rate_limited"],
    ["silence", "plugin_timeout"],
    ["garbage", "plugin_invalid_response"],
  ])("break an answer by %s after some words", async (kind, code) => {
    expect(BREAKS).toContain(kind);
    const { outcome, text } = await (await open({ break_rate: 1, break_kind: kind })).ask();
    expect(outcome).toMatchObject({ code });
    expect(text).toMatch(/^This is/);
    expect(text.length).toBeLessThan(100);
  });
});

describe("health", () => {
  it("is what was set, with the labels", async () => {
    const { client } = await open({ labels: { team: "a" } });
    expect((await client.health()).value).toEqual({
      healthy: true,
      message: "Simulating",
      details: { team: "a" },
    });
    await client.initialize({ healthy: false, health_message: "Having a nap" });
    expect((await client.health()).value).toMatchObject({ healthy: false, message: "Having a nap" });
    await client.cleanup();
    expect((await client.health()).value.healthy).toBe(false);
  });

  it("a key that begins with wrong- is refused", async () => {
    const { client } = await open();
    await expect(client.initialize({ api_key: "wrong-one" })).rejects.toMatchObject({
      code: "plugin_authentication_failed",
    });
  });
});
