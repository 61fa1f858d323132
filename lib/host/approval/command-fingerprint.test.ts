import { execFileSync } from "node:child_process";
import {
  chmod,
  mkdir,
  mkdtemp,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Manifest } from "../../contract/manifest.ts";
import { createClock } from "../../real-clock.ts";
import { createFileDigests } from "./file-digest.ts";
import { isCovered, lookAtCommand } from "./command-fingerprint.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-command-"));
  await writeFile(join(folder, "plugin.js"), "serve()");
  await writeFile(join(folder, "run"), "#!/bin/sh\n");
  await chmod(join(folder, "run"), 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

const NODE_FOLDER = dirname(process.execPath);
const clock = createClock();
const digests = createFileDigests(clock);

function lookAt(
  command: string,
  args: string[] = [],
  env: Record<string, string> = {},
  path = `relative:${NODE_FOLDER}:/bin`,
) {
  const manifest = Manifest.parse({
    type: "http",
    endpoint: "http://127.0.0.1:8090",
    metadata: { name: "Acme", version: "1", provider_type: "acme" },
    ...{ command, args, env },
  });
  const file = join(folder, "plugin.yaml");
  return lookAtCommand({ manifest, file, searchPath: path, digests, clock });
}

const resolveIt = async (...what: Parameters<typeof lookAt>) => (await lookAt(...what)).command;

describe("lookAtCommand", () => {
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

  it("covers every file of the folder: what a script imports, what an option loads, a name without its extension", async () => {
    await mkdir(join(folder, "lib"));
    await writeFile(join(folder, "lib/x.js"), "good()");
    const variants: string[][] = [
      ["plugin"],
      ["."],
      ["--import=./lib/x.js", "plugin.js"],
      ["-r./lib/x", "plugin.js"],
    ];
    for (const args of variants) {
      await writeFile(join(folder, "lib/x.js"), "good()");
      const before = await resolveIt("node", args);
      await writeFile(join(folder, "lib/x.js"), "evil()");
      expect((await resolveIt("node", args)).digest, args.join(" ")).not.toBe(before.digest);
    }
  });

  it("notices a file that is added, removed or renamed", async () => {
    const before = await resolveIt("node", ["plugin.js"]);
    await writeFile(join(folder, "plugin"), "shadows plugin.js");
    const added = await resolveIt("node", ["plugin.js"]);
    expect(added.digest).not.toBe(before.digest);
    await rename(join(folder, "plugin"), join(folder, "plugin.cjs"));
    expect((await resolveIt("node", ["plugin.js"])).digest).not.toBe(added.digest);
    await rm(join(folder, "plugin.cjs"));
    expect((await resolveIt("node", ["plugin.js"])).digest).toBe(before.digest);
  });

  it("is not fooled by a change that keeps size and time of the file", async () => {
    const before = await resolveIt("node", ["plugin.js"]);
    const { atime, mtime } = await stat(join(folder, "plugin.js"));
    await writeFile(join(folder, "plugin.js"), "STEAL()");
    await utimes(join(folder, "plugin.js"), atime, mtime);
    expect((await resolveIt("node", ["plugin.js"])).digest).not.toBe(before.digest);
  });

  it("refuses a link that leads out of the folder, whatever it leads to, and says which", async () => {
    const other = await mkdtemp(join(tmpdir(), "loom-other-"));
    await writeFile(join(other, "evil.js"), "steal()");
    for (const target of [join(other, "evil.js"), other, join(other, "not there yet")]) {
      await symlink(target, join(folder, "out"));
      await expect(resolveIt("node", ["plugin.js"]), target).rejects.toMatchObject({
        code: "process_folder_uncovered",
        message: expect.stringContaining(join(folder, "out")),
        extras: { hint: expect.stringMatching(/./) },
      });
      await rm(join(folder, "out"));
    }
    await rm(other, { recursive: true });
  });

  it("covers a link that stays in the folder: where it leads, and what lies there", async () => {
    await writeFile(join(folder, "state.db"), "run()");
    await symlink("state.db", join(folder, "main.js"));
    const before = await resolveIt("node", ["main.js"]);
    await writeFile(join(folder, "state.db"), "steal()");
    expect((await resolveIt("node", ["main.js"])).digest).not.toBe(before.digest);
  });

  it("refuses an argument that names a file or folder elsewhere, in whatever spelling", async () => {
    const other = await mkdtemp(join(tmpdir(), "loom-other-"));
    const file = join(other, "evil.js");
    await writeFile(file, "steal()");
    const up = relative(folder, file);
    for (const argument of [file, up, `--import=${file}`, `-r${file}`, pathToFileURL(file).href, other]) {
      await expect(resolveIt("node", [argument]), argument).rejects.toMatchObject({
        code: "process_folder_uncovered",
        message: expect.stringContaining("evil.js".slice(0, argument === other ? 0 : 7)),
      });
    }
    await rm(other, { recursive: true });
  });

  it("refuses an argument that a runtime completes to a file elsewhere, or that holds a list of paths", async () => {
    const other = await mkdtemp(join(tmpdir(), "loom-other-"));
    const jar = join(other, "x.jar");
    await writeFile(jar, "steal()");
    await writeFile(join(other, "server.js"), "steal()");
    const up = relative(folder, other);
    for (const args of [
      [`${up}/server`],
      ["-r", `${up}/server`, "plugin.js"],
      [join(other, "server")],
      ["../not-there/yet"],
      [`-javaagent:${jar}`],
      [`-javaagent:${jar}=port=1`],
      ["-cp", `lib:${jar}`],
      ["-cp", `http://127.0.0.1:${jar}`],
      ["-cp", `lib:${other}/*`],
      [`--with=a=${jar}`],
      [`--all=a,${jar};b`],
      [`@${up}/options`],
      [`-isystem${other}`],
      [`--import=data:,x;${pathToFileURL(jar).href.replace("x.jar", "%78.jar")}`],
    ]) {
      await expect(resolveIt("node", args), args.join(" ")).rejects.toMatchObject({
        code: "process_folder_uncovered",
        message: expect.stringContaining("outside the folder of the manifest"),
      });
    }
    await rm(other, { recursive: true });
  });

  it("takes addresses, routes, devices and names for what they are", async () => {
    const args = [
      ...[
        "http://127.0.0.1:8090",
        "--url=http://tmp:8123/v1/models",
        "--db=postgres://ann:pw@home/acme?x=/y",
      ],
      ...[
        "grpc://[::1]:50051",
        "--route=/v1/models",
        "/",
        "/api",
        "--log=/dev/null",
        "C:\\tools\\x",
        "C:/tools/x",
      ],
      ...[
        "@acme/plugin",
        "--to=ann@acme.test",
        "12:30,13:00",
        "--import=./plugin.js",
        "-a:b;c",
        "=",
        "--",
        "",
        ":",
      ],
    ];
    expect((await resolveIt("node", ["plugin.js", ...args])).args).toHaveLength(args.length + 1);
  });

  it("covers the interpreter that a script names, and refuses one it cannot cover", async () => {
    const other = await mkdtemp(join(tmpdir(), "loom-other-"));
    const [inner, outer] = [join(other, "inner"), join(other, "outer")];
    const put = async (path: string, text: string) => {
      await writeFile(path, text);
      await chmod(path, 0o755);
    };
    const digestNow = async () => (await resolveIt("./run")).digest;
    await put(join(folder, "run"), `#! ${outer} -x\n`);
    await put(outer, `#!${inner}`);
    await put(inner, "#!/bin/sh\necho A");
    const before = await digestNow();
    await put(inner, "#!/bin/sh\necho B");
    expect(await digestNow()).not.toBe(before);
    for (const line of [`${join(other, "gone")}`, `/bin/sh ${inner}`, `/usr/bin/env -S node -r ${inner}`]) {
      await put(join(folder, "run"), `#!${line}\n`);
      await expect(resolveIt("./run"), line).rejects.toMatchObject({ code: "process_folder_uncovered" });
    }
    for (const line of ["-S NODE_OPTIONS=-rx node", "-i node", "-S 'no''de'", "no-such-program", ""]) {
      await put(join(folder, "run"), `#!/usr/bin/env ${line}\n`);
      await expect(resolveIt("./run"), line).rejects.toMatchObject({ code: "process_folder_uncovered" });
    }
    await put(join(folder, "run"), "#!/usr/bin/env -S A=1 node --no-warnings plugin.js\n");
    expect((await resolveIt("./run")).executable).toBe(join(folder, "run"));
    await put(outer, `#!${outer}\n`);
    await put(join(folder, "run"), `#!${outer}\n`);
    await expect(resolveIt("./run")).rejects.toMatchObject({ code: "process_folder_uncovered" });
    await rm(other, { recursive: true });
  });

  it("covers what env finds on the search path for a script", async () => {
    const other = await mkdtemp(join(tmpdir(), "loom-other-"));
    const digestWith = async (text: string) => {
      await writeFile(join(other, "python9"), text);
      await chmod(join(other, "python9"), 0o755);
      return (await lookAt("./run", [], {}, `/no:${other}`)).command.digest;
    };
    await writeFile(join(folder, "run"), "#!/usr/bin/env python9\n");
    expect(await digestWith("one")).not.toBe(await digestWith("two"));
    await rm(other, { recursive: true });
  });

  it("refuses names that are no UTF-8: another may look the same", async () => {
    await mkdir(join(folder, "parts"));
    const odd = Buffer.concat([
      Buffer.from(join(folder, "parts/p")),
      Buffer.from([0xff]),
      Buffer.from(".py"),
    ]);
    await writeFile(join(folder, "parts/p\uFFFD.py"), "decoy");
    await writeFile(odd, "steal()");
    const refused = { code: "process_folder_uncovered", message: expect.stringContaining("UTF-8") };
    await expect(resolveIt("node", ["plugin.js"])).rejects.toMatchObject(refused);
    await rm(join(folder, "parts"), { recursive: true });
    await symlink(Buffer.concat([Buffer.from("p"), Buffer.from([0xff])]), join(folder, "to"));
    await expect(resolveIt("node", ["plugin.js"])).rejects.toMatchObject(refused);
  });

  it("is not asked about again for what a plugin writes while it runs: logs, databases, their journals", async () => {
    const before = await resolveIt("node", ["plugin.js"]);
    await mkdir(join(folder, "data"));
    for (const name of [
      "out.log",
      "out.log.1",
      "data/state.sqlite",
      "data/state.sqlite-wal",
      "data/cache.db",
      "run.pid",
    ]) {
      await writeFile(join(folder, name), "x");
    }
    expect((await resolveIt("node", ["plugin.js"])).digest).toBe(before.digest);
  });

  it("covers a log or database after all that an argument names, that may be executed", async () => {
    await writeFile(join(folder, "out.log"), "one");
    for (const args of [["out.log"], ["--import=./out.log"], ["-r./sub/../out.log"]]) {
      await writeFile(join(folder, "out.log"), "one");
      const before = await resolveIt("node", args);
      await writeFile(join(folder, "out.log"), "two");
      expect((await resolveIt("node", args)).digest, args.join(" ")).not.toBe(before.digest);
    }
    await chmod(join(folder, "out.log"), 0o755);
    const before = await resolveIt("node", ["plugin.js"]);
    await writeFile(join(folder, "out.log"), "six");
    expect((await resolveIt("node", ["plugin.js"])).digest).not.toBe(before.digest);
  });

  it("refuses what it cannot read or bound, and says so", async () => {
    execFileSync("/bin/sh", ["-c", 'mkfifo "$0"', join(folder, "pipe")]);
    await expect(resolveIt("node", ["plugin.js"])).rejects.toMatchObject({
      code: "process_folder_uncovered",
      message: expect.stringContaining("pipe"),
    });
    await rm(join(folder, "pipe"));
    await truncate(join(folder, "plugin.js"), 600 * 1_048_576);
    await expect(resolveIt("node", ["plugin.js"])).rejects.toMatchObject({
      code: "process_folder_uncovered",
      message: expect.stringContaining("512 MB"),
    });
  });

  it("refuses a NUL character, which no program can be given", async () => {
    for (const [args, env] of [
      [["a\0b"], {}],
      [[], { A: "a\0b" }],
    ] as Array<[string[], Record<string, string>]>) {
      await expect(resolveIt("node", args, env)).rejects.toMatchObject({ code: "invalid_manifest" });
    }
  });

  it("refuses an environment that would run something else", async () => {
    await expect(resolveIt("node", [], { NODE_OPTIONS: "--require x" })).rejects.toMatchObject({
      code: "invalid_manifest",
      extras: { field: "env.NODE_OPTIONS" },
    });
  });
});
