const UNKNOWN = "—";
/** Between figure and unit: a figure never stands alone at a line's end. */
const NBSP = "\u00a0";

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** Groups of three, the same on server and browser. */
function group(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Keeps at most `digits` decimals and drops trailing zeros. */
function trim(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Milliseconds for people: "0.4 ms", "212 ms", "1.4 s", "2 min 5 s"; "—" when nothing was measured. */
export function formatMs(ms: number | null | undefined): string {
  if (!isKnown(ms)) return UNKNOWN;
  if (ms < 10) return `${ms === 0 ? "0" : ms < 0.05 ? "<0.1" : trim(ms, 1)}${NBSP}ms`;
  if (ms < 999.5) return `${Math.round(ms)}${NBSP}ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)}${NBSP}s`;
  if (ms < 59_500) return `${Math.round(ms / 1000)}${NBSP}s`;
  const seconds = Math.round(ms / 1000);
  const rest = seconds % 60;
  return `${group(Math.floor(seconds / 60))}${NBSP}min${rest ? ` ${rest}${NBSP}s` : ""}`;
}

/** A share of 0–1. Rounds down, so that "100 %" means all and nothing less; "—" without data. */
export function formatPercent(share: number | null | undefined): string {
  if (!isKnown(share)) return UNKNOWN;
  if (share >= 1) return `100${NBSP}%`;
  const digits = share >= 0.99 ? 2 : 1;
  const factor = 10 ** digits;
  return `${trim(Math.floor(share * 100 * factor) / factor, digits)}${NBSP}%`;
}

/** Tokens: "812", "9,120", "128k", "1.05M"; "—" when unknown. */
export function formatTokens(tokens: number | null | undefined): string {
  if (!isKnown(tokens)) return UNKNOWN;
  if (tokens < 10_000) return group(tokens);
  if (tokens < 999_500) return `${trim(tokens / 1000, tokens < 100_000 ? 1 : 0)}k`;
  return `${trim(tokens / 1_000_000, 2)}M`;
}

/** US dollars: two decimals from a cent upwards, two significant digits below; "—" when unknown. */
export function formatUsd(usd: number | null | undefined): string {
  if (!isKnown(usd)) return UNKNOWN;
  if (usd === 0) return "$0";
  if (usd < 0.000001) return "<$0.000001";
  if (usd < 0.01) return `$${trim(usd, Math.min(8, 1 - Math.floor(Math.log10(usd))))}`;
  const cents = Math.round(usd * 100);
  return `$${group(Math.floor(cents / 100))}.${String(cents % 100).padStart(2, "0")}`;
}

/** A whole number with thousands separated; "—" when unknown. */
export function formatCount(count: number | null | undefined): string {
  return isKnown(count) ? group(count) : UNKNOWN;
}

/** Bytes in memory: "812 KB", "96 MB", "1.4 GB"; "—" when unknown. */
export function formatBytes(bytes: number | null | undefined): string {
  if (!isKnown(bytes)) return UNKNOWN;
  const [kb, mb, gb] = [1_024, 1_048_576, 1_073_741_824];
  if (bytes >= gb) return `${trim(bytes / gb, 1)}${NBSP}GB`;
  if (bytes >= mb) return `${group(bytes / mb)}${NBSP}MB`;
  return `${group(bytes / kb)}${NBSP}KB`;
}
