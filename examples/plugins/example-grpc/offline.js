import { setTimeout as sleep } from "node:timers/promises";
import { Fault, FAULT_CODES } from "./fault.js";

// `pace` multiplies words_per_second. The slow one leaves time to press Stop.
const MODELS = [
  { id: "offline-echo", name: "Offline echo", pace: 1, description: "Repeats you, at the configured pace." },
  { id: "offline-slow", name: "Offline slow", pace: 0.1, description: "The same at a tenth of the pace." },
];

const SAMPLE = `Here is a bit of everything.

## A list

1. **Bold**, *italic* and \`code\`
2. A [link](https://example.com/) and ~~a mistake~~

| Call | Answers with |
| --- | --- |
| GetModels | one message |
| CreateChatCompletionStream | a stream |

\`\`\`js
const answer = 6 * 7;
\`\`\`

> Nothing of this came from a language model.
`;

const HELP = `I am the offline part of the gRPC example plugin. There is no model behind me; I repeat what you write. I also know:

- \`/markdown\` shows formatted text
- \`/count 50\` counts, which gives you time to press Stop
- \`/fail rate_limit_exceeded\` answers with that error (${FAULT_CODES.map((code) => `\`${code}\``).join(", ")})
`;

const COMMANDS = {
  help: () => HELP,
  markdown: () => SAMPLE,
  count: (upTo) => Array.from({ length: Math.min(Number(upTo) || 10, 10_000) }, (_, i) => i + 1).join(" "),
  fail: (code) => {
    const known = FAULT_CODES.includes(code) ? code : "internal_error";
    const details = known === "rate_limit_exceeded" ? { retry_after: 5, limit: 10, remaining: 0 } : undefined;
    throw new Fault(known, `You asked for this error with /fail ${known}.`, details);
  },
};

const countWords = (text) => text.match(/\S+/g)?.length ?? 0;

function compose(messages, style) {
  const said = messages.filter((message) => message.role === "user");
  const last = String(said.at(-1)?.content ?? "").trim();
  const command = /^\/(\w+)\s*(\S*)$/.exec(last);
  if (command && Object.hasOwn(COMMANDS, command[1])) return COMMANDS[command[1]](command[2]);
  const echo = `You said: ${last || "nothing"}`;
  if (style === "terse") return echo;
  const system = messages.find((message) => message.role === "system")?.content;
  return [
    echo,
    `I answer without a network and without a model, so I can only repeat you. That was your message number ${said.length}.`,
    ...(system ? [`Your system prompt reached me: ${system}`] : []),
    "Write `/help` to see what else I can do.",
  ].join("\n\n");
}

/** Where the answer has to end, as a host may ask with `stop` and `max_tokens` (one word counts as one token). */
function cut(text, { stop = [], max_tokens: limit = Infinity }) {
  const ends = [stop]
    .flat()
    .map((mark) => text.indexOf(mark))
    .filter((end) => end >= 0);
  const words = text.slice(0, Math.min(...ends, text.length)).match(/\s*\S+\s*/g) ?? [];
  return words.length > limit
    ? { words: words.slice(0, limit), finishReason: "length" }
    : { words, finishReason: "stop" };
}

/** Answers by itself: no network, no model, no cost. Has the same methods as createUpstream. */
export function createOffline(config) {
  const offered = MODELS.filter(({ id }) => id.includes(config.model ?? ""));
  const offline = {
    async check() {
      return { healthy: true, message: "Answering offline", status: "offline" };
    },

    async models() {
      return offered.map(({ pace, ...model }) => ({
        ...model,
        context_window: 100_000,
        max_output_tokens: 10_000,
        cost_per_mtoken: 0,
        capabilities: { streaming: true, function_calling: false, vision: false },
        metadata: { token_counting: "one word is one token" },
      }));
    },

    /** Yields the chunks of one answer, word by word. */
    async *stream(request, signal) {
      const model = offered.find(({ id }) => id === request.model);
      if (!model) {
        const known = offered.map(({ id }) => id).join(" and ") || "none";
        throw new Fault(
          "model_not_found",
          `There is no model "${request.model}" here. Offered offline: ${known}.`,
        );
      }
      const { words, finishReason } = cut(compose(request.messages, config.style), request);
      const pauseMs = 1000 / (config.words_per_second * model.pace);
      for (const word of words) {
        await sleep(pauseMs, undefined, { signal });
        yield { choices: [{ index: 0, delta: { content: word } }] };
      }
      const prompt = request.messages.reduce((sum, { content }) => sum + countWords(String(content)), 0);
      yield {
        choices: [{ index: 0, delta: {}, finish_reason: finishReason }],
        usage: {
          prompt_tokens: prompt,
          completion_tokens: words.length,
          total_tokens: prompt + words.length,
          cost_usd: 0,
        },
      };
    },

    /** The whole answer at once: the stream, collected. */
    async complete(request, signal) {
      let content = "";
      for await (const { choices, usage } of offline.stream(request, signal)) {
        const [{ delta, finish_reason }] = choices;
        content += delta.content ?? "";
        if (!finish_reason) continue;
        return { choices: [{ index: 0, message: { role: "assistant", content }, finish_reason }], usage };
      }
    },
  };
  return offline;
}
