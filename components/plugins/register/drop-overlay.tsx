import { FileDown } from "lucide-react";

/** Over the whole page while a file hovers. */
export function DropOverlay() {
  return (
    <div
      aria-hidden
      className="pointer-events-none fixed inset-3 z-40 flex items-center justify-center rounded-xl border-2 border-dashed border-accent bg-accent-soft/90"
    >
      <p className="flex items-center gap-2 text-lg font-semibold text-accent">
        <FileDown className="size-5" />
        Drop a plugin.yaml or plugin.json
      </p>
    </div>
  );
}
