import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import { INTERVAL_SECONDS } from "@/lib/contract/manifest.ts";
import type { PluginEdit } from "./plugin-edit.ts";

/** The fields of the edit dialog. `file` is the manifest file that address and interval belong to, if any. */
export function EditFields({
  edit,
  problems,
  file,
  onChange,
}: {
  edit: PluginEdit;
  problems: { [field in keyof PluginEdit]?: string };
  file: string | null;
  onChange: (edit: PluginEdit) => void;
}) {
  const owned = file === null ? null : `Written in ${file}: change it there, or detach the plugin first.`;
  return (
    <>
      <Field
        label="Name"
        error={problems.name}
        hint="Unique. Scripts and links may use it in place of the id."
        required
      >
        {(aria) => (
          <Input
            {...aria}
            value={edit.name}
            onChange={(event) => onChange({ ...edit, name: event.target.value })}
          />
        )}
      </Field>
      {edit.endpoint === null ? null : (
        <Field
          label="Address"
          error={problems.endpoint}
          hint={
            owned ??
            "The console asks who answers there. Secrets stay behind when scheme, host or port change."
          }
          required
        >
          {(aria) => (
            <Input
              {...aria}
              mono
              readOnly={owned !== null}
              value={edit.endpoint ?? ""}
              onChange={(event) => onChange({ ...edit, endpoint: event.target.value })}
            />
          )}
        </Field>
      )}
      <Field
        label="Check health every"
        error={problems.intervalSeconds}
        hint={owned ?? `Seconds, ${INTERVAL_SECONDS.min} to ${INTERVAL_SECONDS.max}`}
        required
      >
        {(aria) => (
          <Input
            {...aria}
            inputMode="numeric"
            className="max-w-32"
            readOnly={owned !== null}
            value={edit.intervalSeconds}
            onChange={(event) => onChange({ ...edit, intervalSeconds: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
