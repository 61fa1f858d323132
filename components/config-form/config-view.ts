import { parseAsStringLiteral, useQueryState } from "nuqs";

export const CONFIG_VIEWS = ["form", "yaml", "json", "effective", "history"] as const;
export type ConfigView = (typeof CONFIG_VIEWS)[number];

/** Which view of a configuration is open. It lives in the URL, so that a history can be sent to a colleague. */
export function useConfigView() {
  return useQueryState(
    "view",
    parseAsStringLiteral(CONFIG_VIEWS).withDefault("form").withOptions({ history: "replace" }),
  );
}
