import { MessageSquare } from "lucide-react";

const STARTERS = [
  "Hello! Who are you and what can you do?",
  "I keep worrying about my servers.",
  "Show me a short list, a table and some code in Markdown.",
];

/** The empty conversation: three ways to begin, unless nothing can be sent. */
export function Starters({ onPick }: { onPick: ((prompt: string) => void) | undefined }) {
  return (
    <div className="flex flex-col items-center gap-4 py-2 sm:py-10 text-center">
      <MessageSquare aria-hidden className="size-7 text-faint" />
      <div className="flex flex-col gap-1">
        <h2 className="text-lg font-semibold">Say something</h2>
        <p className="text-muted">The answer appears word by word, with what it took below it.</p>
      </div>
      <div className="flex w-full max-w-md flex-col gap-2">
        {STARTERS.map((prompt) => (
          <button
            key={prompt}
            type="button"
            disabled={!onPick}
            className="min-h-9 rounded-md border border-line-strong px-3 py-1.5 font-medium transition-colors hover:not-disabled:bg-sunken disabled:cursor-not-allowed disabled:opacity-55"
            onClick={() => onPick?.(prompt)}
          >
            {prompt}
          </button>
        ))}
      </div>
    </div>
  );
}
