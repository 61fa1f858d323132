import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import { pluginContent } from "../../test/plugin-content.ts";
import { createClock } from "../real-clock.ts";
import { createData } from "./open.ts";
import { inspectKeys, retireKeys, rotateSecrets } from "./rotation.ts";
import { generateKeyText } from "./secret-box.ts";

const ORIGIN = "http://127.0.0.1:9";
const COUNT = 400;
const KILLS = 20;

let test: TestData;
let id: string;
beforeEach(async () => {
  test = await createTestData();
  ({ id } = await test.data.plugins.create(pluginContent("Acme")));
  const names = Array.from({ length: COUNT }, (_, index) => `key_${index}`);
  const secrets = Object.fromEntries(names.map((name) => [name, { set: `secret of ${name}` }]));
  await test.data.configs.save(id, { version: 0, values: {}, secrets, changedBy: "Ann" });
});
afterEach(() => test.close());

const source = () => ({ directory: test.directory });
const rotate = () => rotateSecrets({ source: source(), clock: createClock(), isConsoleRunning: true });
const keyFile = () => join(test.directory, "secret.key");

/** Opens everything, and counts what can be read. */
async function countReadable(): Promise<number> {
  const { values } = await test.data.configs.openSecrets(id, ORIGIN);
  return Object.entries(values).filter(([name, value]) => value === `secret of ${name}`).length;
}

describe("rotating the key", () => {
  it("wraps every secret anew while the console runs, and leaves a trail", async () => {
    const [old = ""] = inspectKeys(source()).keys;
    const { wrapped, writing, isComplete, keys } = await rotate();
    expect({ wrapped, isComplete, keys }).toEqual({ wrapped: COUNT, isComplete: true, keys: [writing, old] });
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(await countReadable()).toBe(COUNT);
    // The running console writes with the new key at once.
    await test.data.configs.save(id, {
      version: 1,
      values: {},
      secrets: { more: { set: "x" } },
      changedBy: "Ann",
    });
    expect(inspectKeys(source()).secrets).toEqual({ [writing]: COUNT + 1 });
    expect((await test.data.audit.list({ limit: 1 }))[0]).toMatchObject({ action: "secrets.rotated" });
  });

  it("takes the old key away only when nothing needs it, and starts with the new one", async () => {
    await rotate();
    expect(retireKeys(source())).toHaveLength(1);
    expect(readFileSync(keyFile(), "utf8").trim().split("\n")).toHaveLength(1);
    expect(await countReadable()).toBe(COUNT);
    await test.data.close();
    const again = await createData(test.options);
    expect(Object.keys((await again.configs.openSecrets(id, ORIGIN)).values)).toHaveLength(COUNT);
    await again.close();
  });

  it("goes on with the same key after it was ended in the middle", async () => {
    const old = readFileSync(keyFile(), "utf8");
    writeFileSync(keyFile(), `${generateKeyText()}\n${old}`);
    const [begun] = inspectKeys(source()).keys;
    expect(inspectKeys(source()).isComplete).toBe(false);
    expect((await rotate()).writing).toBe(begun);
  });

  it("says which key is missing when one was lost, and blocks only those secrets", async () => {
    const [lost = ""] = inspectKeys(source()).keys;
    writeFileSync(keyFile(), `${generateKeyText()}\n`);
    const { problems } = await test.data.configs.openSecrets(id, ORIGIN);
    expect(problems["key_0"]).toContain(lost);
    expect((await test.data.configs.secretStates(id, ORIGIN))["key_0"]?.problem).toContain(lost);
  });

  it(`keeps every secret readable when it is killed at random, ${KILLS} times`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(process.execPath, ["--import", "tsx", "scripts/secrets.ts", "rotate"], {
        env: { ...process.env, LOOM_DATA_DIR: test.directory },
        stdio: ["ignore", "pipe", "ignore"],
      });
      const exited = once(child, "exit");
      await Promise.race([once(child.stdout, "data"), exited]);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      child.kill("SIGKILL");
      await exited;
      expect(await countReadable()).toBe(COUNT);
    }
    expect((await rotate()).isComplete).toBe(true);
    expect(await countReadable()).toBe(COUNT);
  }, 300_000);
});
