"use client";

import { useQueryStates } from "nuqs";
import { HEALTH_QUERY } from "./health-query.ts";
import { widen, type RangeName } from "./health-range.ts";

/** The range in the URL and its setters. Each drag is a step that the Back button undoes. */
export function useHealthQuery() {
  const [query, setQuery] = useQueryStates(HEALTH_QUERY);
  return {
    query,
    choose: (range: RangeName) => void setQuery({ range, from: null, to: null }),
    zoom: (from: number, to: number) => void setQuery(widen(from, to), { history: "push" }),
  };
}
