import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { Button } from "../../ui/button.tsx";
import { formatValue } from "./field-kind.ts";
import type { FieldDraft } from "./field-draft.ts";

export function Chip({ children, strong = false }: { children: ReactNode; strong?: boolean }) {
  const tone = strong ? "bg-accent-soft text-accent" : "bg-idle-soft text-idle";
  return (
    <span className={`inline-flex h-5 items-center rounded-full px-2 text-xs font-medium ${tone}`}>
      {children}
    </span>
  );
}

/** Right of a label: whether the default applies, whether the field was edited, and the way back. */
export function FieldChips({
  field,
  draft,
  edited,
  onReset,
}: {
  field: ConfigField;
  draft: FieldDraft;
  edited: boolean;
  onReset: () => void;
}) {
  const hasDefault = field.default !== undefined;
  // Typed text is unset by emptying the field.
  const canUnset = !field.required && (typeof draft === "boolean" || field.validation?.enum !== undefined);
  return (
    <span className="flex items-center gap-1.5">
      {edited ? <Chip strong>Edited</Chip> : null}
      {draft === null && hasDefault ? <Chip>Default</Chip> : null}
      {draft === null && !hasDefault && field.type === "bool" ? <Chip>Not set</Chip> : null}
      {draft !== null && (hasDefault || canUnset) ? (
        <Button
          size="sm"
          variant="ghost"
          icon={<RotateCcw aria-hidden />}
          onClick={onReset}
          title={field.default === undefined ? undefined : `Default: ${formatValue(field.default)}`}
          aria-label={`${hasDefault ? "Use default of" : "Unset"} ${field.name}`}
        >
          {hasDefault ? "Use default" : "Unset"}
        </Button>
      ) : null}
    </span>
  );
}
