import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A project that no Node is new enough for, so that whichever runs the tests is too old. */
let project: string;
const pinned = (
  JSON.parse(readFileSync("scripts/private-node/package.json", "utf8")) as {
    optionalDependencies: Record<string, string>;
  }
).optionalDependencies[`node-${process.platform}-${process.arch}`];

const SCRIPT = `
import "./private-node.mjs";
import { spawnSync } from "node:child_process";
console.log(JSON.stringify({
  node: process.execPath,
  version: process.versions.node,
  byName: spawnSync("node", ["--print", "process.execPath"], { encoding: "utf8" }).stdout.trim(),
  args: process.argv.slice(2),
}));
process.on("SIGTERM", () => process.exit(9));
if (process.argv[2] === "wait") setInterval(() => {}, 1_000);
else process.exit(7);
`;

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), "loom-private-node-"));
  mkdirSync(path.join(project, "scripts"));
  cpSync("scripts/private-node.mjs", path.join(project, "scripts/private-node.mjs"));
  cpSync("scripts/private-node", path.join(project, "scripts/private-node"), { recursive: true });
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ engines: { node: ">=99" } }));
  writeFileSync(path.join(project, "scripts/script.mjs"), SCRIPT);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function start(args: string[], env: Record<string, string> = {}, nodeArgs: string[] = []) {
  const child = spawn(process.execPath, [...nodeArgs, path.join(project, "scripts/script.mjs"), ...args], {
    env: { NODE_ENV: "test", PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes: Buffer) => (output.stdout += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (output.stderr += bytes.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...output }));
  return { child, output, ended };
}

describe("on a Node that is too old, a script", () => {
  it("refuses with LOOM_NODE=system, and says what to install", async () => {
    const { code, stdout, stderr } = await start([], { LOOM_NODE: "system" }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`Node ${process.versions.node} is too old`);
    expect(stderr).toContain("Install Node 99 or newer");
  });

  it("says what to install when npm cannot be reached, and leaves nothing half done", async () => {
    const { code, stderr } = await start([], {
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_cache: path.join(project, "empty-cache"),
      npm_config_fetch_retries: "0",
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`Fetching Node ${pinned} from npm failed`);
    expect(stderr).toContain("Install Node 99 or newer");
    expect(readdirSync(path.join(project, ".node"))).toEqual([]);
  });

  it("says what to install on a platform that npm has no Node for", async () => {
    const pretend = "Object.defineProperty(process,'platform',{value:'sunos'})";
    const { code, stderr } = await start([], {}, ["--import", `data:text/javascript,${pretend}`]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`npm has none for sunos ${process.arch}. Install Node 99 or newer`);
  });

  it("runs again on the pinned Node, with its arguments, its exit status and everything it starts by name", async () => {
    const { code, stdout, stderr } = await start(["one", "two words"]).ended;
    expect(code).toBe(7);
    const told = JSON.parse(stdout) as Record<string, unknown>;
    expect(told).toEqual({
      node: expect.stringContaining(path.join(project, ".node")),
      version: pinned,
      byName: told["node"],
      args: ["one", "two words"],
    });
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringContaining(`fetching from npm and using Node ${pinned} in .node/`),
    ]);
  });

  it("takes the pinned Node that is there already, and passes a signal on", async () => {
    const { child, output, ended } = start(["wait"], { npm_config_registry: "http://127.0.0.1:9" });
    await expect.poll(() => output.stdout).toContain("wait");
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 9, stderr: expect.stringMatching(/: using Node/) });
  });
});
