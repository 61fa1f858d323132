import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Manifest } from "../lib/contract/manifest.ts";
import type { Clock } from "../lib/core/clock.ts";
import type { PluginRecord } from "../lib/data/data.ts";
import { createHost } from "../lib/host/create-host.ts";
import { createSupervisor } from "../lib/host/process/supervisor.ts";
import { createLog } from "../lib/log.ts";
import { createPluginClient } from "../lib/transport/create.ts";
import { createTestData } from "./database.ts";
import { freePort } from "./process-folder.ts";

/** The real host with the real supervisor over a real database and a folder of its own, on the clock given. */
export async function createProcessHost(clock: Clock) {
  const folder = await mkdtemp(join(tmpdir(), "loom-own-"));
  const logs = await mkdtemp(join(tmpdir(), "loom-logs-"));
  await copyFile(join(import.meta.dirname, "process-plugin.mjs"), join(folder, "plugin.mjs"));
  const database = await createTestData(clock);
  const { data } = database;
  const log = createLog({ level: "silent", pretty: false });
  const supervisor = createSupervisor({
    ...{ processes: data.processes, clock, log, allowed: true },
    environment: { PATH: process.env["PATH"] },
    logDirectory: logs,
    guardianScript: join(import.meta.dirname, "../lib/host/process/guardian.mjs"),
  });
  const host = createHost({
    ...{ data, clock, log, builtins: {}, supervisor },
    createClient: createPluginClient({
      ...{ approvals: { isApproved: () => true }, ownPort: () => 1, builtins: {}, clock },
    }),
  });

  /** Registers `sh program.sh`, wanted and approved; `script` may start `plugin.mjs`, which knows its port. */
  async function register(script: string): Promise<PluginRecord> {
    const path = join(folder, "plugin.yaml");
    await writeFile(path, "");
    await writeFile(join(folder, "program.sh"), script);
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const metadata = { name: "Own process", version: "1.0.0", provider_type: "own-process" };
    const record = await data.plugins.create({
      ...{ name: "Own", origin: "folder", findings: [], desired: "enabled", healthCheckIntervalSeconds: 60 },
      endpoint,
      file: { path, folder, state: "ok", findings: [], changedAt: new Date().toISOString(), hash: "" },
      manifest: Manifest.parse({
        ...{ type: "http", endpoint, metadata, command: "sh", args: ["program.sh"] },
        env: { PORT: String(port) },
      }),
    });
    const look = await host.command(record);
    if (look === null) throw new Error("nothing to approve");
    const approvedAt = new Date().toISOString();
    await data.processes.approve(record.id, { ...look, approvedBy: "Ann", approvedAt });
    return record;
  }

  return {
    folder,
    data,
    host,
    register,
    async close() {
      await host.stop();
      await supervisor.close();
      await database.close();
      await Promise.all([folder, logs].map((path) => rm(path, { recursive: true })));
    },
  };
}
