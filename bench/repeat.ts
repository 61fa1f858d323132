/**
 * Runs the tests of misbehaving plugins and faulty connections again and again, and prints what failed in which round.
 * Exits with 1 when anything did.
 *
 *   tsx bench/repeat.ts [rounds=20] [test files, default: the faults and peers of both transports]
 */
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";

const ROUNDS = Number(process.argv[2] ?? 20);
const FILES =
  process.argv.length > 3
    ? process.argv.slice(3)
    : [
        "lib/transport/http-faults.test.ts",
        "lib/transport/http-peer.test.ts",
        "lib/transport/grpc-faults.test.ts",
        "lib/transport/grpc-peer.test.ts",
        "lib/transport/faulty-connection.test.ts",
      ];

interface Results {
  numTotalTests: number;
  testResults: Array<{
    name: string;
    message: string;
    assertionResults: Array<{ status: string; fullName: string; failureMessages: string[] }>;
  }>;
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const failures = new Map<string, number>();
const explanations = new Map<string, string>();

function note(what: string, why: string): void {
  failures.set(what, (failures.get(what) ?? 0) + 1);
  if (!explanations.has(what)) explanations.set(what, why.split("\n", 1)[0] ?? "");
}

for (let round = 1; round <= ROUNDS; round++) {
  const began = performance.now();
  const { stdout, stderr } = spawnSync("node_modules/.bin/vitest", ["run", "--reporter=json", ...FILES], {
    encoding: "utf8",
    maxBuffer: 64 * 1_048_576,
  });
  const start = stdout.indexOf("{");
  if (start === -1) throw new Error(`vitest gave no result:\n${stderr}`);
  const results = JSON.parse(stdout.slice(start)) as Results;
  let failed = 0;
  for (const { name, message, assertionResults } of results.testResults) {
    if (assertionResults.length === 0) note(name, message);
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status !== "failed") continue;
      failed++;
      note(fullName, failureMessages[0] ?? "");
    }
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  say(
    `round ${round}: ${results.numTotalTests} tests, ${failed} failed, ${seconds} s, load ${loadavg()[0]?.toFixed(1)}`,
  );
}
for (const [what, count] of failures) say(`${count} × ${what}: ${explanations.get(what)}`);
say(failures.size === 0 ? `No failure in ${ROUNDS} rounds.` : `${failures.size} tests failed at least once.`);
process.exitCode = failures.size === 0 ? 0 : 1;
