import { useMemo } from "react";
import { useHydrated } from "./use-hydrated.ts";

/** Formats epoch ms. One language and a 24-hour clock everywhere; the zone is the reader's own. */
export interface TimeFormat {
  /** "14:05:30" */
  clock: (at: number) => string;
  /** "22 Nov, 14:05" */
  moment: (at: number) => string;
  /** "14:00" */
  hour: (at: number) => string;
}

/** Until hydration is over times are in UTC, as the server wrote them. */
export function useTimeFormat(): TimeFormat {
  const hydrated = useHydrated();
  return useMemo(() => createTimeFormat(hydrated ? undefined : "UTC"), [hydrated]);
}

function createTimeFormat(timeZone: string | undefined): TimeFormat {
  const formatter = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, hourCycle: "h23", ...(timeZone ? { timeZone } : {}) });
  const clock = formatter({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const moment = formatter({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const hour = formatter({ hour: "2-digit", minute: "2-digit" });
  return {
    clock: (at) => clock.format(at),
    moment: (at) => moment.format(at),
    hour: (at) => hour.format(at),
  };
}
