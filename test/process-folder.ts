import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

/** Puts `test/process-plugin.mjs` with its manifest into a watched folder, on a port of its own. */
export async function dropProcessPlugin(
  folder: string,
  name: string,
  env: Record<string, string> = {},
): Promise<void> {
  const slug = name.toLowerCase().replaceAll(" ", "-");
  const port = await freePort();
  const home = join(folder, slug);
  await mkdir(home, { recursive: true });
  await copyFile(join(import.meta.dirname, "process-plugin.mjs"), join(home, "plugin.mjs"));
  const manifest = {
    type: "http",
    endpoint: `http://127.0.0.1:${port}`,
    metadata: { name, version: "1.0.0", provider_type: "own-process" },
    command: "node",
    args: ["plugin.mjs"],
    env: { PORT: String(port), ...env },
  };
  await writeFile(join(home, "plugin.json"), JSON.stringify(manifest));
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
