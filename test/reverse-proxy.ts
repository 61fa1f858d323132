import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { waitFor } from "./console-process.ts";

/** nginx as a real process in front of a console, as people have it. */
export interface ReverseProxy {
  port: number;
  /** What it was asked for so far, as written: `GET /loom/plugins`. */
  requests(): Promise<string[]>;
  /** Resolves when it and its files are gone. */
  stop(): Promise<void>;
}

export interface ReverseProxyOptions {
  /** Of the console, on loopback. */
  consolePort: number;
  /** Like "/loom": nothing else is served. */
  basePath: string;
  /** True takes the prefix away before the console sees it. */
  takesPrefixAway: boolean;
}

/** Starts nginx on a free port; rejects with its words when it ends instead. It is the system's: `npm test` installs it. */
export async function startReverseProxy(options: ReverseProxyOptions): Promise<ReverseProxy> {
  const directory = await mkdtemp(join(tmpdir(), "loom-nginx-"));
  const port = await findFreePort();
  const configuration = join(directory, "nginx.conf");
  const accessLog = join(directory, "access.log");
  await writeFile(configuration, toConfiguration({ ...options, directory, port }));
  const child = spawn("nginx", ["-p", directory, "-c", configuration, "-e", join(directory, "error.log")], {
    env: { ...process.env, PATH: ["/usr/sbin", process.env["PATH"]].join(delimiter) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(`nginx could not be started: ${error.message}`));
    child.on("close", (code) => resolve(`nginx ended with ${code}: ${words}`));
  });
  let end: string | undefined;
  void ended.then((why) => (end = why));
  await waitFor("nginx to listen", async () => {
    if (end !== undefined) throw new Error(end);
    return fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => undefined,
    );
  });
  return {
    port,
    requests: async () => (await readFile(accessLog, "utf8")).split("\n").filter(Boolean),
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function toConfiguration(options: ReverseProxyOptions & { directory: string; port: number }): string {
  const { consolePort, basePath, takesPrefixAway, directory, port } = options;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${join(directory, name)};`,
  );
  return `
    daemon off;
    master_process off;
    pid ${join(directory, "nginx.pid")};
    events {}
    http {
      ${temporary.join("\n      ")}
      log_format asked '$request_method $request_uri';
      server {
        listen 127.0.0.1:${port};
        location = / { access_log off; return 404; }
        location / { access_log ${join(directory, "access.log")} asked; return 404; }
        location ${basePath}/ {
          access_log ${join(directory, "access.log")} asked;
          proxy_pass http://127.0.0.1:${consolePort}${takesPrefixAway ? "/" : ""};
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
        }
      }
    }
  `;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
