// npm start: whatever is missing is made, then the console runs in this very process, so that signals reach it.
import "./private-node.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureGenerated, ensureInstalled, root } from "./prepare.mjs";

process.chdir(root);
process.env.NODE_ENV ??= "production";
try {
  await ensureInstalled();
  await ensureGenerated();
  await ensureBuilt();
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}
await import(pathToFileURL(join(root, "dist/server.js")).href);
