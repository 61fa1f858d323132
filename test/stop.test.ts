import { execFileSync } from "node:child_process";
import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ADMIN_ENV, signIn } from "../scripts/session.ts";
import { removeDirectory, startConsole, waitFor } from "./console-process.ts";
import { dropProcessPlugin } from "./process-folder.ts";

it("SIGTERM ends a console although the disk of a plugin's log does not answer, and it says what that lost", async () => {
  const loom = await startConsole({ env: { ...ADMIN_ENV, LOOM_ALLOW_PROCESSES: "true" } });
  await dropProcessPlugin(loom.pluginsDirectory, "Stuck");
  const { api } = await signIn(loom);
  const find = async () => (await api.listPlugins()).find(({ name }) => name === "Stuck");
  const { id } = await waitFor("the plugin of the folder", find);
  const { command } = await api.getProcess(id);
  if (command === null) throw new Error("The plugin has a command.");
  await api.approveProcess(id, command);
  await api.enablePlugin(id);
  await waitFor("a healthy plugin", async () => ((await find())?.badge === "healthy" ? true : undefined));
  const [logs = ""] = readdirSync(join(loom.dataDirectory, "logs"));
  const file = join(loom.dataDirectory, "logs", logs, "output.jsonl");
  // Whoever opens a pipe that nobody reads waits for ever, as with a disk that has gone.
  execFileSync("mkfifo", [`${file}.pipe`]);
  renameSync(`${file}.pipe`, file);
  await loom.stop();
  expect(loom.output()).toMatch(
    /"lines":\d+,"msg":"the last lines of a plugin's log did not reach the disk"/,
  );
  expect(loom.output()).toContain("Stopped without waiting for a file system that does not answer.");
  await removeDirectory(loom.dataDirectory);
});
