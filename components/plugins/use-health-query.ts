import { parseAsInteger, parseAsStringLiteral, useQueryStates } from "nuqs";
import { RANGE_NAMES, widen, type RangeName } from "./health-range.ts";

/** The range in the URL: `range`, or `from` and `to` (epoch ms) after a drag. Each drag is a step the Back button undoes. */
export function useHealthQuery() {
  const [query, setQuery] = useQueryStates({
    range: parseAsStringLiteral(RANGE_NAMES).withDefault("1h"),
    from: parseAsInteger,
    to: parseAsInteger,
  });
  return {
    query,
    choose: (range: RangeName) => void setQuery({ range, from: null, to: null }),
    zoom: (from: number, to: number) => void setQuery(widen(from, to), { history: "push" }),
  };
}
