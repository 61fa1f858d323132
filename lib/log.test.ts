import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLog } from "./log.ts";

it("redacts secrets wherever they sit", () => {
  const lines: string[] = [];
  const log = createLog({ level: "info", pretty: false, destination: { write: (line) => lines.push(line) } });
  log.info(
    { password: "canary-1", request: { headers: { cookie: "canary-2" } }, config: { api_key: "canary-3" } },
    "x",
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("canary");
  expect(lines[0]).toContain("[redacted]");
});

it("a process lives on when nobody reads what it writes any more", async () => {
  const script = join(import.meta.dirname, "../test/unheard-writer.ts");
  const writer = spawn(process.execPath, ["--import", "tsx", script], { stdio: "pipe" });
  await once(writer.stdout, "data");
  writer.stdout.destroy();
  writer.stderr.destroy();
  writer.stdin.end("write");
  expect(await once(writer, "exit")).toEqual([0, null]);
});
