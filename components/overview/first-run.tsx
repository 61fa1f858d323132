import { MessagesSquare, Plus } from "lucide-react";
import { ButtonLink } from "@/components/ui/button.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";

/** Shown while only plugins in the box exist: what to do with the first minutes. */
export function FirstRun({ plugins }: { plugins: readonly PluginSummary[] }) {
  const ready = plugins.find(({ lifecycle }) => lifecycle === "ready");
  return (
    <section
      aria-label="First steps"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-accent/30 bg-accent-soft px-4 py-3"
    >
      <div className="min-w-0 flex-1 basis-80">
        <h2 className="font-semibold">
          {ready ? `${ready.name} is ready to talk` : "Your console is ready"}
        </h2>
        <p className="text-muted">
          {ready
            ? "It needs no key and no network. When you have seen it answer, add a plugin of your own."
            : "Add a plugin of your own, or switch on the one in the box."}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <ButtonLink
          href={ready ? `/playground?plugin=${encodeURIComponent(ready.id)}` : "/playground"}
          variant="primary"
          icon={<MessagesSquare aria-hidden />}
        >
          Open playground
        </ButtonLink>
        <ButtonLink href="/plugins/new" icon={<Plus aria-hidden />}>
          Add plugin
        </ButtonLink>
      </div>
    </section>
  );
}
