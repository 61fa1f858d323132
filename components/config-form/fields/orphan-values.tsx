"use client";

import { useController, type Control } from "react-hook-form";
import { Button } from "../../ui/button.tsx";
import { ownValue, type FormValues, type OpaqueValues } from "../form-values.ts";

/** Values that the plugin's schema does not mention. They are sent as before until somebody removes them. */
export function OrphanValues({ control, stored }: { control: Control<FormValues>; stored: OpaqueValues }) {
  const { field } = useController({ control, name: "extras" });
  const extras: OpaqueValues = field.value;
  const names = [...new Set([...Object.keys(stored), ...Object.keys(extras)])];
  if (names.length === 0) return null;

  function drop(name: string) {
    field.onChange(Object.fromEntries(Object.entries(extras).filter(([key]) => key !== name)));
  }
  return (
    <section aria-label="Values without a field" className="flex flex-col gap-2 border-t border-line pt-5">
      <h3 className="font-medium">Values without a field</h3>
      <p className="text-sm text-muted">
        The plugin’s schema does not mention them, perhaps since an upgrade. They are kept and sent to it as
        they are until you remove them.
      </p>
      <ul className="flex flex-col divide-y divide-line">
        {names.map((name) => {
          const gone = !Object.hasOwn(extras, name);
          const value = ownValue(gone ? stored : extras, name) ?? null;
          return (
            <li key={name} className="flex items-center gap-3 py-1.5">
              <span
                className={`min-w-0 flex-1 text-sm wrap-anywhere ${gone ? "text-faint line-through" : ""}`}
              >
                <code>{name}</code>{" "}
                <code className={gone ? undefined : "text-muted"}>{JSON.stringify(value)}</code>
              </span>
              <Button
                size="sm"
                variant="ghost"
                aria-label={`${gone ? "Keep" : "Remove"} ${name}`}
                onClick={() => (gone ? field.onChange({ ...extras, [name]: value }) : drop(name))}
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
