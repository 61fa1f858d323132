// npm start: whatever is missing is made, then the console runs in this very process, so that signals reach it.
// What is built already runs as it is, with production dependencies only and in a folder nobody can write to.
import "./private-node.mjs";
// By its default, for a name that an old Node lacks would stop it before it could run again on a newer one.
import module from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureGenerated, ensureInstalled, isReadyToRun, root } from "./prepare.mjs";

process.chdir(root);
process.env.NODE_ENV ??= "production";
try {
  if (!isReadyToRun()) {
    await ensureInstalled();
    await ensureGenerated();
    await ensureBuilt();
  }
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}
// Spares the next start the compiling. Where nothing can be written, it does nothing.
module.enableCompileCache(join(root, "node_modules/.cache/compile"));
await import(pathToFileURL(join(root, "dist/server.js")).href);
