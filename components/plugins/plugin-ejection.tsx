"use client";

import { MessageSquare, Settings2, TriangleAlert } from "lucide-react";
import { useTimeFormat } from "@/components/charts/time-format.ts";
import { ButtonLink } from "@/components/ui/button.tsx";
import { TONE_CLASSES } from "@/components/ui/status-badge.tsx";
import { ErrorFacts } from "./error-facts.tsx";
import { toChatPath, toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";

/**
 * Says that a plugin that runs is left out of routing because its chats fail, why, and for how long. Nothing while it is not.
 * `editing`: its configuration is open below.
 */
export function PluginEjection({ editing = false }: { editing?: boolean }) {
  const { plugin } = usePluginScreen();
  const { clock } = useTimeFormat();
  const { ejection } = plugin;
  if (ejection === null || plugin.lifecycle !== "ready") return null;
  const { error, failures, until } = ejection;
  return (
    <section
      aria-label="Left out of routing"
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4"
    >
      <div className="flex items-start gap-3">
        <span
          className={`inline-flex size-8 shrink-0 items-center justify-center rounded-full ${TONE_CLASSES.warn}`}
        >
          <TriangleAlert aria-hidden className="size-4" />
        </span>
        <div className="flex min-w-0 flex-1 flex-col gap-1 wrap-anywhere">
          <p className="font-semibold">
            {plugin.health === "up"
              ? `Its health checks pass, but the last ${failures} chats failed.`
              : `The last ${failures} chats failed.`}
          </p>
          <p>{error.message}</p>
          {error.hint ? <p className="text-muted">{error.hint}</p> : null}
          <p className="text-muted">
            It gets no routed requests until{" "}
            <time dateTime={until} className="figures whitespace-nowrap text-ink">
              {clock(Date.parse(until))}
            </time>
            , or until a chat goes well. The playground still reaches it.
          </p>
        </div>
      </div>
      <ErrorFacts error={error} />
      <div className="flex flex-wrap gap-2">
        <ButtonLink href={toChatPath(plugin.id)} variant="primary" icon={<MessageSquare aria-hidden />}>
          Try it in the playground
        </ButtonLink>
        {editing ? null : (
          <ButtonLink href={toPluginPath(plugin.id, "configuration")} icon={<Settings2 aria-hidden />}>
            Configure
          </ButtonLink>
        )}
      </div>
    </section>
  );
}
