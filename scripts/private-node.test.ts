import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A project that no Node is new enough for, so that whichever runs the tests is too old; what it pins is a copy of that one. */
let project: string;
/** An npm registry of our own, with that one package: 53 MB from elsewhere would make the test as slow as the network. */
let registry: Server;
const name = `node-${process.platform}-${process.arch}`;
const version = process.versions.node;

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

beforeAll(async () => {
  project = mkdtempSync(path.join(tmpdir(), "loom-private-node-"));
  mkdirSync(path.join(project, "scripts/private-node"), { recursive: true });
  cpSync("scripts/private-node.mjs", path.join(project, "scripts/private-node.mjs"));
  cpSync("scripts/private-node/.npmrc", path.join(project, "scripts/private-node/.npmrc"));
  write("package.json", { engines: { node: ">=99" } });
  writeFileSync(path.join(project, "scripts/script.mjs"), SCRIPT);
  pin(await publish());
});
afterAll(async () => {
  registry.close();
  await once(registry, "close");
  rmSync(project, { recursive: true, force: true });
});

function write(file: string, content: object): void {
  writeFileSync(path.join(project, file), JSON.stringify(content));
}

/** Serves the package from a registry on this machine; answers its integrity. */
async function publish(): Promise<string> {
  const about = { name, version, os: process.platform, cpu: process.arch, bin: { node: "bin/node" } };
  const tarball = path.join(project, "node.tgz");
  mkdirSync(path.join(project, "package/bin"), { recursive: true });
  cpSync(process.execPath, path.join(project, "package/bin/node"));
  write("package/package.json", about);
  spawnSync("tar", ["--use-compress-program=gzip -1", "-cf", tarball, "-C", project, "package"]);
  const bytes = readFileSync(tarball);
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  registry = createServer((request, response) => {
    if (request.url?.endsWith(".tgz")) return void response.end(bytes);
    const dist = { integrity, tarball: `http://${request.headers.host}/node.tgz` };
    const versions = { [version]: { ...about, dist } };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name, "dist-tags": { latest: version }, versions }));
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
  return integrity;
}

/** Writes the lockfile of the private Node. */
function pin(integrity: string): void {
  const optionalDependencies = { [name]: version };
  write("scripts/private-node/package.json", { name: "pinned", optionalDependencies });
  const entry = {
    version,
    integrity,
    optional: true,
    os: process.platform,
    cpu: process.arch,
    bin: { node: "bin/node" },
  };
  write("scripts/private-node/package-lock.json", {
    name: "pinned",
    lockfileVersion: 3,
    requires: true,
    packages: { "": { name: "pinned", optionalDependencies }, [`node_modules/${name}`]: entry },
  });
}

function start(args: string[], env: Record<string, string> = {}, nodeArgs: string[] = []) {
  const child = spawn(process.execPath, [...nodeArgs, path.join(project, "scripts/script.mjs"), ...args], {
    env: {
      NODE_ENV: "test",
      PATH: process.env["PATH"],
      HOME: project,
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
      ...env,
    },
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
      npm_config_fetch_retries: "0",
    }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`Fetching Node ${version} from npm failed`);
    expect(stderr).toContain("Install Node 99 or newer");
    expect(readdirSync(path.join(project, ".node"))).toEqual([]);
  });

  it("says what to install on a platform that npm has no Node for", async () => {
    const pretend = "Object.defineProperty(process,'platform',{value:'sunos'})";
    const { code, stderr } = await start([], {}, ["--import", `data:text/javascript,${pretend}`]).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`npm has none for sunos ${process.arch}. Install Node 99 or newer`);
  });

  it("refuses a package whose bytes are not what the lockfile names", async () => {
    const lock = path.join(project, "scripts/private-node/package-lock.json");
    const good = readFileSync(lock, "utf8");
    pin(`sha512-${Buffer.alloc(64).toString("base64")}`);
    const { code, stdout, stderr } = await start([]).ended;
    writeFileSync(lock, good);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`Fetching Node ${version} from npm failed`);
  });

  it("runs again on the pinned Node, with its arguments, its exit status and everything it starts by name", async () => {
    const { code, stdout, stderr } = await start(["one", "two words"]).ended;
    expect(code).toBe(7);
    const told = JSON.parse(stdout) as Record<string, unknown>;
    expect(told).toEqual({
      node: expect.stringContaining(path.join(project, ".node")),
      version,
      byName: told["node"],
      args: ["one", "two words"],
    });
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringContaining(`fetching from npm and using Node ${version} in .node/`),
    ]);
  });

  it("takes the pinned Node that is there already, and passes a signal on", async () => {
    const { child, output, ended } = start(["wait"], { npm_config_registry: "http://127.0.0.1:9" });
    await expect.poll(() => output.stdout).toContain("wait");
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 9, stderr: expect.stringMatching(/: using Node/) });
  });
});
