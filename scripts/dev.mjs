// npm run dev: the server under tsx, restarted when lib/ changes; Next reloads the pages by itself.
import "./private-node.mjs";
import { spawn } from "node:child_process";
import { ensureGenerated, ensureInstalled, root } from "./prepare.mjs";

await ensureInstalled();
await ensureGenerated();
const ignored = [
  ".next/**",
  "dist/**",
  "data/**",
  "app/**",
  "components/**",
  "e2e/**",
  "examples/**",
  "docs/**",
];
const child = spawn(
  process.execPath,
  [
    "node_modules/tsx/dist/cli.mjs",
    "watch",
    "--clear-screen=false",
    ...ignored.flatMap((glob) => ["--exclude", glob]),
    "server.ts",
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, NODE_ENV: "development", NEXT_TELEMETRY_DISABLED: "1" },
  },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 0));
