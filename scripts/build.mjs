// npm run build: everything the console needs at run time, in dist/. The pages with the part of Next that they need, the server with its
// packages inside. Outside stays what package.json calls dependencies: docs/decisions/0020-production-layout.md.
import "./private-node.mjs";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { join } from "node:path";
import { nameFor } from "../lib/core/base-path.mjs";
import { ensureGenerated, noteBuild, readBasePath, root, run } from "./prepare.mjs";

const dist = join(root, "dist");
/** Pages are built for one base path, those of another stay beside them. */
const basePath = readBasePath();
const built = nameFor(".next", basePath);
const pages = join(dist, nameFor("pages", basePath));

/** Read or run at run time, from the same place under dist/ as under the source. */
const AS_THEY_ARE = ["prisma/migrations", "lib/host/process/guardian.mjs"];

/** Of what Next lays out: its own server, and what scales pictures, which no page asks for and is half of all that would be copied. */
const NEVER_USED = ["server.js", "node_modules/sharp", "node_modules/@img"];

const remember = noteBuild();
await ensureGenerated();
await run(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
  env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
});
clear();
copyPages();
await bundle();
for (const path of AS_THEY_ARE) cpSync(join(root, path), join(dist, path), { recursive: true });
// Looked for beside whichever file asks for it.
cpSync(join(root, "lib/transport/plugin.proto"), join(dist, "plugin.proto"));
remember();

/** Chunks of an earlier build would stay for ever: their names change with what is inside. */
function clear() {
  rmSync(pages, { recursive: true, force: true });
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist)) if (/\.js(\.map)?$/.test(name)) rmSync(join(dist, name));
}

/** Next leaves scripts, styles and public files to a content network. */
function copyPages() {
  const standalone = join(root, built, "standalone");
  const neverUsed = new Set(NEVER_USED.map((name) => join(standalone, name)));
  cpSync(standalone, pages, { recursive: true, filter: (path) => !neverUsed.has(path) });
  cpSync(join(root, built, "static"), join(pages, built, "static"), { recursive: true });
  cpSync(join(root, "public"), join(pages, "public"), { recursive: true });
}

async function bundle() {
  await build({
    entryPoints: [join(root, "server.ts"), join(root, "scripts/secrets.ts")],
    outdir: dist,
    entryNames: "[name]",
    bundle: true,
    splitting: true,
    external: ["better-sqlite3"],
    platform: "node",
    target: "node22",
    format: "esm",
    sourcemap: true,
    sourcesContent: false,
    // Packages in CommonJS ask for Node's own modules by `require`, which a module does not have.
    banner: {
      js: 'import { createRequire as createLoomRequire } from "node:module"; const require = createLoomRequire(import.meta.url);',
    },
    plugins: [{ name: "http-by-require", setup: requireHttp }],
    logLevel: "warning",
  });
}

/** An `import` of node:http reads all its names, and two of them load Node's own fetch: 35 ms that a `require` does not cost. */
function requireHttp({ onLoad, onResolve }) {
  onResolve({ filter: /^(node:)?http$/ }, ({ namespace }) =>
    namespace === "by-require"
      ? { path: "node:http", external: true }
      : { path: "http", namespace: "by-require" },
  );
  onLoad({ filter: /.*/, namespace: "by-require" }, () => ({
    contents: 'module.exports = require("node:http");',
  }));
}
