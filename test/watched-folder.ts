import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, vi } from "vitest";
import type { FolderReport } from "../lib/contract/intake.ts";
import type { Plugin } from "../lib/contract/plugin.ts";
import { createTestConsole, type TestConsole } from "./api-console.ts";
import { createStubPlugin, type StubPlugin } from "./stub-plugin.ts";

interface Wanted {
  name?: string;
  endpoint?: string;
  autoStart?: boolean;
  interval?: number;
  schema?: string;
}

export const until = (check: () => Promise<void> | void) =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 });

/** In each test a folder, a console that watches it, and a plugin that a file may name. */
export function useWatchedFolder() {
  let folder: string;
  let loom: TestConsole;
  let stub: StubPlugin;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "loom-folder-"));
    stub = await createStubPlugin({ providerType: "stub" });
    loom = await createTestConsole({ pluginFolders: [folder] });
  });

  afterEach(async () => {
    await loom.close();
    await stub.close();
    await rm(folder, { recursive: true, force: true });
  });

  function manifest({
    name = "Stub",
    endpoint = stub.endpoint,
    autoStart = true,
    interval = 60,
    schema,
  }: Wanted = {}) {
    const fields = schema === undefined ? "" : `\n  config_schema:\n    - ${schema}`;
    return `type: http\nendpoint: ${endpoint}\nauto_start: ${autoStart}\nhealth_check_interval: ${interval}\nmetadata:\n  name: ${name}\n  version: 1.0.0\n  provider_type: stub${fields}\n`;
  }

  async function write(path: string, text: string): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  /** Allows the stub's place, as an admin did for an earlier plugin. */
  async function allow(port = stub.port): Promise<void> {
    const approval = { host: "127.0.0.1", port, approvedBy: "Ada", approvedAt: new Date().toISOString() };
    await loom.data.approvals.add(approval);
    loom.approvals.remember("127.0.0.1", port);
  }

  async function rescan(): Promise<FolderReport> {
    const { status, body } = await loom.call("POST", "/api/plugins/rescan", { as: "admin", body: {} });
    expect(status).toBe(200);
    return body as FolderReport;
  }

  async function plugin(name = "Stub"): Promise<Plugin> {
    const { status, body } = await loom.call("GET", `/api/plugins/${name}`, { as: "viewer" });
    expect(status).toBe(200);
    return (body as { plugin: Plugin }).plugin;
  }

  async function actions(name = "Stub"): Promise<string[]> {
    const { id } = await plugin(name);
    return (await loom.data.audit.list({ limit: 100, targetId: id }))
      .map(({ action }) => action)
      .toReversed();
  }

  return {
    get loom() {
      return loom;
    },
    get folder() {
      return folder;
    },
    get stub() {
      return stub;
    },
    allow,
    write,
    manifest,
    plugin,
    actions,
    rescan,
  };
}
