import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Manifest } from "../contract/manifest.ts";
import { isCovered, resolveCommand } from "./process-command.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-command-"));
  await writeFile(join(folder, "plugin.js"), "serve()");
  await writeFile(join(folder, "run"), "#!/bin/sh\n");
  await chmod(join(folder, "run"), 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

const NODE_FOLDER = dirname(process.execPath);
const resolveIt = (command: string, args: string[] = [], env: Record<string, string> = {}) =>
  resolveCommand(
    Manifest.parse({
      type: "http",
      endpoint: "http://127.0.0.1:8090",
      metadata: { name: "Acme", version: "1", provider_type: "acme" },
      ...{ command, args, env },
    }),
    folder,
    `relative:${NODE_FOLDER}:/bin`,
  );

describe("resolveCommand", () => {
  it("finds a bare name on the search path and a path in the folder", async () => {
    expect((await resolveIt("node", ["plugin.js"])).executable).toMatch(/^\/.*node/);
    expect((await resolveIt("./run")).executable).toBe(join(folder, "run"));
  });

  it("changes its digest with the program and with the script it is given", async () => {
    const before = await resolveIt("node", ["plugin.js"]);
    await writeFile(join(folder, "plugin.js"), "steal()");
    const after = await resolveIt("node", ["plugin.js"]);
    expect(after.digest).not.toBe(before.digest);
    expect(isCovered(after, before)).toBe(false);
    expect(isCovered(await resolveIt("node", ["plugin.js"]), after)).toBe(true);
  });

  it("is another command with other arguments, environment or folder", async () => {
    const approved = await resolveIt("node", ["plugin.js"]);
    expect(isCovered(await resolveIt("node", ["plugin.js", "--all"]), approved)).toBe(false);
    expect(isCovered(await resolveIt("node", ["plugin.js"], { A: "1" }), approved)).toBe(false);
    expect(isCovered({ ...approved, workingDirectory: "/" }, approved)).toBe(false);
  });

  it("says what is missing, and what may not be executed", async () => {
    await expect(resolveIt("no-such-program")).rejects.toMatchObject({ code: "process_not_found" });
    await expect(resolveIt("./missing")).rejects.toMatchObject({ code: "process_not_found" });
    await expect(resolveIt("./plugin.js")).rejects.toMatchObject({ code: "process_not_executable" });
  });

  it("stays in the folder, through symlinks too", async () => {
    await mkdir(join(folder, "bin"));
    await symlink("/bin/sh", join(folder, "bin/tool"));
    await expect(resolveIt("./bin/tool")).rejects.toMatchObject({
      code: "invalid_manifest",
      extras: { field: "command" },
    });
  });

  it("refuses an environment that would run something else", async () => {
    await expect(resolveIt("node", [], { NODE_OPTIONS: "--require x" })).rejects.toMatchObject({
      code: "invalid_manifest",
      extras: { field: "env.NODE_OPTIONS" },
    });
  });
});
