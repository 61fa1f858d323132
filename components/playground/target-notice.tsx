import { TriangleAlert } from "lucide-react";
import { ButtonLink } from "@/components/ui/button.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import { describeTrouble } from "./target.ts";

/** What may keep the chosen plugin from answering, with the way to where that is mended. Nothing when nothing does. */
export function TargetNotice({ plugin, missing }: { plugin: PluginSummary | null; missing: string | null }) {
  const trouble = plugin
    ? describeTrouble(plugin)
    : missing === null
      ? null
      : `There is no plugin “${missing}” here (any more). Choose another one.`;
  if (!trouble) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-warn-soft px-4 py-2 text-sm">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
      <p className="min-w-0 flex-1 basis-48 wrap-anywhere">{trouble}</p>
      {plugin ? (
        <ButtonLink size="sm" href={`/plugins/${encodeURIComponent(plugin.id)}`}>
          Open plugin
        </ButtonLink>
      ) : null}
    </div>
  );
}
