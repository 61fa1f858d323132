import type { Metadata } from "../contract/manifest.ts";
import type {
  ChatContent,
  ChatMessage,
  ChatRequest,
  Model,
  ToolCall,
  ToolCallDelta,
} from "../contract/protocol.ts";

/** The words of a message: its text parts, one per line, without images. */
export function textOfContent(content: ChatContent): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

/** Every character that `\s` matches. */
const SPACES: ReadonlySet<number> = new Set([
  ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xa0, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
]);

/** The words of a conversation, counted where they stand: a list of them would hold up everybody while a long text is taken apart. */
export function countWords(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + wordsIn(textOfContent(content)), 0);
}

function wordsIn(text: string): number {
  let count = 0;
  let isInside = false;
  for (let at = 0; at < text.length; at += 1) {
    const isSpace = SPACES.has(text.charCodeAt(at));
    if (!isSpace && !isInside) count += 1;
    isInside = !isSpace;
  }
  return count;
}

/** What a chat may ask of a plugin. */
export interface ChatCapabilities {
  streaming: boolean;
  function_calling: boolean;
  vision: boolean;
}

/** What one model can do: its own word where it has one, else the plugin's. `model` is null when it is not in the list. */
export function capabilitiesOf(metadata: Metadata, model: Model | null): ChatCapabilities {
  const { streaming, function_calling: calling, vision } = metadata.capabilities;
  const own = model?.capabilities;
  return {
    streaming: own?.streaming ?? streaming,
    function_calling: own?.function_calling ?? calling,
    vision: own?.vision ?? vision,
  };
}

/** A part of a request that the plugin never said it understands. */
export interface MissingCapability {
  capability: "vision" | "function_calling";
  /** `messages[2].content[1]`, `tools`. */
  path: string;
}

/** The first part of `request` that needs a capability `can` lacks, or null. */
export function findMissingCapability(request: ChatRequest, can: ChatCapabilities): MissingCapability | null {
  if (!can.function_calling) {
    const path = findToolUse(request);
    if (path !== null) return { capability: "function_calling", path };
  }
  const path = can.vision ? null : findImage(request.messages);
  return path === null ? null : { capability: "vision", path };
}

/** The request as a plugin of these capabilities expects it: without `vision`, text parts become one text. */
export function fitContent(request: ChatRequest, can: ChatCapabilities): ChatRequest {
  if (can.vision || request.messages.every(({ content }) => typeof content === "string")) return request;
  const messages = request.messages.map((message) => ({
    ...message,
    content: textOfContent(message.content),
  }));
  return { ...request, messages };
}

function findToolUse({ tools, tool_choice: choice, messages }: ChatRequest): string | null {
  if (tools !== undefined) return "tools";
  if (choice !== undefined) return "tool_choice";
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") return `messages[${index}].role`;
    if (message.tool_calls !== undefined) return `messages[${index}].tool_calls`;
  }
  return null;
}

function findImage(messages: readonly ChatMessage[]): string | null {
  for (const [index, { content }] of messages.entries()) {
    const part = typeof content === "string" ? -1 : content.findIndex(({ type }) => type === "image_url");
    if (part !== -1) return `messages[${index}].content[${part}]`;
  }
  return null;
}

/** Most calls of one answer that are kept; what a model writes beyond is dropped. */
const MAX_CALLS = 128;
/** Longest `arguments` of one call that are kept, UTF-16 units. */
const MAX_ARGUMENTS = 1_000_000;

/** Puts the pieces of an answer's calls together. */
export function createToolCalls() {
  const calls = new Map<number, ToolCall>();

  function add(piece: ToolCallDelta, position: number): void {
    const index = piece.index ?? position;
    const call = calls.get(index) ?? {
      id: "",
      type: "function" as const,
      function: { name: "", arguments: "" },
    };
    if (!calls.has(index) && calls.size >= MAX_CALLS) return;
    const { name, arguments: text } = piece.function ?? {};
    const joined = (call.function.arguments + (text ?? "")).slice(0, MAX_ARGUMENTS);
    calls.set(index, {
      id: call.id || (piece.id ?? ""),
      type: "function",
      function: { name: call.function.name || (name ?? ""), arguments: joined },
    });
  }

  return {
    add: (pieces: readonly ToolCallDelta[] | null | undefined) => pieces?.forEach(add),
    /** In order of their index. */
    list: (): ToolCall[] => [...calls].sort(([a], [b]) => a - b).map(([, call]) => call),
  };
}
