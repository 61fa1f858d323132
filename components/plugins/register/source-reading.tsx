import { Select } from "@/components/ui/input.tsx";
import type { Reading } from "./register-source.ts";

/** How the field was read, where that could be otherwise. */
export function SourceReading({
  reading,
  onChange,
}: {
  reading: Reading;
  onChange: (of: "plugin" | "manifest") => void;
}) {
  if (reading.kind !== "address") return null;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
      <span className="wrap-anywhere">
        Read as {reading.assumed ? <code className="text-ink">{reading.address}</code> : "the address"} of
      </span>
      <Select
        aria-label="What the address points to"
        className="max-w-44"
        value={reading.of}
        onChange={(event) => onChange(event.target.value === "manifest" ? "manifest" : "plugin")}
      >
        <option value="plugin">a running plugin</option>
        <option value="manifest">a manifest file</option>
      </Select>
    </div>
  );
}
