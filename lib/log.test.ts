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
