import { parseAsInteger, parseAsStringLiteral } from "nuqs/server";
import { RANGE_NAMES } from "./health-range.ts";

/** The Health tab's part of the URL, read by page and component: `range`, or `from` and `to` (epoch ms) after a drag. */
export const HEALTH_QUERY = {
  range: parseAsStringLiteral(RANGE_NAMES).withDefault("1h"),
  from: parseAsInteger,
  to: parseAsInteger,
};
