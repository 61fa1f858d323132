// npm run build: the pages with Next, the server with esbuild. Packages stay outside the bundle.
import "./private-node.mjs";
import { copyFile } from "node:fs/promises";
import { build } from "esbuild";
import { join } from "node:path";
import { ensureGenerated, noteBuild, root, run } from "./prepare.mjs";

const remember = noteBuild();
await ensureGenerated();
await run(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
  env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
});
await build({
  entryPoints: [join(root, "server.ts")],
  outfile: join(root, "dist/server.js"),
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node22",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
});
// Read at run time, from beside whichever file asks for it.
await copyFile(join(root, "lib/transport/plugin.proto"), join(root, "dist/plugin.proto"));
remember();
