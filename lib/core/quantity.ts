const KB = 1024;
const MB = 1024 * KB;

/** A number of bytes for a message, with at most one decimal: `1536` → `1.5 KB`, `4194304` → `4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= MB) return `${trim(bytes / MB)} MB`;
  if (bytes >= KB) return `${trim(bytes / KB)} KB`;
  return `${bytes} bytes`;
}

/** A duration in milliseconds for a message, with at most one decimal: `250` → `250 ms`, `30000` → `30 s`, `600000` → `10 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds >= 60_000) return `${trim(milliseconds / 60_000)} min`;
  if (milliseconds >= 1_000) return `${trim(milliseconds / 1_000)} s`;
  return `${trim(milliseconds)} ms`;
}

function trim(value: number): string {
  return String(Math.round(value * 10) / 10);
}
