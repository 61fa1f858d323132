import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Metadata } from "../contract/manifest.ts";
import type { ChatRequest } from "../contract/protocol.ts";
import {
  capabilitiesOf,
  countWords,
  createToolCalls,
  findMissingCapability,
  fitContent,
  textOfContent,
} from "./chat-content.ts";

const NOTHING = { streaming: false, function_calling: false, vision: false };
const EVERYTHING = { streaming: true, function_calling: true, vision: true };
const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } };
const words = { type: "text" as const, text: "What is this?" };
const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "m",
  messages: [{ role: "user", content: "hello" }],
  ...more,
});

describe("countWords", () => {
  const listed = (text: string) => text.split(/\s+/).filter(Boolean).length;

  it("counts what stands between spaces of any kind", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(" ", "\n", "\u00a0", "\u3000", "a"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const content = pieces.join("");
        expect(countWords([{ role: "user", content }])).toBe(listed(content));
      }),
    );
    const every = Array.from({ length: 0x10000 }, (_, code) => `a${String.fromCharCode(code)}`).join("");
    expect(countWords([{ role: "user", content: every }])).toBe(listed(every));
  });

  it("adds up a conversation, without its images", () => {
    const said = [
      { role: "user" as const, content: [words, image] },
      { role: "assistant" as const, content: "Cat" },
    ];
    expect(countWords(said)).toBe(4);
  });
});

describe("textOfContent", () => {
  it("is the text, or the text parts without images", () => {
    expect(textOfContent("hello")).toBe("hello");
    expect(textOfContent([words, image, { type: "text", text: "Say." }])).toBe("What is this?\nSay.");
  });
});

describe("capabilitiesOf", () => {
  const metadata = Metadata.parse({
    name: "A",
    version: "1",
    provider_type: "a",
    capabilities: { streaming: true, vision: true },
  });

  it("is what the plugin declares, unless the model has a word of its own", () => {
    expect(capabilitiesOf(metadata, null)).toEqual({
      streaming: true,
      function_calling: false,
      vision: true,
    });
    const model = { id: "m", capabilities: { vision: false, function_calling: true } };
    expect(capabilitiesOf(metadata, model)).toEqual({
      streaming: true,
      function_calling: true,
      vision: false,
    });
  });
});

describe("findMissingCapability", () => {
  it.each([
    ["tools", { tools: [{ type: "function", function: { name: "f" } }] }, "function_calling", "tools"],
    ["a choice of tools", { tool_choice: "auto" }, "function_calling", "tool_choice"],
    [
      "a result of a tool",
      { messages: [{ role: "tool", content: "4", tool_call_id: "c" }] },
      "function_calling",
      "messages[0].role",
    ],
    [
      "an image after words",
      { messages: [{ role: "user", content: [words, image] }] },
      "vision",
      "messages[0].content[1]",
    ],
  ] as Array<[string, Partial<ChatRequest>, string, string]>)("finds %s", (_case, more, capability, path) => {
    expect(findMissingCapability(request(more), NOTHING)).toEqual({ capability, path });
    expect(findMissingCapability(request(more), EVERYTHING)).toBeNull();
  });

  it("has nothing against plain words, parts of words and the guide's own functions", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [words] },
      { role: "assistant", content: "", function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "4" },
    ];
    expect(findMissingCapability(request({ messages }), NOTHING)).toBeNull();
  });
});

describe("fitContent", () => {
  it("joins parts for a plugin that does not know them, and leaves everything else alone", () => {
    const parts = request({ messages: [{ role: "user", content: [words, words] }] });
    expect(fitContent(parts, NOTHING).messages[0]?.content).toBe("What is this?\nWhat is this?");
    expect(fitContent(parts, EVERYTHING)).toBe(parts);
    const plain = request();
    expect(fitContent(plain, NOTHING)).toBe(plain);
  });
});

describe("createToolCalls", () => {
  it("puts the pieces of interleaved calls together, whatever way they are cut", () => {
    const texts = fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(texts, texts, (one, two) => {
        const calls = createToolCalls();
        calls.add([{ index: 1, id: "b", function: { name: "second" } }]);
        calls.add([{ index: 0, id: "a", type: "function", function: { name: "first", arguments: "" } }]);
        for (let turn = 0; turn < 5; turn++) {
          calls.add([{ index: 0, function: { arguments: one[turn] ?? "" } }]);
          calls.add([{ index: 1, id: null, function: { name: null, arguments: two[turn] ?? null } }]);
        }
        expect(calls.list()).toEqual([
          { id: "a", type: "function", function: { name: "first", arguments: one.join("") } },
          { id: "b", type: "function", function: { name: "second", arguments: two.join("") } },
        ]);
      }),
    );
  });

  it("reads whole calls without an index by their place", () => {
    const calls = createToolCalls();
    calls.add([
      { id: "a", function: { name: "f", arguments: "{}" } },
      { id: "b", function: { name: "g", arguments: "[]" } },
    ]);
    expect(calls.list().map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("keeps a bounded amount", () => {
    const calls = createToolCalls();
    for (let index = 0; index < 1000; index++) calls.add([{ index, function: { arguments: "x" } }]);
    for (let turn = 0; turn < 30; turn++)
      calls.add([{ index: 0, function: { arguments: "y".repeat(50_000) } }]);
    expect(calls.list()).toHaveLength(128);
    expect(calls.list()[0]?.function.arguments).toHaveLength(1_000_000);
  });
});
