/**
 * The keys of the secrets in plugin configurations, from the command line; works beside a running console.
 *
 *   npm run secrets -- status   which key sealed what
 *   npm run secrets -- rotate   a new key, every secret wrapped anew; safe to end and to run again at any time
 *   npm run secrets -- retire   take keys away that no secret needs any more
 */
import { isAppError } from "../lib/contract/error.ts";
import { lockDataDirectory } from "../lib/data/directory-lock.ts";
import { inspectKeys, retireKeys, rotateSecrets, type KeyReport } from "../lib/data/rotation.ts";
import { EnvError, readEnv } from "../lib/env.ts";
import { createClock } from "../lib/real-clock.ts";

const USAGE = "npm run secrets -- status | rotate | retire\n";

async function main(): Promise<void> {
  const env = readEnv();
  const { secretKey, secretKeyFile, oldSecretKeys } = env;
  const source = { directory: env.dataDirectory, secretKey, secretKeyFile, oldSecretKeys };
  const command = process.argv[2];
  if (command === "status") return print(inspectKeys(source));
  if (command === "retire") return say(`Taken away: ${retireKeys(source).join(", ") || "nothing"}`);
  if (command !== "rotate") {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  say("Rotating");
  const isConsoleRunning = isLocked(env.dataDirectory);
  const { wrapped, writing, ...report } = await rotateSecrets({
    source,
    clock: createClock(),
    isConsoleRunning,
  });
  say(`${wrapped} secrets are wrapped under the key ${writing} now.`);
  print(report);
}

function isLocked(directory: string): boolean {
  try {
    lockDataDirectory(directory).release();
    return false;
  } catch {
    return true;
  }
}

function print({ keys, source, secrets, unreadable, isComplete }: KeyReport): void {
  say(`Keys from ${source}, the writing one first: ${keys.join(", ")}`);
  for (const [id, count] of Object.entries(secrets)) say(`  ${id}: ${count} secrets`);
  if (unreadable > 0) say(`${unreadable} secrets cannot be opened: put their key back, or enter them again.`);
  if (!isComplete) say("Not everything is under the writing key: run npm run secrets -- rotate.");
  else if (keys.length > 1) say("The other keys are needed for older copies of the database only.");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  const text = isAppError(error)
    ? [error.message, error.extras.hint].filter(Boolean).join("\n")
    : error instanceof EnvError
      ? error.message
      : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
