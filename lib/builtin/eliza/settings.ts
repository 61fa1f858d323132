import type { ConfigField } from "../../contract/manifest.ts";
import type { ConfigValues } from "../../contract/plugin.ts";

/** How ELIZA is configured to behave. */
export interface Settings {
  greeting: string;
  mood: Mood;
  wordsPerSecond: number;
  thinkingSeconds: number;
  remembers: boolean;
}

export const MOODS = ["neutral", "warm", "curious"] as const;
export type Mood = (typeof MOODS)[number];

const DEFAULTS: Settings = {
  greeting: "How do you do. Please tell me your problem.",
  mood: "neutral",
  wordsPerSecond: 20,
  thinkingSeconds: 0.3,
  remembers: true,
};

/** One field of each type the guide knows, so that the form has something to show. */
export const CONFIG_SCHEMA: ConfigField[] = [
  {
    name: "greeting",
    type: "string",
    required: false,
    description: "What ELIZA says when a conversation begins without a word from you.",
    default: DEFAULTS.greeting,
    sensitive: false,
    validation: { min_length: 1, max_length: 200 },
  },
  {
    name: "mood",
    type: "string",
    required: false,
    description: "How ELIZA ends her answers: as in 1966, with comfort, or with one more question.",
    default: DEFAULTS.mood,
    sensitive: false,
    validation: { enum: [...MOODS] },
  },
  {
    name: "words_per_second",
    type: "int",
    required: false,
    description: "How fast she types.",
    default: DEFAULTS.wordsPerSecond,
    sensitive: false,
    validation: { min: 1, max: 200 },
  },
  {
    name: "thinking_seconds",
    type: "float",
    required: false,
    description: "How long she thinks before the first word.",
    default: DEFAULTS.thinkingSeconds,
    sensitive: false,
    validation: { min: 0, max: 10 },
  },
  {
    name: "remembers",
    type: "bool",
    required: false,
    description: "Whether she comes back to what you said earlier in the conversation.",
    default: DEFAULTS.remembers,
    sensitive: false,
  },
];

/** Values of a wrong type fall back to the default: the form has refused them already. */
export function toSettings(config: ConfigValues): Settings {
  const { greeting, mood, words_per_second: words, thinking_seconds: seconds, remembers } = config;
  return {
    greeting: typeof greeting === "string" && greeting !== "" ? greeting : DEFAULTS.greeting,
    mood: MOODS.find((known) => known === mood) ?? DEFAULTS.mood,
    wordsPerSecond: typeof words === "number" && words > 0 ? words : DEFAULTS.wordsPerSecond,
    thinkingSeconds: typeof seconds === "number" && seconds >= 0 ? seconds : DEFAULTS.thinkingSeconds,
    remembers: typeof remembers === "boolean" ? remembers : DEFAULTS.remembers,
  };
}
