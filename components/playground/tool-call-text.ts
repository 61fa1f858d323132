import type { ToolCall } from "@/lib/contract/protocol.ts";

/** `name(arguments)`, with the arguments laid out when they are JSON and as they are when not. */
export function toCallText({ function: { name, arguments: text } }: ToolCall): string {
  return `${name || "unnamed"}(${layOut(text)})`;
}

function layOut(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value, null, 2);
  } catch {
    return text.trim();
  }
}
