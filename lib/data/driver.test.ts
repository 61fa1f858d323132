import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

/**
 * Statements that die by garbage collection, then time in which nothing happens: better-sqlite3 12 aborted the process here on
 * Node 24.19 and newer (`RemoveEnvironmentCleanupHook … Statement::~Statement()`, exit 134).
 */
const SHORT_LIVED_STATEMENTS = `
  import Database from "better-sqlite3";
  const database = new Database(":memory:");
  for (let index = 0; index < 20_000; index++) database.prepare("SELECT " + index + " AS value").get();
  const garbage = [];
  for (let index = 0; index < 300; index++) garbage.push(new Array(100_000).fill(index));
  setTimeout(() => console.log(database.prepare("SELECT 42 AS value").get().value), 500);
`;

describe("the database driver", () => {
  it("outlives the garbage collection of thousands of statements", async () => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", SHORT_LIVED_STATEMENTS]);
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    expect({ code, output: output.trim() }).toEqual({ code: 0, output: "42" });
  });
});
