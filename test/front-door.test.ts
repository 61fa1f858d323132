import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_ENV } from "../scripts/session.ts";
import { removeDirectory, startConsole, type ConsoleProcess } from "./console-process.ts";

let loom: ConsoleProcess;
beforeAll(async () => {
  loom = await startConsole({ env: ADMIN_ENV });
});
afterAll(async () => {
  await loom.stop();
  await removeDirectory(loom.dataDirectory);
});

/** Everything that comes back for these bytes, until the console closes the connection. */
function send(...lines: string[]): Promise<string> {
  const { hostname, port } = new URL(loom.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => (answer += text));
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const host = () => `Host: ${new URL(loom.url).host}`;

describe("a request that no browser sends", () => {
  it.each(["/plugins/%ff", "/%", "/plugins/%c0%ae", "/plugins/a%00b"])("to %s is refused", async (path) => {
    const answer = await send(`GET ${path} HTTP/1.1`, host(), "Connection: close");
    expect(statusOf(answer)).toBe(400);
    expect(answer).toContain("This address cannot be read");
  });

  it("in absolute form is answered as if its path had been asked for", async () => {
    const answer = await send(
      `GET ${loom.url}/api/health HTTP/1.1`,
      "Host: elsewhere.test",
      "Connection: close",
    );
    expect(statusOf(answer)).toBe(200);
    const page = await send(`GET ${loom.url}/plugins HTTP/1.1`, host(), "Connection: close");
    expect(page).toMatch(/\r\nlocation: \/sign-in\?next=%2Fplugins\r\n/i);
    expect(statusOf(await send(`GET http://evil.test/plugins HTTP/1.1`, host(), "Connection: close"))).toBe(
      421,
    );
  });

  it.each(["*", "elsewhere"])("for %s has no path", async (target) => {
    expect(statusOf(await send(`OPTIONS ${target} HTTP/1.1`, host(), "Connection: close"))).toBe(400);
  });

  it.each(["/", "/_next/webpack-hmr", "/api/plugins", "/v1/models"])(
    "to upgrade the connection to %s is answered and closed like any other",
    async (path) => {
      const answer = await send(
        `GET ${path} HTTP/1.1`,
        host(),
        "Connection: Upgrade, close",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      );
      expect([307, 401, 404]).toContain(statusOf(answer));
    },
  );

  it("to open a tunnel is closed", async () => {
    expect(await send("CONNECT example.test:443 HTTP/1.1", host()).catch(() => "")).not.toMatch(
      /^HTTP\/1\.1 2/,
    );
  });
});
