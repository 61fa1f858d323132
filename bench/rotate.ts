/**
 * How long 10,000 secrets take to get a new key, beside what sealing and opening alone cost. Prints, asserts nothing.
 *
 *   tsx bench/rotate.ts [secrets=10000]
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createData } from "../lib/data/open.ts";
import { rotateSecrets } from "../lib/data/rotation.ts";
import { createSecretBox, generateKeyText, generateSalt, parseSecretKey } from "../lib/data/secret-box.ts";
import { createLog } from "../lib/log.ts";
import { createClock } from "../lib/real-clock.ts";
import { textTable } from "../scripts/text-table.ts";
import { removeDirectory } from "../test/console-process.ts";
import { pluginContent } from "../test/plugin-content.ts";
import { ms } from "./figures.ts";

const COUNT = Number(process.argv[2] ?? 10_000);
const PER_PLUGIN = 500;
const directory = mkdtempSync(join(tmpdir(), "loom-bench-"));
const clock = createClock();
const log = createLog({ level: "silent", pretty: false });
const text = "sk-0123456789abcdef0123456789abcdef";

const data = await createData({ directory, migrationsDirectory: "prisma/migrations", clock, log });
for (let plugin = 0; plugin * PER_PLUGIN < COUNT; plugin++) {
  const { id } = await data.plugins.create(pluginContent(`Plugin ${plugin}`));
  const names = Array.from({ length: PER_PLUGIN }, (_, index) => `key_${index}`);
  const secrets = Object.fromEntries(names.map((name) => [name, { set: text }]));
  await data.configs.save(id, { version: 0, values: {}, secrets, changedBy: "bench" });
}

const key = parseSecretKey(generateKeyText(), generateSalt());
if (!key) throw new Error("A key we made cannot be read.");
const box = createSecretBox([key]);
let began = performance.now();
for (let index = 0; index < COUNT; index++) box.open(box.seal(text, "a:b:c"), "a:b:c");
const baseline = performance.now() - began;

began = performance.now();
const { wrapped } = await rotateSecrets({ source: { directory }, clock, isConsoleRunning: true });
const rotation = performance.now() - began;

process.stdout.write(
  `${textTable([
    ["what", "secrets", "ms"],
    ["seal and open in memory", String(COUNT), ms(baseline)],
    ["rotation on disk", String(wrapped), ms(rotation)],
  ])}\n`,
);
await data.close();
await removeDirectory(directory);
