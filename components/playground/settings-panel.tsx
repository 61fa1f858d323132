"use client";

import { Button } from "@/components/ui/button.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input, Textarea } from "@/components/ui/input.tsx";
import { formatCount } from "@/components/ui/numbers.ts";
import type { Model } from "@/lib/contract/protocol.ts";
import { EMPTY_SETTINGS, type ParameterErrors, type Settings } from "./parameters.ts";

/** System prompt and parameters. An empty parameter is not sent, and the plugin's own default applies. */
export function SettingsPanel({
  settings,
  errors,
  model,
  onChange,
}: {
  settings: Settings;
  errors: ParameterErrors;
  model: Model | null;
  onChange: (settings: Settings) => void;
}) {
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change });
  const isSet = Object.values(settings).some((text: string) => text !== "");
  return (
    <div className="flex flex-col gap-4">
      <Field label="System prompt" hint="Sent before the conversation, with every message.">
        {(aria) => (
          <Textarea
            {...aria}
            placeholder="None"
            value={settings.systemPrompt}
            onChange={(event) => set({ systemPrompt: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Temperature" error={errors.temperature} hint="0 keeps to the likeliest words, 2 roams.">
        {(aria) => (
          <Input
            {...aria}
            inputMode="decimal"
            autoComplete="off"
            placeholder="Unset: the plugin's default"
            value={settings.temperature}
            onChange={(event) => set({ temperature: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Max tokens" error={errors.maxTokens} hint={describeLimits(model)}>
        {(aria) => (
          <Input
            {...aria}
            inputMode="numeric"
            autoComplete="off"
            placeholder="Unset: the plugin's default"
            value={settings.maxTokens}
            onChange={(event) => set({ maxTokens: event.currentTarget.value })}
          />
        )}
      </Field>
      <Button size="sm" className="self-start" disabled={!isSet} onClick={() => onChange(EMPTY_SETTINGS)}>
        Unset all
      </Button>
    </div>
  );
}

function describeLimits(model: Model | null): string {
  const facts = [
    model?.max_output_tokens ? `at most ${formatCount(model.max_output_tokens)} tokens per answer` : "",
    model?.context_window ? `context ${formatCount(model.context_window)} tokens` : "",
  ].filter(Boolean);
  const sentence = facts.length > 0 ? facts.join("; ") : "the longest the answer may get";
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
