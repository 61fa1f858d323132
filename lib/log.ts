import { pino, type DestinationStream, type Logger } from "pino";
import pretty from "pino-pretty";

export type Log = Logger;

/** Names under which a secret could travel; their values never reach a log line, at any of the first three levels. */
const SECRET_KEYS = [
  "authorization",
  "cookie",
  "set-cookie",
  "password",
  "token",
  "secret",
  "secrets",
  "api_key",
  "apiKey",
  "values",
  "config",
];

/**
 * The console's log: JSON lines on standard output, or coloured text for a person (`pretty`).
 * `destination` is for tests.
 */
export function createLog(options: { level: string; pretty: boolean; destination?: DestinationStream }): Log {
  const settings = {
    level: options.level,
    base: null,
    redact: {
      paths: SECRET_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]),
      censor: "[redacted]",
    },
  };
  if (options.destination) return pino(settings, options.destination);
  if (options.pretty)
    return pino(settings, pretty({ colorize: true, translateTime: "SYS:HH:MM:ss", sync: true }));
  return pino(settings);
}

/**
 * Lets the process live on when nobody reads what it writes any more, as behind a pipe whose reader has ended. Without it every line is
 * an uncaught error, and the pages' own report of that error is the next line.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
