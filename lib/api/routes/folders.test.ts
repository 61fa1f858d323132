import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FolderReport } from "../../contract/intake.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { createStubPlugin, HANG, type StubPlugin } from "../../../test/stub-plugin.ts";

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

interface Wanted {
  name?: string;
  endpoint?: string;
  autoStart?: boolean;
  interval?: number;
  schema?: string;
}

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
  return (await loom.data.audit.list({ limit: 100, targetId: id })).map(({ action }) => action).toReversed();
}

const until = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 30_000, interval: 20 });

describe("a file that appears", () => {
  it("registers a plugin and switches it on, by itself", async () => {
    await allow();
    await loom.folders.start();
    const file = await write("a/b/plugin.yaml", manifest());
    await until(async () => expect((await plugin()).badge).toBe("healthy"));
    const { origin, file: stored } = await plugin();
    expect(origin).toBe("folder");
    expect(stored).toMatchObject({ path: file, folder, state: "ok", findings: [] });
    expect(stored).not.toHaveProperty("hash");
    expect(await actions()).toEqual(["plugin.registered", "plugin.enabled"]);
  });

  it("waits for an admin when it points at this machine, and starts once that is allowed", async () => {
    const file = await write("plugin.yaml", manifest());
    await loom.folders.start();
    const { body } = await loom.call("GET", "/api/folders", { as: "viewer" });
    const [problem] = (body as FolderReport).problems;
    expect(problem).toMatchObject({ path: file, plugin: { name: "Stub" } });
    expect(problem?.findings[0]).toMatchObject({ code: "address_needs_approval", line: 2, column: 1 });
    await until(async () => expect((await plugin()).failure?.code).toBe("address_needs_approval"));
    expect(stub.requests).toEqual([]);
    const answer = await loom.call("PATCH", "/api/plugins/Stub", {
      as: "admin",
      body: { approveEndpoint: true },
    });
    expect(answer.status).toBe(200);
    await until(async () => expect((await plugin()).badge).toBe("healthy"));
    expect((await rescan()).problems).toEqual([]);
  });

  it.each(["http://127.0.0.1:8090", "http://localhost:8090", "http://[::1]:8090"])(
    "waits for an admin at %s after a restart too, switched off or not, until that is allowed",
    async (endpoint) => {
      const file = await write("plugin.yaml", manifest({ endpoint, autoStart: false }));
      await loom.folders.start();
      await loom.folders.stop();
      const { createFolders } = await import("../../operations/folder/watched-folders.ts");
      const next = createFolders(loom, [folder]);
      await next.start();
      const { problems } = await next.report();
      expect(problems).toMatchObject([
        { path: file, plugin: { name: "Stub" }, findings: [{ code: "address_needs_approval" }] },
      ]);
      loom.approvals.remember(new URL(endpoint).hostname.replace(/^\[|\]$/g, ""), 8090);
      expect((await next.report()).problems).toEqual([]);
      await next.stop();
    },
  );

  it("is not switched on without auto_start, or while configuration is missing", async () => {
    await allow();
    await write("one/plugin.yaml", manifest({ autoStart: false }));
    await write(
      "two/plugin.json",
      JSON.stringify({
        type: "http",
        endpoint: `${stub.endpoint}/two`,
        auto_start: true,
        metadata: {
          name: "Two",
          version: "1",
          provider_type: "stub",
          config_schema: [{ name: "key", type: "string", required: true, sensitive: true }],
        },
      }),
    );
    await loom.folders.start();
    expect((await plugin()).desired).toBe("disabled");
    expect(await plugin("Two")).toMatchObject({ desired: "disabled", missingConfig: ["key"] });
  });

  it("tells both who has the endpoint, and takes over once it is free", async () => {
    await write("a/plugin.yaml", manifest({ autoStart: false }));
    const second = await write("b/plugin.yaml", manifest({ name: "Second", autoStart: false }));
    await loom.folders.start();
    const { problems } = await rescan();
    expect(problems.find(({ path }) => path === second)?.findings).toMatchObject([
      {
        code: "endpoint_taken",
        message: expect.stringContaining(join(folder, "a/plugin.yaml")) as string,
        line: 2,
      },
    ]);
    await rm(join(folder, "a"), { recursive: true });
    await rescan();
    // The one file that is left is where the plugin now lives: same endpoint, same history.
    const records = await loom.data.plugins.list();
    expect(records.map(({ name, file }) => [name, file?.path, file?.state])).toEqual([
      ["Stub", second, "ok"],
    ]);
  });
});

describe("a file that changes", () => {
  it("breaks, and its chat and its plugin go on; mended, it is taken over", async () => {
    await allow();
    const file = await write("plugin.yaml", manifest());
    await loom.folders.start();
    await until(async () => expect((await plugin()).badge).toBe("healthy"));
    const { id } = await plugin();
    const leaving = new AbortController();
    const chat = loom.host
      .chat(id, { model: "stub-1", messages: [{ role: "user", content: HANG }] }, leaving.signal)
      [Symbol.asyncIterator]();
    expect(await chat.next()).toMatchObject({ done: false });

    await writeFile(file, `${manifest()}  oops: [\n`);
    await until(async () => expect((await plugin()).fileState).toBe("broken"));
    const broken = await plugin();
    expect(broken.badge).toBe("healthy");
    expect(broken.file?.findings[0]).toMatchObject({ severity: "error", line: expect.any(Number) as number });
    expect(stub.abortedChats()).toBe(0);

    await writeFile(file, manifest({ interval: 7 }));
    await until(async () => expect((await plugin()).fileState).toBe("ok"));
    expect((await plugin()).healthCheckIntervalSeconds).toBe(7);
    expect(stub.openChats()).toBe(1);
    expect(stub.requests.filter((call) => call === "POST /initialize")).toHaveLength(1);
    leaving.abort();
    await chat.return?.(undefined);
    expect(await actions()).toContain("plugin.reloaded");
  });

  it("moves the endpoint to another origin and with it forgets the secrets", async () => {
    await allow();
    const schema = "{ name: key, type: string, sensitive: true, required: true }";
    const file = await write("plugin.yaml", manifest({ schema }));
    await loom.folders.start();
    const saved = await loom.call("PUT", "/api/plugins/Stub/config", {
      as: "admin",
      body: { version: 0, values: {}, secrets: { key: { set: "s3cret" } } },
    });
    expect(saved.status).toBe(200);
    await writeFile(file, manifest({ schema, endpoint: "http://127.0.0.1:18099" }));
    await rescan();
    expect(await plugin()).toMatchObject({ endpoint: "http://127.0.0.1:18099", missingConfig: ["key"] });
    const [entry] = await loom.data.audit.list({ limit: 1, targetId: (await plugin()).id });
    expect(entry?.changes).toContainEqual({ field: "key", secret: "cleared" });
  });

  it("exchanges its endpoint with another file, each at its own moment", async () => {
    const [first, second] = ["http://127.0.0.1:18081", "http://127.0.0.1:18082"];
    const writeBoth = async (a: string, b: string) => {
      await write("a/plugin.yaml", manifest({ name: "A", endpoint: a, autoStart: false }));
      await write("b/plugin.yaml", manifest({ name: "B", endpoint: b, autoStart: false }));
    };
    await writeBoth(first, second);
    await loom.folders.start();
    await writeBoth(second, first);
    await until(async () => {
      expect(await plugin("A")).toMatchObject({ endpoint: second, fileState: "ok" });
      expect(await plugin("B")).toMatchObject({ endpoint: first, fileState: "ok" });
    });
  });

  it("never overrides a person's off", async () => {
    await allow();
    const file = await write("plugin.yaml", manifest());
    await loom.folders.start();
    await loom.call("POST", "/api/plugins/Stub/disable", { as: "admin", body: {} });
    await writeFile(file, manifest({ interval: 9 }));
    await rescan();
    expect(await plugin()).toMatchObject({ desired: "disabled", healthCheckIntervalSeconds: 9 });
    await rm(file);
    await rescan();
    await writeFile(file, manifest({ interval: 9 }));
    await rescan();
    expect(await plugin()).toMatchObject({ desired: "disabled", fileState: "ok" });
  });
});

describe("a file that goes", () => {
  it("switches its plugin off, keeps everything, and brings it back as it was", async () => {
    await allow();
    const file = await write("plugin.yaml", manifest());
    await loom.folders.start();
    const { id } = await plugin();
    await until(async () => expect((await plugin()).badge).toBe("healthy"));
    await rm(file);
    await until(async () => expect((await plugin()).fileState).toBe("gone"));
    await until(async () => expect((await plugin()).badge).toBe("disabled"));
    expect((await plugin()).desired).toBe("disabled");
    await writeFile(file, manifest());
    await until(async () => expect((await plugin()).badge).toBe("healthy"));
    expect((await plugin()).id).toBe(id);
    expect(await actions()).toEqual([
      "plugin.registered",
      "plugin.enabled",
      "plugin.file_gone",
      "plugin.reloaded",
      "plugin.enabled",
    ]);
  });

  it("keeps the plugin when the file only moved", async () => {
    await allow();
    const file = await write("plugin.yaml", manifest());
    await loom.folders.start();
    const { id } = await plugin();
    await mkdir(join(folder, "deeper"));
    await rename(file, join(folder, "deeper/plugin.yaml"));
    await until(async () => expect((await plugin()).file?.path).toBe(join(folder, "deeper/plugin.yaml")));
    expect(await plugin()).toMatchObject({ id, desired: "enabled", fileState: "ok" });
    expect(await actions()).not.toContain("plugin.file_gone");
  });

  it("is noticed at the start when it went while the console was off", async () => {
    const file = await write("plugin.yaml", manifest({ autoStart: false }));
    await loom.folders.start();
    await loom.folders.stop();
    await rm(file);
    const { createFolders } = await import("../../operations/folder/watched-folders.ts");
    const next = createFolders(loom, [folder]);
    await next.start();
    expect((await plugin()).fileState).toBe("gone");
    await next.stop();
  });

  it("may be removed only then", async () => {
    const file = await write("plugin.yaml", manifest({ autoStart: false }));
    await loom.folders.start();
    const refused = await loom.call("DELETE", "/api/plugins/Stub", { as: "admin" });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ error: { code: "file_owned", details: { path: file } } });
    await rm(file);
    await rescan();
    expect((await loom.call("DELETE", "/api/plugins/Stub", { as: "admin" })).status).toBe(204);
  });
});

describe("what is no use", () => {
  it("stops nothing: a link out, a loop, a huge file, half a file, text that is not UTF-8", async () => {
    const outside = await mkdtemp(join(tmpdir(), "loom-outside-"));
    await writeFile(join(outside, "plugin.yaml"), manifest({ name: "Outside" }));
    await mkdir(join(folder, "link"));
    await symlink(join(outside, "plugin.yaml"), join(folder, "link/plugin.yaml"));
    await symlink(folder, join(folder, "loop"));
    await write("huge/plugin.yaml", `# ${"x".repeat(70_000)}\n${manifest()}`);
    await mkdir(join(folder, "latin"));
    await writeFile(join(folder, "latin/plugin.yml"), Buffer.from([0x74, 0xff, 0xfe]));
    await write("good/plugin.yaml", manifest({ autoStart: false }));
    await loom.folders.start();
    const { problems, folders } = await rescan();
    const codes = Object.fromEntries(
      problems.map(({ path, findings }) => [path.slice(folder.length + 1), findings[0]?.code]),
    );
    expect(codes).toEqual({
      "good/plugin.yaml": "address_needs_approval",
      "huge/plugin.yaml": "payload_too_large",
      "latin/plugin.yml": "not_utf8",
      "link/plugin.yaml": "link_out_of_folder",
    });
    expect(folders).toMatchObject([{ path: folder, exists: true, manifests: 3 }]);
    expect((await loom.data.plugins.list()).map(({ name }) => name)).toEqual(["Stub"]);
    await rm(outside, { recursive: true });
  });
});

describe("detaching", () => {
  it("gives the plugin to the console, and the file registers it no second time", async () => {
    const file = await write("plugin.yaml", manifest({ autoStart: false }));
    await loom.folders.start();
    const detached = await loom.call("POST", "/api/plugins/Stub/detach", { as: "admin", body: {} });
    expect(detached.body).toMatchObject({ plugin: { file: null, fileState: null } });
    const { problems } = await rescan();
    expect(problems).toMatchObject([{ path: file, findings: [{ code: "detached", severity: "warning" }] }]);
    expect(await loom.data.plugins.list()).toHaveLength(1);
    expect(await actions()).toContain("plugin.detached");
    const again = await loom.call("POST", "/api/plugins/Stub/detach", { as: "admin", body: {} });
    expect(again.status).toBe(200);
  });

  it("needs the right to write", async () => {
    for (const path of ["/api/plugins/rescan", "/api/plugins/Stub/detach"])
      expect((await loom.call("POST", path, { as: "viewer", body: {} })).status).toBe(403);
    expect((await loom.call("GET", "/api/folders")).status).toBe(401);
  });
});

it("watches for a folder that is not there yet, and follows it when it is replaced", async () => {
  const later = join(folder, "later");
  const { createFolders } = await import("../../operations/folder/watched-folders.ts");
  const folders = createFolders(loom, [later]);
  await folders.start();
  expect((await folders.report()).folders).toEqual([{ path: later, exists: false, manifests: 0 }]);
  await write("later/x/plugin.yaml", manifest({ autoStart: false }));
  await until(async () => expect((await plugin()).fileState).toBe("ok"));
  await rename(later, join(folder, "away"));
  await until(async () => expect((await plugin()).fileState).toBe("gone"));
  await rename(join(folder, "away"), later);
  await until(async () => expect((await plugin()).fileState).toBe("ok"));
  expect(await readFile(join(later, "x/plugin.yaml"), "utf8")).toContain("Stub");
  await folders.stop();
});
