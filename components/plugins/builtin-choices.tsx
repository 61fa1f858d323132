import { Check, MessageCircle, Plus } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { Command } from "@/components/ui/empty-state.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { EXAMPLE_COMMAND } from "./plugin-list-example.ts";

/** Plugins that are part of the console, by the name they are registered under. */
const BUILTINS = [
  {
    name: "eliza",
    title: "ELIZA",
    text: "The therapist of 1966. Talks without a key and without a network: good for trying things out.",
  },
];

/** For those who have no plugin at hand. */
export function BuiltinChoices({
  chosen,
  onChoose,
}: {
  chosen: string | null;
  onChoose: (name: string) => void;
}) {
  return (
    <Panel title="No plugin at hand?">
      <div className="flex flex-col gap-5">
        <ul className="flex flex-col gap-2">
          {BUILTINS.map(({ name, title, text }) => (
            <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-2">
              <MessageCircle aria-hidden className="size-5 shrink-0 text-accent" />
              <div className="min-w-0 flex-1 basis-48">
                <p className="font-medium">{title}, built in</p>
                <p className="text-sm text-muted">{text}</p>
              </div>
              <Button
                size="sm"
                aria-pressed={chosen === name}
                icon={chosen === name ? <Check aria-hidden /> : <Plus aria-hidden />}
                onClick={() => onChoose(name)}
              >
                {chosen === name ? "Chosen" : `Use ${title}`}
              </Button>
            </li>
          ))}
        </ul>
        <div className="flex flex-col gap-2">
          <p className="text-sm text-muted">
            Or run ours: a real plugin in Node.js that forwards to any OpenAI-style service, or answers
            offline. Start it with this command, then check <code>http://127.0.0.1:8090</code>.
          </p>
          <Command value={EXAMPLE_COMMAND} />
        </div>
      </div>
    </Panel>
  );
}
