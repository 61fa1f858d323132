"use client";

import { RotateCw, Settings2, TriangleAlert } from "lucide-react";
import { ReviewCommand } from "@/components/processes/review-command.tsx";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { TONE_CLASSES } from "@/components/ui/status-badge.tsx";
import type { Refusal } from "@/lib/contract/plugin.ts";
import { ErrorFacts } from "./error-facts.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { usePermission } from "./use-permission.ts";

const WORDS: Record<Refusal["subject"], { refused: string; inUse: string }> = {
  configuration: {
    refused: "The new configuration was refused",
    inUse: "It is saved, but not in use. The last one that worked is still in use, and chats go on.",
  },
  address: {
    refused: "The new address was refused",
    inUse: "It is saved, but not in use. The plugin at the old address is still in use, and chats go on.",
  },
  restart: {
    refused: "The new start did not succeed",
    inUse: "The plugin goes on as it was started last, and so do chats.",
  },
};

/** What would take its place may not be started, so what runs was left alone. */
const NOT_RESTARTED = {
  refused: "Not restarted",
  inUse: "What runs now is the approved version. Chats go on.",
};

/** Says that what is saved is not what the plugin runs with, and why. Nothing while they agree. */
export function PluginRefusal({ editing = false }: { editing?: boolean }) {
  const { plugin, act, running } = usePluginScreen();
  const mayOperate = usePermission("plugins:operate");
  const { refusal } = plugin;
  if (refusal === null) return null;
  const { error, subject } = refusal;
  const ofProcess = subject === "restart" && error.code.startsWith("process_");
  const { refused, inUse } = ofProcess ? NOT_RESTARTED : WORDS[subject];
  const waits = error.code === "process_needs_approval";
  return (
    <section
      aria-label={refused}
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
            {refused}: {toSentence(error.message)}
          </p>
          <p>{inUse}</p>
          {error.hint && !waits ? <p className="text-muted">{error.hint}</p> : null}
        </div>
      </div>
      <ErrorFacts error={error} />
      <div className="flex flex-wrap gap-2">
        {waits ? <ReviewCommand /> : null}
        {editing || ofProcess ? null : (
          <ButtonLink
            href={toPluginPath(plugin.id, "configuration")}
            // A value that only the new description knows has no field before it is accepted, below.
            variant={plugin.drift === null ? "primary" : "secondary"}
            icon={<Settings2 aria-hidden />}
          >
            Edit configuration
          </ButtonLink>
        )}
        {mayOperate ? (
          <Button
            icon={<RotateCw aria-hidden />}
            loading={running === "restart"}
            onClick={() => act("restart")}
          >
            Try again
          </Button>
        ) : null}
      </div>
    </section>
  );
}

function toSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
