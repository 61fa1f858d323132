import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { SORT_KEYS, SORT_ORDERS, STATE_FILTERS } from "./plugin-filter.ts";

const PARSERS = {
  q: parseAsString.withDefault(""),
  state: parseAsStringLiteral(STATE_FILTERS).withDefault("all"),
  sort: parseAsStringLiteral(SORT_KEYS).withDefault("state"),
  order: parseAsStringLiteral(SORT_ORDERS).withDefault("asc"),
};

/** Search, state and sort of the list; they live in the URL, so that a view can be sent to a colleague. */
export function usePluginFilter() {
  return useQueryStates(PARSERS, { history: "replace", clearOnDefault: true });
}
