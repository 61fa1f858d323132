import { MessagesSquare, Plus, Power } from "lucide-react";
import { toChatPath, toPluginPath } from "@/components/plugins/plugin-path.ts";
import { ButtonLink } from "@/components/ui/button.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import { chooseFirstStep, type FirstStep } from "./first-step.ts";

/** Shown while only built-in plugins exist: what to do with the first minutes. */
export function FirstRun({ plugins }: { plugins: readonly PluginSummary[] }) {
  const step = chooseFirstStep(plugins);
  if (step === null) return null;
  const { plugin, isWell } = step;
  return (
    <section
      aria-label="First steps"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-accent/30 bg-accent-soft px-4 py-3"
    >
      <div className="min-w-0 flex-1 basis-80">
        <h2 className="font-semibold wrap-anywhere">
          {isWell ? `${plugin.name} is ready to talk` : "Your console is ready"}
        </h2>
        <p className="text-muted wrap-anywhere">{toAdvice(step)}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        {isWell ? (
          <ButtonLink href={toChatPath(plugin.id)} variant="primary" icon={<MessagesSquare aria-hidden />}>
            Open playground
          </ButtonLink>
        ) : (
          <ButtonLink href={toPluginPath(plugin.id)} variant="primary" icon={<Power aria-hidden />}>
            Open plugin
          </ButtonLink>
        )}
        <ButtonLink href="/plugins/new" icon={<Plus aria-hidden />}>
          Add plugin
        </ButtonLink>
      </div>
    </section>
  );
}

function toAdvice({ plugin, isWell, needsNothing }: FirstStep): string {
  if (isWell && needsNothing)
    return "It needs no key and no network. When you have seen it answer, add a plugin of your own.";
  if (isWell) return "When you have seen it answer, add a plugin of your own.";
  if (plugin.desired === "disabled") return `Switch on ${plugin.name}, or add a plugin of your own.`;
  return `See what ${plugin.name} needs, or add a plugin of your own.`;
}
