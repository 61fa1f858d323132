import type { Clock } from "../core/clock.ts";
import { readManifest } from "./manifest.ts";

/** After so many readings the runtime has compiled the path: a 64 KB manifest then takes a tenth of what the first one would. */
const READINGS = 60;
const FIELDS = 20;
/** Long enough that plugins that are brought back at the same time hardly notice. */
const BREATH_MS = 100;

const field = (number: number) =>
  `    - { name: f${number}, type: string, description: x, default: a, validation: { min_length: 1, max_length: 9, pattern: "^[a-z]+$" } }`;

const SAMPLE = [
  "type: http",
  "endpoint: https://plugin.example.com",
  "metadata:",
  "  name: Warm-up",
  '  version: "1.0.0"',
  "  provider_type: warm-up",
  "  capabilities: { streaming: true }",
  "  config_schema:",
  ...Array.from({ length: FIELDS }, (_, number) => field(number)),
  "auto_start: false",
].join("\n");

/**
 * Reads a manifest of our own often enough that the first large one of a person does not hold up everything else while its code
 * is being compiled. With a breath after each reading; about a third of a second of work, spread over some seconds. Ends early when `signal` aborts.
 */
export async function warmUpIntake(clock: Clock, signal: AbortSignal): Promise<void> {
  for (let reading = 0; reading < READINGS && !signal.aborted; reading += 1) {
    readManifest(SAMPLE);
    await clock.sleep(BREATH_MS, signal);
  }
}
