import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Writes the Prisma client to lib/data/generated. Says nothing and does nothing when the schema and Prisma are unchanged.

const root = join(import.meta.dirname, "..");
const stampFile = join(root, "lib/data/generated/.stamp");

const wanted = createHash("sha256")
  .update(readFileSync(join(root, "prisma/schema.prisma")))
  .update(readFileSync(join(root, "node_modules/prisma/package.json")))
  .digest("hex");

if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== wanted) {
  const prisma = join(root, "node_modules/prisma/build/index.js");
  const run = spawnSync(process.execPath, [prisma, "generate", "--no-hints"], {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      // Named but never run by `generate`: without it the CLI downloads an engine, which a locked-down machine cannot.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: "1",
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
    },
  });
  if (run.status !== 0) {
    console.error(run.error ?? `${run.stdout}${run.stderr}`);
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
}
