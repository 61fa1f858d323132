import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrationsDirectory } from "../../test/database.ts";
import { createFakeClock } from "../../test/fake-clock.ts";
import { pluginContent } from "../../test/plugin-content.ts";
import { createLog } from "../log.ts";
import type { Data } from "./data.ts";
import { createData } from "./open.ts";
import { generateKeyText } from "./secret-box.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "loom-console-key-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const keyFile = (): string => join(directory, "secret.key");

function open(secretKey?: string): Promise<Data> {
  const log = createLog({ level: "silent", pretty: false });
  return createData({ directory, migrationsDirectory, secretKey, clock: createFakeClock(), log });
}

/** Starts a console that stores one secret, and stops it. Returns the plugin's id. */
async function storeSecret(secretKey?: string): Promise<string> {
  const data = await open(secretKey);
  const { id } = await data.plugins.create(pluginContent("Acme"));
  const secrets = { key: { set: "s3cret" } };
  await data.configs.save(id, { version: 0, values: {}, secrets, changedBy: "Ann" });
  await data.close();
  return id;
}

async function readSecret(id: string, secretKey?: string): Promise<string | undefined> {
  const data = await open(secretKey);
  const { values } = await data.configs.openSecrets(id, "http://127.0.0.1:9");
  await data.close();
  return values["key"];
}

describe("the secret key", () => {
  it("is made once, readable by its owner only, and opens the secrets after a restart", async () => {
    const id = await storeSecret();
    expect(readFileSync(keyFile(), "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(await readSecret(id)).toBe("s3cret");
  });

  it("leaves the database readable by its owner only", async () => {
    await storeSecret();
    expect(statSync(join(directory, "loom.db")).mode & 0o777).toBe(0o600);
  });

  it("may come from the environment; then no file is made", async () => {
    const passphrase = "a passphrase that is long enough, surely";
    const id = await storeSecret(passphrase);
    expect(existsSync(keyFile())).toBe(false);
    expect(await readSecret(id, passphrase)).toBe("s3cret");
  });

  it("may move from the file to the environment", async () => {
    const id = await storeSecret();
    const text = readFileSync(keyFile(), "utf8");
    rmSync(keyFile());
    expect(await readSecret(id, text)).toBe("s3cret");
  });

  it("may be joined by a new one in front: both read", async () => {
    const id = await storeSecret();
    writeFileSync(keyFile(), `${generateKeyText()}\n${readFileSync(keyFile(), "utf8")}`);
    expect(await readSecret(id)).toBe("s3cret");
  });

  it("that is not the one of this database refuses to start, names both ids and the way out", async () => {
    await storeSecret();
    const wrong = generateKeyText();
    await expect(open(wrong)).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringMatching(
        /^LOOM_SECRET_KEY is not the key .* id [0-9a-f]{8}, this one [0-9a-f]{8}/,
      ),
      extras: { hint: expect.stringContaining(keyFile()) },
    });
    writeFileSync(keyFile(), wrong);
    await expect(open()).rejects.toMatchObject({ code: "storage_unavailable" });
  });

  it("that is missing refuses to start and is not replaced", async () => {
    await storeSecret();
    rmSync(keyFile());
    await expect(open()).rejects.toMatchObject({
      code: "storage_unavailable",
      message: "The secret key of this database is missing.",
      extras: { hint: expect.stringContaining("LOOM_SECRET_KEY") },
    });
    expect(existsSync(keyFile())).toBe(false);
  });

  it.each(["", "\n\n", "too short\n"])("file with %j in it refuses to start", async (text) => {
    writeFileSync(keyFile(), text);
    await expect(open()).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringContaining(keyFile()),
    });
  });

  it("yields the same session secret after a restart and never shows itself", async () => {
    const first = await open();
    await first.close();
    const second = await open();
    await second.close();
    expect(first.sessionSecret).toBe(second.sessionSecret);
    expect(first.sessionSecret.length).toBeGreaterThanOrEqual(32);
    expect(readFileSync(keyFile(), "utf8")).not.toContain(first.sessionSecret);
  });
});
