import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { DCLinter } from "dclint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN, waitFor } from "./console-process.ts";
import { isRoot, linkInstead, parseDockerfile, replayDockerfile, type ReplayedImage } from "./dockerfile.ts";

const MEGABYTE = 1024 * 1024;
const NAME = "loom.example.test";
const [UID, GID] = [10_001, 10_001];

// Not where other tests write, which may forbid to run programs; and open to the user of the image, as a root folder is.
const work = mkdtempSync("/tmp/loom-image-");
chmodSync(work, 0o755);
afterAll(() => {
  execFileSync("chmod", ["--recursive", "u+w", work]);
  rmSync(work, { recursive: true, force: true });
});

/** Runs a program of an image as the image's user; whoever is not root stays who they are. */
function start(image: ReplayedImage, command: string[], env: Record<string, string>): ChildProcess {
  const [program = "", ...args] = command;
  const [uid, gid] = image.user.split(":").map(Number);
  return spawn(join(image.root, "usr/local/bin", program), args, {
    cwd: join(image.root, image.directory),
    env: {
      NODE_ENV: "production",
      PATH: `${join(image.root, "usr/local/bin")}:/usr/bin:/bin`,
      ...image.env,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    ...(isRoot() && { uid, gid }),
  });
}

/** Exit code and output of a program that ends by itself. */
async function runIn(image: ReplayedImage, command: string[], env: Record<string, string> = {}) {
  const child = start(image, command, env);
  const output = listen(child);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: output() };
}

function listen(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (bytes: Buffer) => (text += bytes.toString()));
  return () => text;
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}

interface Answer {
  status: number;
  cookies: string[];
  body: string;
}

/** As a browser that knows the console under its name and speaks plain http. */
async function ask(port: string, path: string, cookie = "", body?: object): Promise<Answer> {
  const sent = request({
    host: "127.0.0.1",
    port,
    path,
    method: body ? "POST" : "GET",
    headers: { host: NAME, origin: `http://${NAME}`, cookie, "content-type": "application/json" },
  });
  sent.end(body && JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks = (await response.toArray()) as Buffer[];
  return {
    status: response.statusCode ?? 0,
    cookies: response.headers["set-cookie"] ?? [],
    body: Buffer.concat(chunks).toString(),
  };
}

/** Everything in the folder with size and time of change: equal lists mean that nothing was written. */
const listing = (directory: string) =>
  execFileSync("find", [directory, "-printf", "%p %s %T@\n"], { maxBuffer: 64 * MEGABYTE, encoding: "utf8" });

describe("the image", () => {
  let image: ReplayedImage;
  let app: string;
  beforeAll(() => {
    image = replayDockerfile("console", {
      context: resolve("."),
      work,
      insteadOf: { "npm ci": linkInstead(resolve("node_modules")), "npm run build": takeBuild },
    });
    app = join(image.root, image.directory);
    if (!isRoot()) execFileSync("chmod", ["--recursive", "a-w", app]);
  });

  /** The repository's own build, once it is proved to be what these very files would give. */
  function takeBuild(directory: string): void {
    cpSync(resolve("dist"), join(directory, "dist"), { recursive: true });
    const question =
      'import { isReadyToRun } from "./scripts/prepare.mjs"; process.exit(isReadyToRun() ? 0 : 1)';
    const { status } = spawnSync(process.execPath, ["--input-type=module", "--eval", question], {
      cwd: directory,
    });
    if (status !== 0)
      throw new Error("dist/ is not up to date, or .dockerignore leaves out what is built from.");
  }

  it("takes at most 300 MB", () => {
    const size = Number(
      execFileSync("du", ["--summarize", "--block-size=1", app], { encoding: "utf8" }).split("\t")[0],
    );
    expect(size).toBeGreaterThan(20 * MEGABYTE);
    expect(size).toBeLessThanOrEqual(300 * MEGABYTE);
  });

  it("starts as a user who cannot write to it, signs a visitor in over plain http, chats and stops", async () => {
    expect(image.user).toBe(`${UID}:${GID}`);
    expect(image.env["NODE_ENV"]).toBe("production");
    expect(image.volumes).toEqual(["/data", "/plugins"]);
    const before = listing(app);
    const write = ["node", "-e", 'require("node:fs").writeFileSync("dist/touched", "")'];
    expect((await runIn(image, write)).output).toMatch(/EACCES|EROFS/);

    const env = {
      PORT: await freePort(),
      LOOM_ALLOWED_HOSTS: NAME,
      LOOM_ADMIN_EMAIL: ADMIN.email,
      LOOM_ADMIN_PASSWORD: ADMIN.password,
    };
    expect((await runIn(image, image.healthCheck, env)).code).toBe(1);
    const child = start(image, image.command, env);
    const output = listen(child);
    try {
      await waitFor("a health check that succeeds", async () => {
        if (child.exitCode !== null) throw new Error(output());
        return (await runIn(image, image.healthCheck, env)).code === 0 || undefined;
      });
      await visit(env.PORT);
      const began = performance.now();
      child.kill(image.stopSignal as NodeJS.Signals);
      await once(child, "close");
      expect(performance.now() - began).toBeLessThan(10_000);
      expect({ code: child.exitCode, output: output() }).toMatchObject({ code: 0 });
    } finally {
      child.kill("SIGKILL");
    }
    expect(listing(app)).toBe(before);
  });

  async function visit(port: string): Promise<void> {
    const { email, password } = ADMIN;
    const refused = await ask(port, "/api/auth/sign-in/email", "", { email, password: "not the password" });
    expect(refused.status).toBe(401);
    const signedIn = await ask(port, "/api/auth/sign-in/email", "", { email, password });
    expect(signedIn).toMatchObject({ status: 200 });
    expect(signedIn.cookies.length).toBeGreaterThan(0);
    // A browser would not send it back over plain http.
    for (const cookie of signedIn.cookies) expect(cookie).not.toMatch(/;\s*secure|__Secure-/i);
    const cookie = signedIn.cookies.map((line) => line.split(";")[0]).join("; ");
    const page = await ask(port, "/", cookie);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining("ELIZA") });
    for (const file of [/\/_next\/static\/[^"]+\.js/, /\/_next\/static\/[^"]+\.css/]) {
      expect((await ask(port, file.exec(page.body)?.[0] ?? "/none")).status).toBe(200);
    }

    const pluginId = await waitFor("a healthy plugin", async () => {
      const list = JSON.parse((await ask(port, "/api/plugins", cookie)).body) as {
        plugins: Array<{ id: string; badge: string }>;
      };
      return list.plugins.find(({ badge }) => badge === "healthy")?.id;
    });
    const { models } = JSON.parse((await ask(port, `/api/plugins/${pluginId}/models`, cookie)).body) as {
      models: Array<{ id: string }>;
    };
    const chat = await ask(port, "/api/playground/runs", cookie, {
      panes: [{ pluginId, model: models[0]?.id }],
      messages: [{ role: "user", content: "Hello" }],
    });
    expect(chat.body).toContain('"type":"delta"');
    expect(chat.body).toContain('"type":"done"');
  }

  it("starts with npm start in a read-only folder that has production dependencies only", async () => {
    // What `npm ci --omit=dev` leaves of a checkout that `npm run build` has built.
    const build = join(work, "build/build");
    rmSync(join(build, "node_modules"));
    cpSync(join(app, "node_modules"), join(build, "node_modules"), { recursive: true });
    if (!isRoot()) execFileSync("chmod", ["--recursive", "a-w", build]);
    const before = listing(build);
    const { scripts } = JSON.parse(readFileSync(join(build, "package.json"), "utf8")) as {
      scripts: { start: string };
    };
    const checkout = { ...image, root: image.root, directory: "../build/build" };
    const child = start(checkout, scripts.start.split(" "), { PORT: await freePort() });
    const output = listen(child);
    try {
      await waitFor("a console that is ready", () => {
        if (child.exitCode !== null) throw new Error(output());
        return /is ready at/.test(output()) || undefined;
      });
      child.kill("SIGTERM");
      await once(child, "close");
      expect({ code: child.exitCode, output: output() }).toMatchObject({ code: 0 });
    } finally {
      child.kill("SIGKILL");
    }
    expect(listing(build)).toBe(before);
  });

  it("names its stages, ends with the console and brings Python to process plugins", () => {
    const stages = parseDockerfile(readFileSync("Dockerfile", "utf8"));
    expect(stages.map(({ name }) => name)).toEqual([
      "build",
      "dependencies",
      "runtime",
      "plugins",
      "console",
    ]);
    const plugins = stages.find(({ name }) => name === "plugins")?.instructions ?? [];
    expect(plugins.find(({ word }) => word === "RUN")?.text).toMatch(/\bpython3\b/);
    expect(plugins.findLast(({ word }) => word === "USER")?.text).toBe(`${UID}:${GID}`);
  });
});

describe("compose.yaml", () => {
  /** Everything that the schema of the Compose specification and the linter's rules about faults, not about style, find. */
  function findings(text: string): string[] {
    const file = join(work, "compose.yaml");
    writeFileSync(file, text);
    const linter = new DCLinter({
      rules: { "require-quotes-in-ports": 0, "service-keys-order": 0, "services-alphabetical-order": 0 },
      quiet: true,
      debug: false,
      exclude: [],
    });
    const found = linter.lintFiles([file], false).flatMap(({ messages }) => messages);
    return found.map(({ rule, message }) => `${rule}: ${message}`);
  }
  const text = readFileSync("compose.yaml", "utf8");

  it("is what the Compose specification allows", () => {
    expect(findings(text)).toEqual([]);
    for (const [, context = ""] of text.matchAll(/context: (\S+)/g))
      expect(readFileSync(join(context, "Dockerfile"), "utf8")).toContain("FROM");
  });

  it.each([
    ["read_only: true", "read_onli: true"],
    ["- examples", "examples"],
    ["init: true", "init: [yes]"],
  ])("would be found out with %s as %s", (right, wrong) => {
    expect(text).toContain(right);
    expect(findings(text.replace(right, wrong))).not.toEqual([]);
  });
});

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

describe.skipIf(!hasSystemd)("loom-console.service", () => {
  /** What systemd itself says against the unit, with a program that is on this machine in the place of Node's. */
  function findings(text: string): string {
    const folder = mkdtempSync(join(work, "unit-"));
    const file = join(folder, "loom-console.service");
    writeFileSync(file, text.replace("/usr/bin/node", "/bin/sh"));
    const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    return `${stdout}${stderr}`
      .split("\n")
      .filter((line) => line.includes("loom-console"))
      .join("\n");
  }
  const text = readFileSync("deploy/loom-console.service", "utf8");

  it("is what systemd understands", () => {
    expect(findings(text)).toBe("");
  });

  it.each([
    ["DynamicUser=yes", "DynamikUser=yes"],
    ["TimeoutStopSec=15", "TimeoutStopSec=soon"],
    ["SystemCallFilter=@system-service", "SystemCallFilter=@everything-good"],
    ["ExecStart=/usr/bin/node", "ExecStart=node_modules/node"],
  ])("would be found out with %s as %s", (right, wrong) => {
    expect(text).toContain(right);
    expect(findings(text.replace(right, wrong))).not.toBe("");
  });

  it("shuts the console in", () => {
    for (const line of [
      "DynamicUser=yes",
      "StateDirectory=loom-console",
      "ProtectSystem=strict",
      "NoNewPrivileges=yes",
    ])
      expect(text.split("\n")).toContain(line);
    const judged = spawnSync(
      "systemd-analyze",
      ["security", "--offline=true", "--threshold=25", resolve("deploy/loom-console.service")],
      { encoding: "utf8" },
    );
    expect(judged).toMatchObject({ status: 0 });
  });
});
