import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { scanFolders } from "./manifest-scan.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-scan-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

it("finds manifests at any depth, but not below hidden folders or node_modules", async () => {
  const paths = [
    "plugin.yaml",
    "one/plugin.yml",
    "one/two/plugin.json",
    ".git/plugin.yaml",
    "one/.cache/plugin.yaml",
    "one/node_modules/dependency/plugin.yaml",
    "one/not-a-plugin.yaml",
  ];
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), "type: http\n");
  }
  const { files, problems } = await scanFolders([folder]);
  expect([...files.keys()].map((path) => relative(folder, path)).sort()).toEqual([
    "one/plugin.yml",
    "one/two/plugin.json",
    "plugin.yaml",
  ]);
  expect(problems.size).toBe(0);
});
