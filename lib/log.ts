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
