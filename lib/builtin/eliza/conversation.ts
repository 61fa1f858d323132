import ElizaBot from "elizabot";
import type { ChatMessage } from "../../contract/protocol.ts";
import { textOfContent } from "../../core/chat-content.ts";
import type { Mood, Settings } from "./settings.ts";

/**
 * How much ELIZA listens to. Her rules backtrack, and she tries all of them on every sentence: without limits one long
 * message would hold up the whole console.
 */
const MAX_SENTENCES = 5;
const MAX_SENTENCE_LENGTH = 120;
/** Messages replayed to bring her back to where she was. */
const MAX_REPLAYED = 20;

const FAREWELL = "Goodbye. It was nice talking to you.";

/**
 * What ELIZA says to the last message of a conversation. Depends on the messages alone: the conversation is replayed
 * from its start, because no request knows of another.
 */
export function answer(messages: readonly ChatMessage[], settings: Settings): string {
  const said = messages
    .filter(({ role }) => role === "user")
    .map(({ content }) => textOfContent(content))
    .filter((text) => text.trim() !== "");
  if (said.length === 0) return settings.greeting;
  const replayed = settings.remembers ? said.slice(-MAX_REPLAYED) : said.slice(-1);
  const bot = new ElizaBot(true);
  const replies = replayed.map((text) => bot.transform(tidy(text)));
  // The library says goodbye at random; the same conversation must end the same way.
  if (bot.quit) return FAREWELL;
  return colour(replies.at(-1) ?? settings.greeting, settings.mood);
}

/** The last few sentences, without the runs of blanks and dashes that make the rules slow. */
function tidy(content: string): string {
  const recent = content.slice(-MAX_SENTENCES * MAX_SENTENCE_LENGTH * 2).replace(/[\s-]+/g, " ");
  const sentences = recent.split(/[,.?!;]+/).map((sentence) => sentence.trim().slice(0, MAX_SENTENCE_LENGTH));
  return sentences.filter(Boolean).slice(-MAX_SENTENCES).join(". ");
}

function colour(reply: string, mood: Mood): string {
  const sentence = reply.replace(/\s+([.?!])/g, "$1");
  if (mood === "warm") return `${sentence} Take your time.`;
  if (mood === "curious" && !sentence.endsWith("?")) return `${sentence} What makes you say that?`;
  return sentence;
}
