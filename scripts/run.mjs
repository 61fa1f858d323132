// node scripts/run.mjs PROGRAM …: a program of node_modules/.bin on the project's Node, with everything it needs in place.
import "./private-node.mjs";
import { spawn } from "node:child_process";
import { ensureGenerated, ensureInstalled, pathOfTool } from "./prepare.mjs";

const [program, ...args] = process.argv.slice(2);
await ensureInstalled();
await ensureGenerated();
const child = spawn(pathOfTool(program), args, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("close", (code) => process.exit(code ?? 1));
