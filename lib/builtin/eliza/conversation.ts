import ElizaBot from "elizabot";
import type { ChatMessage } from "../../contract/protocol.ts";
import type { Mood, Settings } from "./settings.ts";

/** The rules backtrack on long texts; a session has seldom seen a longer sentence. */
const MAX_MESSAGE_LENGTH = 1_000;
/** Messages replayed to bring ELIZA back to where she was. */
const MAX_REPLAYED = 100;

const FAREWELL = "Goodbye. It was nice talking to you.";

/**
 * What ELIZA says to the last message of a conversation. Depends on the messages alone: the conversation is replayed
 * from its start, because no request knows of another.
 */
export function answer(messages: readonly ChatMessage[], settings: Settings): string {
  const said = messages.filter(({ role, content }) => role === "user" && content.trim() !== "");
  if (said.length === 0) return settings.greeting;
  const heard = settings.remembers ? said.slice(-MAX_REPLAYED) : said.slice(-1);
  const bot = new ElizaBot(true);
  const replies = heard.map(({ content }) => bot.transform(tidy(content)));
  // The library says goodbye at random; the same conversation must end the same way.
  if (bot.quit) return FAREWELL;
  return colour(replies.at(-1) ?? settings.greeting, settings.mood);
}

function tidy(content: string): string {
  return content.replace(/\s+/g, " ").trim().slice(-MAX_MESSAGE_LENGTH);
}

function colour(reply: string, mood: Mood): string {
  const sentence = reply.replace(/\s+([.?!])/g, "$1");
  if (mood === "warm") return `${sentence} Take your time.`;
  if (mood === "curious" && !sentence.endsWith("?")) return `${sentence} What makes you say that?`;
  return sentence;
}
