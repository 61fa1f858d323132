const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NBSP = "\u00a0";

function amount(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / 1000)}${NBSP}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}${NBSP}min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}${NBSP}h`;
  const days = Math.floor(ms / DAY);
  return days === 1 ? `1${NBSP}day` : `${days}${NBSP}days`;
}

/** Distance from `now`, both epoch ms: "just now", "12 s ago", "in 3 min", "5 days ago". Rounds down. */
export function formatRelative(at: number, now: number): string {
  const distance = now - at;
  if (Math.abs(distance) < 5_000) return "just now";
  return distance > 0 ? `${amount(distance)} ago` : `in ${amount(-distance)}`;
}

/** A span of time in its two largest units: "45 s", "3 min", "2 h 5 min", "1 day 4 h". */
export function formatDuration(ms: number): string {
  if (ms < HOUR) return amount(Math.max(0, ms));
  const [unit, next] = ms < DAY ? [HOUR, MINUTE] : [DAY, HOUR];
  const rest = ms % unit;
  return rest >= next ? `${amount(ms)} ${amount(rest)}` : amount(ms);
}

/** An exact instant: "22 Nov 2026, 14:03:09 CET". Without `zone` the reader's own. */
export function formatInstant(epochMs: number, zone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(epochMs);
}
