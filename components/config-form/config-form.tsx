"use client";

import { useWatch } from "react-hook-form";
import { NO_SECRET, type PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField } from "./config-field.tsx";
import { ConfigNotice } from "./config-notice.tsx";
import { orphanNames, ownValue } from "./form-values.ts";
import { LeaveGuard } from "./leave-guard.tsx";
import { OrphanValues } from "./orphan-values.tsx";
import { SaveBar } from "./save-bar.tsx";
import { SecretField } from "./secret-field.tsx";
import { useConfigForm } from "./use-config-form.ts";

/** The form a plugin's schema asks for. `onEnable` is offered after a save while the plugin is off. */
export function ConfigForm({
  pluginId,
  config,
  onEnable,
}: {
  pluginId: string;
  config: PluginConfig;
  onEnable: (() => void) | undefined;
}) {
  const { form, changed, outcome, retype, submit, discard } = useConfigForm(pluginId, config);
  const [base, dropped] = useWatch({ control: form.control, name: ["base", "dropped"] });
  const orphans = orphanNames(config.schema, base.values);
  const typedSecrets = config.schema.filter(
    ({ name, sensitive }) => sensitive && changed.includes(name),
  ).length;

  return (
    <>
      <form
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="flex flex-col gap-6 p-4 *:max-w-2xl">
          {outcome ? <ConfigNotice outcome={outcome} onEnable={onEnable} /> : null}
          {config.schema.map((field) =>
            field.sensitive ? (
              <SecretField
                key={field.name}
                field={field}
                control={form.control}
                state={config.secrets[field.name] ?? NO_SECRET}
                edited={changed.includes(field.name)}
                retype={retype.includes(field.name)}
              />
            ) : (
              <ConfigField
                key={field.name}
                field={field}
                control={form.control}
                edited={changed.includes(field.name)}
              />
            ),
          )}
          <OrphanValues
            values={orphans.map((name) => ({ name, value: ownValue(base.values, name) ?? null }))}
            dropped={dropped}
            onChange={(next) => form.setValue("dropped", next, { shouldDirty: true })}
          />
        </div>
        <SaveBar
          changes={changed.length}
          saving={form.formState.isSubmitting}
          onSave={() => void submit()}
          onDiscard={discard}
        />
      </form>
      <LeaveGuard changes={changed.length} typedSecrets={typedSecrets} />
    </>
  );
}
