import type { PluginConfig } from "@/lib/contract/config.ts";
import type { ConfigFormState } from "../use-config-form.ts";
import { LeftBehindNotice } from "./left-behind.tsx";
import { useLeftBehind } from "./use-left-behind.ts";

/** A text holds no secrets: what its address leaves behind is entered in the form. */
export function LeftBehindInText({
  config,
  state,
  onForm,
}: {
  config: PluginConfig;
  state: ConfigFormState;
  onForm: () => void;
}) {
  const left = useLeftBehind(config, state.form.control);
  return left ? (
    <div className="px-4 pt-4">
      <LeftBehindNotice left={left} onFix={onForm} />
    </div>
  ) : null;
}
