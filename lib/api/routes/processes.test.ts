import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AuditEntry } from "../../contract/activity.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { PluginProcess } from "../../contract/process.ts";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { dropProcessPlugin } from "../../../test/process-folder.ts";

let folder: string;
let loom: TestConsole;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-processes-"));
  loom = await createTestConsole({ pluginFolders: [folder], allowProcesses: true });
  await dropProcessPlugin(folder, "Own");
  await loom.folders.start();
});
afterEach(async () => {
  await loom.close();
  await rm(folder, { recursive: true });
});

async function getProcess(): Promise<PluginProcess> {
  const { body } = await loom.call("GET", "/api/plugins/Own/process", { as: "viewer" });
  return (body as { process: PluginProcess }).process;
}

async function approve(command: PluginProcess["command"]) {
  return loom.call("POST", "/api/plugins/Own/process/approve", { as: "admin", body: { command } });
}

const revoke = (as: "admin" | "operator" = "admin") =>
  loom.call("DELETE", "/api/plugins/Own/process/approval", { as });

async function getPlugin(): Promise<Plugin> {
  const { body } = await loom.call("GET", "/api/plugins/Own", { as: "viewer" });
  return (body as { plugin: Plugin }).plugin;
}

async function listAuditEvents(): Promise<AuditEntry[]> {
  return (await loom.data.audit.list({ limit: 20 })).filter(({ action }) => action.startsWith("process."));
}

/** Approved, switched on, running. */
async function run(): Promise<void> {
  await approve((await getProcess()).command);
  await loom.call("POST", "/api/plugins/Own/enable", { as: "admin", body: {} });
  await vi.waitFor(async () => expect((await getProcess()).status).toBe("running"), 30_000);
}

describe("the approval of a command", () => {
  it("says what it covers, and which files are not what was approved", async () => {
    const before = await getProcess();
    expect(before).toMatchObject({
      approved: false,
      changes: null,
      coverage: { files: 1, data: ["plugin.json"], dataCount: 1 },
    });
    expect(await approve(before.command)).toMatchObject({
      status: 200,
      body: { process: { approved: true } },
    });
    await appendFile(join(folder, "own/plugin.mjs"), "// changed");
    await writeFile(join(folder, "own/extra.mjs"), "");
    const after = await getProcess();
    expect(after.approved).toBe(false);
    expect(after.changes).toEqual({ changed: ["plugin.mjs"], added: ["extra.mjs"], removed: [], more: 0 });
    await approve(after.command);
    expect((await listAuditEvents())[0]?.changes).toContainEqual({
      field: "files",
      before: null,
      after: after.changes,
    });
  });

  it("holds for what was shown and nothing else", async () => {
    const { command } = await getProcess();
    await appendFile(join(folder, "own/plugin.mjs"), "// changed");
    expect(await approve(command)).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
    expect((await getProcess()).approval).toBeNull();
  });

  it("answers that it holds although the name of its endpoint leads nowhere", async () => {
    const record = await getPlugin();
    await loom.data.plugins.update(record.id, { endpoint: "http://nowhere.invalid:8090" });
    expect((await approve((await getProcess()).command)).status).toBe(200);
  });

  it("can be taken back, which ends the process and says what is missing", async () => {
    await run();
    const { pid } = await getProcess();
    const { status, body } = await revoke();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      process: { approval: null, approved: false, pid: null, status: "stopped" },
    });
    expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
    expect((await getPlugin()).failure?.code).toBe("process_needs_approval");
    expect((await listAuditEvents()).map(({ action }) => action)).toEqual([
      "process.revoked",
      "process.approved",
    ]);
    await run();
  });

  it("is an admin's to take back, once", async () => {
    await approve((await getProcess()).command);
    expect((await revoke("operator")).status).toBe(403);
    expect((await revoke()).status).toBe(200);
    expect(await revoke()).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
  });
});
