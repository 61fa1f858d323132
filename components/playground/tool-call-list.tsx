import { Wrench } from "lucide-react";
import type { ToolCall } from "@/lib/contract/protocol.ts";
import { CodeBlock } from "./code-block.tsx";
import { toCallText } from "./tool-call-text.ts";

/** What a model asks to be called. The playground offers no tools and runs none: this only shows them. */
export function ToolCallList({ calls }: { calls: readonly ToolCall[] }) {
  return (
    <section aria-label="Tool calls" className="flex flex-col gap-2">
      <p className="flex items-center gap-1.5 text-sm text-muted">
        <Wrench aria-hidden className="size-4" />
        {calls.length === 1 ? "The model asks for a call" : `The model asks for ${calls.length} calls`}.
        Nothing was called.
      </p>
      {calls.map((call, index) => (
        <CodeBlock key={`${index} ${call.id}`} language={call.function.name} text={toCallText(call)}>
          <code>{toCallText(call)}</code>
        </CodeBlock>
      ))}
    </section>
  );
}
