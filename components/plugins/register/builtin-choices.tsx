import { Bot, Check, FlaskConical, MessageCircle, Plug, Plus, type LucideIcon } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { Command } from "@/components/ui/empty-state.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { presetsOf } from "@/lib/core/builtin-presets.ts";
import { EXAMPLE_COMMAND } from "../list/plugin-list-example.ts";

/** A plugin that is part of the console, and what it is to be ready for. */
export interface BuiltinChoice {
  builtin: string;
  preset: string | null;
}

interface Offer {
  title: string;
  text: string;
  Icon: LucideIcon;
  /** Buttons, each with the name it goes by. */
  choices: Array<BuiltinChoice & { label: string }>;
}

const OPENAI = "openai-compatible";

const OFFERS: Offer[] = [
  {
    title: "ELIZA",
    text: "The therapist of 1966. Talks without a key and without a network: good for trying things out.",
    Icon: MessageCircle,
    choices: [{ builtin: "eliza", preset: null, label: "ELIZA" }],
  },
  {
    title: "Simulator",
    text: "Slow, failing, breaking off in the middle: whatever you set. Shows how the console takes it, without a provider.",
    Icon: FlaskConical,
    choices: [{ builtin: "simulator", preset: null, label: "Simulator" }],
  },
  {
    title: "Anthropic",
    text: "Claude models, with a key of yours.",
    Icon: Bot,
    choices: [{ builtin: "anthropic", preset: null, label: "Anthropic" }],
  },
  {
    title: "A service that speaks OpenAI's language",
    text: "On your own machine or with a key of yours. Nothing is contacted before you enable it.",
    Icon: Plug,
    choices: [
      ...presetsOf(OPENAI).map(({ id, title }) => ({ builtin: OPENAI, preset: id, label: title })),
      { builtin: OPENAI, preset: null, label: "Another service" },
    ],
  },
];

/** For those who have no plugin at hand. */
export function BuiltinChoices({
  chosen,
  onChoose,
}: {
  chosen: BuiltinChoice | null;
  onChoose: (choice: BuiltinChoice) => void;
}) {
  return (
    <Panel title="No plugin at hand? In the box">
      <div className="flex flex-col gap-5">
        <ul className="flex flex-col gap-4">
          {OFFERS.map((offer) => (
            <OfferRow key={offer.title} offer={offer} chosen={chosen} onChoose={onChoose} />
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

function OfferRow({
  offer: { title, text, Icon, choices },
  chosen,
  onChoose,
}: {
  offer: Offer;
  chosen: BuiltinChoice | null;
  onChoose: (choice: BuiltinChoice) => void;
}) {
  const isAlone = choices.length === 1;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2">
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-accent" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-muted">{text}</p>
      </div>
      <div className={`flex flex-wrap gap-2 ${isAlone ? "" : "basis-full pl-8"}`}>
        {choices.map(({ label, ...choice }) => {
          const isChosen = chosen?.builtin === choice.builtin && chosen.preset === choice.preset;
          return (
            <Button
              key={label}
              size="sm"
              aria-label={
                choice.builtin === OPENAI && choice.preset === null ? `${label} of this kind` : `Use ${label}`
              }
              aria-pressed={isChosen}
              icon={isChosen ? <Check aria-hidden /> : <Plus aria-hidden />}
              onClick={() => onChoose(choice)}
            >
              {isAlone ? `Use ${label}` : label}
            </Button>
          );
        })}
      </div>
    </li>
  );
}
