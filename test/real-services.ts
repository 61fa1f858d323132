import type { ChatChunk, ToolCall } from "../lib/contract/protocol.ts";
import { createToolCalls } from "../lib/core/chat-content.ts";

/** What an answer says, put together. */
export interface SaidWhole {
  content: string;
  reasoning: string;
  refusal: string;
  calls: Array<[id: string, name: string, text: string]>;
}

const NOTHING: SaidWhole = { content: "", reasoning: "", refusal: "", calls: [] };

/** Puts the pieces of an answer together, as a client does. */
export function sumUp(chunks: readonly ChatChunk[]): SaidWhole {
  const calls = createToolCalls();
  const said = { ...NOTHING };
  for (const { choices } of chunks) {
    const delta = choices[0]?.delta;
    said.content += delta?.content ?? "";
    said.reasoning += delta?.reasoning_content ?? "";
    said.refusal += delta?.refusal ?? "";
    calls.add(delta?.tool_calls);
  }
  const toRow = ({ id, function: call }: ToolCall) =>
    [id, call.name, call.arguments] as [string, string, string];
  return { ...said, calls: calls.list().map(toRow) };
}

type Delta = Record<string, unknown>;

/** A stream of these deltas, then a finish_reason. */
const streamOf = (...deltas: Delta[]) => [
  ...deltas.map((delta) => ({ id: "c", choices: [{ index: 0, delta }] })),
  { id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
];

const callsOf = (...pieces: object[][]) => streamOf(...pieces.map((tool_calls) => ({ tool_calls })));
const call = (name: string, text?: unknown, more: object = {}) => ({
  ...more,
  function: { name, ...(text === undefined ? {} : { arguments: text }) },
});
const thinking = (text: unknown) => ({ type: "thinking", thinking: text });
const text = (value: string) => ({ type: "text", text: value });

/** Streams as services were reported to send them, and what they say (`protocol.md`, "What real services say"). */
export const STREAMS: ReadonlyArray<[name: string, chunks: object[], said: Partial<SaidWhole>]> = [
  [
    "content in parts, thinking nested in them",
    streamOf({ content: [thinking([text("t")]), text("po")] }, { content: "ng" }),
    { content: "pong", reasoning: "t" },
  ],
  ["content as one part", streamOf({ content: [text("pong")] }), { content: "pong" }],
  [
    "thinking as text in a part",
    streamOf({ content: [thinking("t"), text("pong")] }),
    { content: "pong", reasoning: "t" },
  ],
  [
    "an empty content beside calls",
    callsOf([call("one", "{}", { id: "a" })]),
    { calls: [["a", "one", "{}"]] },
  ],
  [
    "reasoning_content",
    streamOf({ reasoning_content: "t" }, { content: "pong" }),
    { content: "pong", reasoning: "t" },
  ],
  ["reasoning", streamOf({ reasoning: "t" }, { content: "pong" }), { content: "pong", reasoning: "t" }],
  [
    "the same reasoning twice",
    streamOf({ reasoning: "t", reasoning_content: "t" }, { content: "p" }),
    { content: "p", reasoning: "t" },
  ],
  [
    "reasoning in details alone",
    streamOf({ reasoning_details: [{ type: "reasoning.text", text: "t" }] }, { content: "p" }),
    { content: "p", reasoning: "t" },
  ],
  [
    "a leading think tag",
    streamOf({ content: "<think>\nt</think>\n\npong" }),
    { content: "pong", reasoning: "t" },
  ],
  [
    "a think tag cut anywhere",
    streamOf(..."\n<think>t</think>\n\npong".split("").map((content) => ({ content }))),
    { content: "pong", reasoning: "t" },
  ],
  [
    "a think tag that never closes",
    streamOf({ content: "<think>on and" }, { content: " on" }),
    { reasoning: "on and on" },
  ],
  ["an empty think tag", streamOf({ content: "<think></think>pong" }), { content: "pong" }],
  [
    "a think tag further on",
    streamOf({ content: "Use <think>x</think>" }),
    { content: "Use <think>x</think>" },
  ],
  ["what only begins like one", streamOf({ content: "<thi" }, { content: "s>" }), { content: "<this>" }],
  ["an answer that is the beginning of one", streamOf({ content: "<thin" }), { content: "<thin" }],
  ["a refusal", streamOf({ refusal: "I " }, { refusal: "won't" }), { refusal: "I won't" }],
  [
    "arguments as an object",
    callsOf([call("one", { x: 1 }, { index: 0, id: "a" })]),
    { calls: [["a", "one", '{"x":1}']] },
  ],
  [
    "arguments null, then nothing",
    callsOf([call("one", null, { index: 0, id: "a" })]),
    { calls: [["a", "one", "{}"]] },
  ],
  [
    "a call without arguments",
    callsOf([call("one", "", { index: 0, id: "a" })]),
    { calls: [["a", "one", "{}"]] },
  ],
  [
    "calls without any index",
    callsOf(
      [call("one", "", { id: "a" })],
      [{ function: { arguments: '{"x":1}' } }],
      [call("two", "", { id: "b" })],
      [{ function: { arguments: '{"y":2}' } }],
    ),
    {
      calls: [
        ["a", "one", '{"x":1}'],
        ["b", "two", '{"y":2}'],
      ],
    },
  ],
  [
    "every call at index 0, with ids",
    callsOf([call("one", "{}", { index: 0, id: "a" })], [call("two", "{}", { index: 0, id: "b" })]),
    {
      calls: [
        ["a", "one", "{}"],
        ["b", "two", "{}"],
      ],
    },
  ],
  [
    "every call at index 0, with names alone",
    callsOf([call("one", "{}", { index: 0 })], [call("two", "{}", { index: 0 })]),
    {
      calls: [
        ["", "one", "{}"],
        ["", "two", "{}"],
      ],
    },
  ],
  [
    "one function called twice in a delta, with neither id nor index",
    callsOf([call("one", '{"x":1}'), call("one", '{"x":2}')]),
    {
      calls: [
        ["", "one", '{"x":1}'],
        ["", "one", '{"x":2}'],
      ],
    },
  ],
  [
    "id and name repeated with every piece",
    callsOf([call("one", '{"x"', { index: 0, id: "a" })], [call("one", ":1}", { index: 0, id: "a" })]),
    { calls: [["a", "one", '{"x":1}']] },
  ],
  [
    "an id that comes late",
    callsOf([{ index: 0, ...call("one", "") }], [{ index: 0, id: "a", function: { arguments: "{}" } }]),
    { calls: [["a", "one", "{}"]] },
  ],
  [
    "pieces of two calls in turn, by id",
    callsOf(
      [call("one", '{"x"', { id: "a" }), call("two", '{"y"', { id: "b" })],
      [
        { id: "a", function: { arguments: ":1}" } },
        { id: "b", function: { arguments: ":2}" } },
      ],
    ),
    {
      calls: [
        ["a", "one", '{"x":1}'],
        ["b", "two", '{"y":2}'],
      ],
    },
  ],
  [
    "the guide's function_call",
    streamOf({ function_call: { name: "one", arguments: "{}" } }),
    { calls: [["", "one", "{}"]] },
  ],
  [
    "a call among the parts",
    streamOf({ content: [text("p"), { type: "tool_use", id: "a", name: "one", input: { x: 1 } }] }),
    { content: "p", calls: [["a", "one", '{"x":1}']] },
  ],
  ["an empty answer on purpose", streamOf({ content: "" }), {}],
];

/** Whole messages, and what they say. */
export const MESSAGES: ReadonlyArray<[name: string, message: Delta, said: Partial<SaidWhole>]> = [
  [
    "content in parts",
    { content: [thinking([text("t")]), text("po"), text("ng")] },
    { content: "pong", reasoning: "t" },
  ],
  ["reasoning beside it", { content: "pong", reasoning: "t" }, { content: "pong", reasoning: "t" }],
  ["a leading think tag", { content: "<think>t</think>\npong" }, { content: "pong", reasoning: "t" }],
  ["a refusal", { refusal: "no" }, { refusal: "no" }],
  [
    "arguments as an object",
    { tool_calls: [call("one", { x: 1 }, { id: "a" })] },
    { calls: [["a", "one", '{"x":1}']] },
  ],
  [
    "calls of one function",
    { tool_calls: [call("one"), call("one")] },
    {
      calls: [
        ["", "one", "{}"],
        ["", "one", "{}"],
      ],
    },
  ],
];

/** Chunks in which an error is told, what it is called here, and its words. */
export const COMPLAINTS: ReadonlyArray<[name: string, chunks: object[], code: string, words: string]> = [
  [
    "an error of one choice",
    [{ choices: [{ index: 0, delta: { content: "" }, error: { code: 429, message: "exhausted" } }] }],
    "plugin_rate_limited",
    "exhausted",
  ],
  [
    "a finish_reason that says so",
    [{ choices: [{ index: 0, delta: {}, finish_reason: "error" }] }],
    "plugin_error",
    "error",
  ],
  [
    "an end without a word",
    [{ choices: [{ index: 0, delta: { role: "assistant" } }] }, { choices: [], done: true }],
    "plugin_empty_response",
    "without text",
  ],
];

export function toSaid(said: Partial<SaidWhole>): SaidWhole {
  return { ...NOTHING, ...said };
}
