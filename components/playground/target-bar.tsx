"use client";

import { BADGES, StatusBadge } from "@/components/ui/status-badge.tsx";
import { Select } from "@/components/ui/input.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";
import type { Model } from "@/lib/contract/protocol.ts";
import { ModelPicker } from "./model-picker.tsx";

/** The head of a pane: which plugin and which model answer in it. Every plugin can be chosen; what speaks against it is said below. */
export function TargetBar({
  plugins,
  plugin,
  models,
  modelId,
  onPlugin,
  onModel,
}: {
  plugins: readonly PluginSummary[];
  plugin: PluginSummary | null;
  models: readonly Model[];
  modelId: string;
  onPlugin: (id: string) => void;
  onModel: (id: string) => void;
}) {
  return (
    <div className="grid grid-cols-2 items-center gap-2 sm:grid-cols-[minmax(0,14rem)_minmax(0,16rem)_1fr]">
      <Select
        aria-label="Plugin"
        value={plugin?.id ?? ""}
        onChange={(event) => onPlugin(event.currentTarget.value)}
      >
        {plugin ? null : <option value="">Choose a plugin</option>}
        {plugins.map(({ id, name, badge }) => (
          <option key={id} value={id}>
            {badge === "healthy" ? name : `${name} (${BADGES[badge].word.toLowerCase()})`}
          </option>
        ))}
      </Select>
      {/* What was typed for one plugin means nothing to the next. */}
      <ModelPicker key={plugin?.id} models={models} value={modelId} onChange={onModel} />
      {plugin ? (
        <span className="hidden sm:block">
          <StatusBadge badge={plugin.badge} />
        </span>
      ) : null}
    </div>
  );
}
