import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until, useWatchedFolder } from "../../../test/watched-folder.ts";

const test = useWatchedFolder();
const { allow, write, manifest, plugin, actions, rescan } = test;

describe("a file that goes", () => {
  it("switches its plugin off, keeps everything, and brings it back as it was", async () => {
    await allow();
    const file = await write("plugin.yaml", manifest());
    await test.loom.folders.start();
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
    await test.loom.folders.start();
    const { id } = await plugin();
    await mkdir(join(test.folder, "deeper"));
    await rename(file, join(test.folder, "deeper/plugin.yaml"));
    await until(async () =>
      expect((await plugin()).file?.path).toBe(join(test.folder, "deeper/plugin.yaml")),
    );
    expect(await plugin()).toMatchObject({ id, desired: "enabled", fileState: "ok" });
    expect(await actions()).not.toContain("plugin.file_gone");
  });

  it("is noticed at the start when it went while the console was off", async () => {
    const file = await write("plugin.yaml", manifest({ autoStart: false }));
    await test.loom.folders.start();
    await test.loom.folders.stop();
    await rm(file);
    const { createWatchedFolders } = await import("../../operations/folder/watched-folders.ts");
    const next = createWatchedFolders(test.loom, [test.folder]);
    await next.start();
    expect((await plugin()).fileState).toBe("gone");
    await next.stop();
  });

  it("may be removed only then", async () => {
    const file = await write("plugin.yaml", manifest({ autoStart: false }));
    await test.loom.folders.start();
    const refused = await test.loom.call("DELETE", "/api/plugins/Stub", { as: "admin" });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ error: { code: "file_owned", details: { path: file } } });
    await rm(file);
    await rescan();
    expect((await test.loom.call("DELETE", "/api/plugins/Stub", { as: "admin" })).status).toBe(204);
  });
});

describe("what is no use", () => {
  it("stops nothing: a link out, a loop, a huge file, half a file, text that is not UTF-8", async () => {
    const outside = await mkdtemp(join(tmpdir(), "loom-outside-"));
    await writeFile(join(outside, "plugin.yaml"), manifest({ name: "Outside" }));
    await mkdir(join(test.folder, "link"));
    await symlink(join(outside, "plugin.yaml"), join(test.folder, "link/plugin.yaml"));
    await symlink(test.folder, join(test.folder, "loop"));
    await write("huge/plugin.yaml", `# ${"x".repeat(70_000)}\n${manifest()}`);
    await mkdir(join(test.folder, "latin"));
    await writeFile(join(test.folder, "latin/plugin.yml"), Buffer.from([0x74, 0xff, 0xfe]));
    await write("good/plugin.yaml", manifest({ autoStart: false }));
    await test.loom.folders.start();
    const { problems, folders } = await rescan();
    const codes = Object.fromEntries(
      problems.map(({ path, findings }) => [path.slice(test.folder.length + 1), findings[0]?.code]),
    );
    expect(codes).toEqual({
      "good/plugin.yaml": "address_needs_approval",
      "huge/plugin.yaml": "payload_too_large",
      "latin/plugin.yml": "not_utf8",
      "link/plugin.yaml": "link_out_of_folder",
    });
    expect(folders).toMatchObject([{ path: test.folder, exists: true, manifests: 3 }]);
    expect((await test.loom.data.plugins.list()).map(({ name }) => name)).toEqual(["Stub"]);
    await rm(outside, { recursive: true });
  });
});

describe("detaching", () => {
  it("gives the plugin to the console, and the file registers it no second time", async () => {
    const file = await write("plugin.yaml", manifest({ autoStart: false }));
    await test.loom.folders.start();
    const detached = await test.loom.call("POST", "/api/plugins/Stub/detach", { as: "admin", body: {} });
    expect(detached.body).toMatchObject({ plugin: { file: null, fileState: null } });
    const { problems } = await rescan();
    expect(problems).toMatchObject([{ path: file, findings: [{ code: "detached", severity: "warning" }] }]);
    expect(await test.loom.data.plugins.list()).toHaveLength(1);
    expect(await actions()).toContain("plugin.detached");
    const again = await test.loom.call("POST", "/api/plugins/Stub/detach", { as: "admin", body: {} });
    expect(again.status).toBe(200);
  });

  it("needs the right to write", async () => {
    for (const path of ["/api/plugins/rescan", "/api/plugins/Stub/detach"])
      expect((await test.loom.call("POST", path, { as: "viewer", body: {} })).status).toBe(403);
    expect((await test.loom.call("GET", "/api/folders")).status).toBe(401);
  });
});

it("watches for a folder that is not there yet, and follows it when it is replaced", async () => {
  const later = join(test.folder, "later");
  const { createWatchedFolders } = await import("../../operations/folder/watched-folders.ts");
  const folders = createWatchedFolders(test.loom, [later]);
  await folders.start();
  expect((await folders.report()).folders).toEqual([{ path: later, exists: false, manifests: 0 }]);
  await write("later/x/plugin.yaml", manifest({ autoStart: false }));
  await until(async () => expect((await plugin()).fileState).toBe("ok"));
  await rename(later, join(test.folder, "away"));
  await until(async () => expect((await plugin()).fileState).toBe("gone"));
  await rename(join(test.folder, "away"), later);
  await until(async () => expect((await plugin()).fileState).toBe("ok"));
  expect(await readFile(join(later, "x/plugin.yaml"), "utf8")).toContain("Stub");
  await folders.stop();
});
