import type { AuditChange } from "@/lib/contract/activity.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { toMine } from "./conflict/form-conflict.ts";
import { changedNames, KEPT, ownValue, toKey, type FormValues } from "./form-values.ts";

/** What a save would change, before → after, in the order of the schema. Text that is not JSON yet stands as text. */
export function toDraftChanges(config: PluginConfig, values: FormValues): AuditChange[] {
  return changedNames(config.schema, values).map((name): AuditChange => {
    const isSecret = config.schema.some((field) => field.name === name && field.sensitive);
    if (isSecret) return { field: name, secret: toSecretWord(config, values, name) };
    const [before, after] = [ownValue(values.base.values, name), toMine(config.schema, values, name)];
    return {
      field: name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
  });
}

function toSecretWord(
  { secrets }: PluginConfig,
  values: FormValues,
  name: string,
): "set" | "changed" | "cleared" {
  const { action } = values.secrets[toKey(name)] ?? KEPT;
  if (action === "clear") return "cleared";
  return secrets[name]?.configured ? "changed" : "set";
}
