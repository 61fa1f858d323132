import { AppError } from "../../contract/error.ts";
import type { Metadata } from "../../contract/manifest.ts";
import type { ChatChunk, ChatRequest, Model } from "../../contract/protocol.ts";
import { countWords, textOfContent } from "../../core/chat-content.ts";
import type { Clock } from "../../core/clock.ts";
import type { BuiltinPlugin } from "../../transport/client.ts";
import { createDice } from "./dice.ts";
import { toFailure } from "./failures.ts";
import { CONFIG_SCHEMA, toSettings, type Settings } from "./settings.ts";

const METADATA: Metadata = {
  name: "Simulator",
  version: "1.0.0",
  plugin_api_version: "1.0.0",
  provider_type: "simulator",
  description:
    "A provider that behaves as you set it: slow, failing, breaking off. For seeing the console at work and for testing what is built on it.",
  author: "Loom Console",
  license: "MIT",
  capabilities: {
    streaming: true,
    function_calling: true,
    vision: true,
    embeddings: false,
    fine_tuning: false,
  },
  config_schema: CONFIG_SCHEMA,
};

/** What one chat is going to be like, decided before it begins. */
interface Plan {
  waitMs: number;
  fails: boolean;
  /** After how many words it breaks; null when it does not. */
  breaksAfter: number | null;
}

/**
 * The simulator. The nth chat after an initialize is the same for the same seed; health checks have no part in that. Time is
 * `clock`'s alone.
 */
export function createSimulator(clock: Clock): BuiltinPlugin {
  let settings: Settings | null = null;
  let turn = 0;

  function requireSettings(): Settings {
    if (settings) return settings;
    throw new AppError("plugin_not_initialized", "The simulator has not been initialised yet.", {
      hint: "Switch the plugin on.",
    });
  }

  return {
    metadata: () => METADATA,
    initialize(config) {
      const key = config["api_key"];
      if (typeof key === "string" && key.startsWith("wrong-")) {
        throw new AppError(
          "plugin_authentication_failed",
          "The simulator refuses keys that begin with wrong-.",
          {
            hint: "Enter another api_key, or none.",
          },
        );
      }
      settings = toSettings(config);
      turn = 0;
      return Promise.resolve();
    },
    health: () => Promise.resolve(toHealth(settings)),
    models: async () => [toModel(requireSettings())],
    chat(request, signal) {
      const settings = requireSettings();
      const plan = toPlan(settings, turn++);
      return answer(request, settings, plan, clock, signal);
    },
    cleanup() {
      settings = null;
      return Promise.resolve();
    },
  };
}

function toHealth(settings: Settings | null) {
  if (!settings) return { healthy: false, message: "Not initialized yet" };
  const { healthy, healthMessage, labels } = settings;
  const usual = healthy ? "Simulating" : "Told to be unwell: healthy is off in its configuration";
  return { healthy, message: healthMessage || usual, details: labels };
}

function toModel({ model, tokensPerSecond }: Settings): Model {
  return {
    id: model,
    name: "Simulated model",
    description: `Writes ${tokensPerSecond} words per second. One word counts as one token.`,
    context_window: 1_000_000,
    cost_per_mtoken: 1,
  };
}

function toPlan(settings: Settings, turn: number): Plan {
  const roll = createDice(settings.seed, turn);
  const [wait, failing, breaking, place] = [roll(), roll(), roll(), roll()];
  return {
    waitMs: settings.latencyMs + Math.round(wait * settings.jitterMs),
    fails: failing < settings.failureRate,
    breaksAfter: breaking < settings.breakRate ? 1 + Math.floor(place * 8) : null,
  };
}

async function* answer(
  request: ChatRequest,
  settings: Settings,
  plan: Plan,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk> {
  if (request.model !== settings.model) {
    throw new AppError(
      "plugin_model_not_found",
      `The simulator has no model named ${request.model.slice(0, 100)}.`,
      {
        hint: `Choose ${settings.model}.`,
      },
    );
  }
  await clock.sleep(plan.waitMs, signal);
  if (signal.aborted) return;
  if (plan.fails) throw toFailure(settings);
  const { pieces, finish } = toPieces(request, settings);
  const frame = toFrame(settings, clock);
  const pauseMs = 1000 / settings.tokensPerSecond;
  if (request.stream !== true) {
    await clock.sleep(pauseMs * pieces.length, signal);
    if (plan.breaksAfter !== null) {
      yield* breakOff(settings, clock, signal);
      return;
    }
    yield {
      ...frame,
      ...toEnd(request, pieces),
      choices: [{ index: 0, delta: join(pieces), finish_reason: finish }],
    };
    return;
  }
  for (const [index, piece] of pieces.entries()) {
    if (index === plan.breaksAfter) {
      yield* breakOff(settings, clock, signal);
      return;
    }
    if (index > 0) await clock.sleep(pauseMs, signal);
    if (signal.aborted) return;
    yield {
      ...frame,
      choices: [
        { index: 0, delta: index === 0 ? { role: "assistant", ...piece } : piece, finish_reason: null },
      ],
    };
  }
  if (plan.breaksAfter !== null) {
    yield* breakOff(settings, clock, signal);
    return;
  }
  yield { ...frame, ...toEnd(request, pieces), choices: [{ index: 0, delta: {}, finish_reason: finish }] };
}

type Piece = NonNullable<ChatChunk["choices"][number]["delta"]>;

/** Returning ends the stream too early; whoever reads it calls that truncated. */
async function* breakOff(settings: Settings, clock: Clock, signal: AbortSignal): AsyncGenerator<ChatChunk> {
  if (settings.breakKind === "error") throw toFailure(settings);
  // Longer than anybody waits: the reader's own deadline ends it.
  if (settings.breakKind === "silence") await clock.sleep(3_600_000, signal);
  if (settings.breakKind === "garbage") yield { choices: "unreadable" } as unknown as ChatChunk;
}

/** The answer, a word at a time or a call in two halves, within `max_tokens` and `stop`. */
function toPieces(request: ChatRequest, settings: Settings): { pieces: Piece[]; finish: string } {
  const tool = request.tools?.[0]?.function.name;
  if (settings.style === "tool call" && tool !== undefined && request.tool_choice !== "none") {
    const call = {
      index: 0,
      id: `call_${settings.seed}`,
      type: "function",
      function: { name: tool, arguments: "" },
    };
    const halves = ['{"simulated"', ": true}"].map((text) => ({ index: 0, function: { arguments: text } }));
    return {
      pieces: [{ tool_calls: [call] }, ...halves.map((half) => ({ tool_calls: [half] }))],
      finish: "tool_calls",
    };
  }
  const wanted = settings.style === "echo" ? Infinity : settings.answerTokens;
  const words = takeWords(request, settings, Math.min(wanted, request.max_tokens ?? Infinity));
  const text = words.join(" ");
  const ends = (request.stop ?? []).filter(Boolean).map((stop) => text.indexOf(stop));
  const end = Math.min(text.length, ...ends.filter((index) => index !== -1));
  const said = text.slice(0, end).split(" ").filter(Boolean);
  const isCut =
    request.max_tokens !== undefined &&
    end === text.length &&
    said.length >= request.max_tokens &&
    wanted > request.max_tokens;
  return {
    pieces: said.map((word, index) => ({ content: index === 0 ? word : ` ${word}` })),
    finish: isCut ? "length" : "stop",
  };
}

function takeWords(request: ChatRequest, { style, script }: Settings, count: number): string[] {
  if (style === "count") return Array.from({ length: count }, (_, index) => String(index + 1));
  if (style === "echo") {
    const question = textOfContent(request.messages.findLast(({ role }) => role === "user")?.content ?? "");
    return toWords(question).slice(0, count);
  }
  const words = toWords(script);
  return Array.from(
    { length: words.length === 0 ? 0 : count },
    (_, index) => words[index % words.length] ?? "",
  );
}

function toWords(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function join(pieces: Piece[]): Piece {
  const calls = pieces.flatMap(({ tool_calls: more }) => more ?? []);
  const [call] = calls;
  const text = pieces.map(({ content }) => content ?? "").join("");
  if (!call) return { role: "assistant", content: text };
  const whole = calls.map((part) => part.function?.arguments ?? "").join("");
  return {
    role: "assistant",
    content: null,
    tool_calls: [{ ...call, function: { ...call.function, arguments: whole } }],
  };
}

function toFrame({ model }: Settings, clock: Clock) {
  return {
    id: `simulated-${clock.now()}`,
    object: "chat.completion.chunk",
    created: Math.floor(clock.now() / 1000),
    model,
  };
}

function toEnd({ messages }: ChatRequest, pieces: Piece[]) {
  const prompt = countWords(messages);
  const counts = {
    prompt_tokens: prompt,
    completion_tokens: pieces.length,
    total_tokens: prompt + pieces.length,
  };
  return { usage: counts, done: true };
}
