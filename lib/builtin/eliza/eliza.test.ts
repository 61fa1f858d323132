import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../test/fake-clock.ts";
import { collect, textOf } from "../../../test/contract-suite.ts";
import { Metadata } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";
import type { ChatMessage, ChatRequest } from "../../contract/protocol.ts";
import { validateConfig } from "../../core/config.ts";
import { findingsOf } from "../../intake/metadata.ts";
import { createBuiltinClient } from "../../transport/builtin.ts";
import { createBuiltins } from "../registry.ts";
import { answer } from "./conversation.ts";
import { createEliza } from "./eliza.ts";
import { toSettings } from "./settings.ts";

const SETTINGS = toSettings({});
const user = (content: string): ChatMessage => ({ role: "user", content });

describe("the conversation", () => {
  it("turns what it hears around", () => {
    expect(answer([user("I am unhappy about my mother")], SETTINGS)).toMatch(/mother|family/i);
    expect(answer([user("I need a holiday")], SETTINGS)).toMatch(/holiday/);
  });

  it("greets when nothing was said yet", () => {
    expect(answer([], SETTINGS)).toBe(SETTINGS.greeting);
    expect(answer([user("  "), { role: "system", content: "be nice" }], SETTINGS)).toBe(SETTINGS.greeting);
  });

  it("says goodbye, the same way every time", () => {
    const farewells = Array.from({ length: 5 }, () => answer([user("hello"), user("bye")], SETTINGS));
    expect(new Set(farewells)).toEqual(new Set(["Goodbye. It was nice talking to you."]));
  });

  it("depends on the messages alone, for every conversation", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 6 }), (said) => {
        const messages = said.map(user);
        expect(answer(messages, SETTINGS)).toBe(answer(messages, SETTINGS));
        expect(answer(messages, SETTINGS)).not.toBe("");
      }),
    );
  });

  it("does not repeat itself when the same is said twice", () => {
    const once = answer([user("I feel tired")], SETTINGS);
    const twice = answer(
      [user("I feel tired"), { role: "assistant", content: once }, user("I feel tired")],
      SETTINGS,
    );
    expect(twice).not.toBe(once);
  });

  it("forgets what came before when told so", () => {
    const settings = toSettings({ remembers: false });
    expect(answer([user("I feel tired"), user("I feel tired")], settings)).toBe(
      answer([user("I feel tired")], settings),
    );
  });

  it("has moods", () => {
    const warm = answer([user("I need a holiday")], toSettings({ mood: "warm" }));
    expect(warm).toMatch(/Take your time\.$/);
  });

  it("is done with text that takes a careless pattern hours", () => {
    const long = [
      " ".repeat(500_000),
      "a,".repeat(200_000),
      "i remember ".repeat(50_000),
      "- ".repeat(300_000),
    ];
    const messages = Array.from({ length: 200 }, (_, index) => user(long[index % long.length] ?? ""));
    expect(answer(messages, SETTINGS)).not.toBe("");
  });
});

describe("the plugin", () => {
  const REQUEST: ChatRequest = { model: "eliza-1966", messages: [user("I need a holiday")], stream: true };

  async function open(config: ConfigValues = {}) {
    const clock = createFakeClock();
    const client = createBuiltinClient(createEliza(clock), clock);
    await client.initialize(config);
    return { clock, client };
  }

  it("has metadata that the intake has nothing to say about, and defaults that pass its own rules", () => {
    const metadata = createEliza(createFakeClock()).metadata();
    expect(Metadata.parse(metadata)).toEqual(metadata);
    expect(findingsOf(metadata)).toEqual([]);
    expect(validateConfig(metadata.config_schema, {})).toEqual([]);
    expect(new Set(metadata.config_schema.map(({ type }) => type))).toEqual(
      new Set(["string", "int", "float", "bool"]),
    );
  });

  it("is down until it is initialised and after cleanup, and chats only in between", async () => {
    const clock = createFakeClock();
    const client = createBuiltinClient(createEliza(clock), clock);
    expect((await client.health()).value).toMatchObject({ healthy: false, message: "Not initialized yet" });
    await expect(collect(client.chat(REQUEST))).rejects.toMatchObject({ code: "plugin_not_initialized" });
    await client.initialize({});
    expect((await client.health()).value.healthy).toBe(true);
    await client.cleanup();
    expect((await client.health()).value.healthy).toBe(false);
  });

  it("says one word at a time, at its pace", async () => {
    const { clock, client } = await open({ words_per_second: 10, thinking_seconds: 1 });
    const seen: Parameters<typeof collect>[1] = [];
    const run = collect(client.chat(REQUEST), seen);
    await clock.advance(999);
    expect(seen).toHaveLength(0);
    await clock.advance(1);
    expect(seen).toHaveLength(1);
    await clock.advance(300);
    expect(seen).toHaveLength(4);
    await clock.advance(10_000);
    const chunks = await run;
    expect(textOf(chunks)).toBe(answer(REQUEST.messages, SETTINGS));
    expect(chunks.at(-1)).toMatchObject({ done: true, choices: [{ finish_reason: "stop" }] });
  });

  it("counts words as tokens", async () => {
    const { clock, client } = await open();
    const run = collect(client.chat(REQUEST));
    await clock.advance(60_000);
    const chunks = await run;
    const words = textOf(chunks).split(" ").length;
    expect(chunks.at(-1)?.usage).toEqual({
      prompt_tokens: 4,
      completion_tokens: words,
      total_tokens: 4 + words,
      cost_usd: 0,
    });
  });

  it("obeys max_tokens, stop and stream: false", async () => {
    const { clock, client } = await open();
    const runs = [
      collect(client.chat({ ...REQUEST, max_tokens: 2 })),
      collect(client.chat({ ...REQUEST, stop: ["holiday"] })),
      collect(client.chat({ ...REQUEST, stream: false })),
    ] as const;
    await clock.advance(60_000);
    const [short, stopped, whole] = await Promise.all(runs);
    expect(textOf(short).split(" ")).toHaveLength(2);
    expect(short.at(-1)?.choices[0]?.finish_reason).toBe("length");
    expect(textOf(stopped)).not.toContain("holiday");
    expect(whole).toHaveLength(1);
    expect(textOf(whole)).toBe(answer(REQUEST.messages, SETTINGS));
  });

  it("stops at once when nobody listens any more", async () => {
    const { clock, client } = await open();
    const stop = new AbortController();
    const run = collect(client.chat(REQUEST, stop.signal));
    const ended = expect(run).rejects.toMatchObject({ code: "request_aborted" });
    await clock.advance(400);
    stop.abort();
    await ended;
    await clock.advance(0);
    expect(clock.pending()).toBe(0);
  });

  it("knows one model", async () => {
    const { client } = await open();
    expect((await client.models()).value.map(({ id }) => id)).toEqual(["eliza-1966"]);
    await expect(collect(client.chat({ ...REQUEST, model: "gpt" }))).rejects.toMatchObject({
      code: "plugin_model_not_found",
    });
  });
});

it("every built-in plugin is registered under its provider_type", () => {
  for (const [name, create] of Object.entries(createBuiltins(createFakeClock()))) {
    const plugin = create(() => {
      throw new Error("Nothing is reached before somebody configures and enables it.");
    });
    expect(plugin.metadata().provider_type).toBe(name);
  }
});
