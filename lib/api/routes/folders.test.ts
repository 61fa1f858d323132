import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HANG } from "../../../test/stub-plugin.ts";
import { until, useWatchedFolder } from "../../../test/watched-folder.ts";
import type { FolderReport } from "../../contract/intake.ts";

const test = useWatchedFolder();
const { allow, write, manifest, plugin, actions, rescan } = test;

describe("a file that appears", () => {
  it("registers a plugin and switches it on, by itself", async () => {
    await allow();
    await test.loom.folders.start();
    const file = await write("a/b/plugin.yaml", manifest());
    await until(async () => expect((await plugin()).badge).toBe("healthy"));
    const { origin, file: stored } = await plugin();
    expect(origin).toBe("folder");
    expect(stored).toMatchObject({ path: file, folder: test.folder, state: "ok", findings: [] });
    expect(stored).not.toHaveProperty("hash");
    expect(await actions()).toEqual(["plugin.registered", "plugin.enabled"]);
  });

  it("waits for an admin when it points at this machine, and starts once that is allowed", async () => {
    const file = await write("plugin.yaml", manifest());
    await test.loom.folders.start();
    const { body } = await test.loom.call("GET", "/api/folders", { as: "viewer" });
    const [problem] = (body as FolderReport).problems;
    expect(problem).toMatchObject({ path: file, plugin: { name: "Stub" } });
    expect(problem?.findings[0]).toMatchObject({ code: "address_needs_approval", line: 2, column: 1 });
    await until(async () => expect((await plugin()).failure?.code).toBe("address_needs_approval"));
    expect(test.stub.requests).toEqual([]);
    const answer = await test.loom.call("PATCH", "/api/plugins/Stub", {
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
      await test.loom.folders.start();
      await test.loom.folders.stop();
      const { createWatchedFolders } = await import("../../operations/folder/watched-folders.ts");
      const next = createWatchedFolders(test.loom, [test.folder]);
      await next.start();
      const { problems } = await next.report();
      expect(problems).toMatchObject([
        { path: file, plugin: { name: "Stub" }, findings: [{ code: "address_needs_approval" }] },
      ]);
      test.loom.approvals.remember(new URL(endpoint).hostname.replace(/^\[|\]$/g, ""), 8090);
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
        endpoint: `${test.stub.endpoint}/two`,
        auto_start: true,
        metadata: {
          name: "Two",
          version: "1",
          provider_type: "stub",
          config_schema: [{ name: "key", type: "string", required: true, sensitive: true }],
        },
      }),
    );
    await test.loom.folders.start();
    expect((await plugin()).desired).toBe("disabled");
    expect(await plugin("Two")).toMatchObject({ desired: "disabled", missingConfig: ["key"] });
  });

  it("shows both who has the endpoint, and takes over once it is free", async () => {
    await write("a/plugin.yaml", manifest({ autoStart: false }));
    const second = await write("b/plugin.yaml", manifest({ name: "Second", autoStart: false }));
    await test.loom.folders.start();
    const { problems } = await rescan();
    expect(problems.find(({ path }) => path === second)?.findings).toMatchObject([
      {
        code: "endpoint_taken",
        message: expect.stringContaining(join(test.folder, "a/plugin.yaml")) as string,
        line: 2,
      },
    ]);
    await rm(join(test.folder, "a"), { recursive: true });
    await rescan();
    // The one file that is left is where the plugin now lives: same endpoint, same history.
    const records = await test.loom.data.plugins.list();
    expect(records.map(({ name, file }) => [name, file?.path, file?.state])).toEqual([
      ["Stub", second, "ok"],
    ]);
  });
});

describe("a file that changes", () => {
  it("breaks, and its chat and its plugin go on; mended, it is taken over", async () => {
    await allow();
    const file = await write("plugin.yaml", manifest());
    await test.loom.folders.start();
    await until(async () => expect((await plugin()).badge).toBe("healthy"));
    const { id } = await plugin();
    const leaving = new AbortController();
    const chat = test.loom.host
      .chat(id, { model: "stub-1", messages: [{ role: "user", content: HANG }] }, leaving.signal)
      [Symbol.asyncIterator]();
    expect(await chat.next()).toMatchObject({ done: false });

    await writeFile(file, `${manifest()}  oops: [\n`);
    await until(async () => expect((await plugin()).fileState).toBe("broken"));
    const broken = await plugin();
    expect(broken.badge).toBe("healthy");
    expect(broken.file?.findings[0]).toMatchObject({ severity: "error", line: expect.any(Number) as number });
    expect(test.stub.abortedChats()).toBe(0);

    await writeFile(file, manifest({ interval: 7 }));
    await until(async () => expect((await plugin()).fileState).toBe("ok"));
    expect((await plugin()).healthCheckIntervalSeconds).toBe(7);
    expect(test.stub.openChats()).toBe(1);
    expect(test.stub.requests.filter((call) => call === "POST /initialize")).toHaveLength(1);
    leaving.abort();
    await chat.return?.(undefined);
    expect(await actions()).toContain("plugin.reloaded");
  });

  it("moves the endpoint to another origin and with it forgets the secrets", async () => {
    await allow();
    const schema = "{ name: key, type: string, sensitive: true, required: true }";
    const file = await write("plugin.yaml", manifest({ schema }));
    await test.loom.folders.start();
    const saved = await test.loom.call("PUT", "/api/plugins/Stub/config", {
      as: "admin",
      body: { version: 0, values: {}, secrets: { key: { set: "s3cret" } } },
    });
    expect(saved.status).toBe(200);
    await writeFile(file, manifest({ schema, endpoint: "http://127.0.0.1:18099" }));
    await rescan();
    expect(await plugin()).toMatchObject({ endpoint: "http://127.0.0.1:18099", missingConfig: ["key"] });
    const [entry] = await test.loom.data.audit.list({ limit: 1, targetId: (await plugin()).id });
    expect(entry?.changes).toContainEqual({ field: "key", secret: "cleared" });
  });

  it("exchanges its endpoint with another file, each at its own moment", async () => {
    const [first, second] = ["http://127.0.0.1:18081", "http://127.0.0.1:18082"];
    const writeBoth = async (a: string, b: string) => {
      await write("a/plugin.yaml", manifest({ name: "A", endpoint: a, autoStart: false }));
      await write("b/plugin.yaml", manifest({ name: "B", endpoint: b, autoStart: false }));
    };
    await writeBoth(first, second);
    await test.loom.folders.start();
    await writeBoth(second, first);
    await until(async () => {
      expect(await plugin("A")).toMatchObject({ endpoint: second, fileState: "ok" });
      expect(await plugin("B")).toMatchObject({ endpoint: first, fileState: "ok" });
    });
  });

  it("never overrides a person's off", async () => {
    await allow();
    const file = await write("plugin.yaml", manifest());
    await test.loom.folders.start();
    await test.loom.call("POST", "/api/plugins/Stub/disable", { as: "admin", body: {} });
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
