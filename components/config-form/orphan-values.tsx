import type { Json } from "@/lib/contract/manifest.ts";
import { Button } from "../ui/button.tsx";

/** Stored values that the plugin's schema no longer mentions. They are sent as before until somebody removes them. */
export function OrphanValues({
  values,
  dropped,
  onChange,
}: {
  values: Array<{ name: string; value: Json }>;
  dropped: string[];
  onChange: (dropped: string[]) => void;
}) {
  if (values.length === 0) return null;
  return (
    <section aria-label="Values without a field" className="flex flex-col gap-2 border-t border-line pt-5">
      <h3 className="font-medium">Values without a field</h3>
      <p className="text-sm text-muted">
        Stored for an earlier version of the plugin. They are kept and sent to it as before until you remove
        them.
      </p>
      <ul className="flex flex-col divide-y divide-line">
        {values.map(({ name, value }) => {
          const gone = dropped.includes(name);
          return (
            <li key={name} className="flex items-center gap-3 py-1.5">
              <span
                className={`min-w-0 flex-1 text-sm wrap-anywhere ${gone ? "text-faint line-through" : ""}`}
              >
                <code>{name}</code> <code className="text-muted">{JSON.stringify(value)}</code>
              </span>
              <Button
                size="sm"
                variant="ghost"
                aria-label={`${gone ? "Keep" : "Remove"} ${name}`}
                onClick={() => onChange(gone ? dropped.filter((one) => one !== name) : [...dropped, name])}
              >
                {gone ? "Keep" : "Remove"}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
