const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NBSP = "\u00a0";
/** Nearer than this nobody counts seconds. */
const SHORT_MS = 5_000;

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
  if (Math.abs(distance) < SHORT_MS) return "just now";
  return distance > 0 ? `${amount(distance)} ago` : `in ${amount(-distance)}`;
}

/** What is yet to come, both epoch ms: "in 3 min", and "in a moment" once it is due. */
export function formatUpcoming(at: number, now: number): string {
  return at - now < SHORT_MS ? "in a moment" : formatRelative(at, now);
}

/** A span of time in its two largest units: "45 s", "3 min", "2 h 5 min", "1 day 4 h". */
export function formatDuration(ms: number): string {
  if (ms < HOUR) return amount(Math.max(0, ms));
  const [unit, next] = ms < DAY ? [HOUR, MINUTE] : [DAY, HOUR];
  const rest = ms % unit;
  return rest >= next ? `${amount(ms)} ${amount(rest)}` : amount(ms);
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The calendar of a zone, as numbers: words and commas differ between a server's and a browser's Unicode tables. */
function readCalendar(epochMs: number, zone: string | undefined) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).formatToParts(epochMs);
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  const [year, month, day] = [Number(read("year")), Number(read("month")), Number(read("day"))];
  return {
    year,
    day,
    month: MONTHS[month - 1] ?? "",
    weekday: DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? "",
    time: `${read("hour")}:${read("minute")}:${read("second")}`,
    zoneName: read("timeZoneName"),
  };
}

/** An exact instant: "22 Nov 2026, 14:03:09 CET". Without `zone` the reader's own. */
export function formatInstant(epochMs: number, zone?: string): string {
  const { year, month, day, time, zoneName } = readCalendar(epochMs, zone);
  return `${day} ${month.slice(0, 3)} ${year}, ${time} ${zoneName}`;
}

/** A calendar day: "Sunday, 22 November 2026". Without `zone` the reader's own. */
export function formatDay(epochMs: number, zone?: string): string {
  const { year, month, day, weekday } = readCalendar(epochMs, zone);
  return `${weekday}, ${day} ${month} ${year}`;
}

/** The time of day: "14:03:07". Without `zone` the reader's own. */
export function formatClock(at: string | number, zone?: string): string {
  return readCalendar(typeof at === "string" ? Date.parse(at) : at, zone).time;
}
