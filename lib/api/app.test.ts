import { describe, expect, it } from "vitest";
import { createTestConsole, errorOf, PASSWORD } from "../../test/api-console.ts";
import { useSharedConsole } from "../../test/shared-console.ts";

const test = useSharedConsole();

describe("every answer", () => {
  it("carries a request id of our own making, also inside an error", async () => {
    const answer = await test.loom.call("GET", "/api/nowhere", {
      headers: { "x-request-id": "chosen-by-caller" },
    });
    const id = answer.headers.get("x-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.body).toEqual(errorOf("not_found", { requestId: id }));
  });

  it.each(["/api/health", "/api/nowhere", "/api/me"])(
    "to %s is not stored, sniffed or framed",
    async (path) => {
      const { headers } = await test.loom.call("GET", path);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    },
  );
});

describe("the front door", () => {
  it("answers 421 to a host name that is not ours, without looking further", async () => {
    const answer = await test.loom.call("GET", "/api/health", { headers: { host: "evil.test" } });
    expect(answer.status).toBe(421);
    expect(answer.body).toEqual(
      errorOf("host_not_allowed", { hint: expect.stringContaining("LOOM_ALLOWED_HOSTS") }),
    );
  });

  it.each(["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "loom.example.com"])(
    "serves %s",
    async (host) => {
      expect((await test.loom.call("GET", "/api/health", { headers: { host } })).status).toBe(200);
    },
  );

  it("signs in from localhost and from 127.0.0.1 alike", async () => {
    await test.loom.cookieOf("viewer");
    for (const host of ["localhost:3000", "127.0.0.1:3000"]) {
      const answer = await test.loom.call("POST", "/api/auth/sign-in/email", {
        headers: { host, origin: `http://${host}` },
        body: { email: "viewer@example.test", password: PASSWORD },
      });
      expect(answer.status).toBe(200);
    }
  });

  it.each([
    ["another site", { origin: "https://evil.test", "sec-fetch-site": "cross-site" }],
    ["Origin: null", { origin: "null" }],
    ["another port", { origin: "http://127.0.0.1:8090", "sec-fetch-site": "same-site" }],
  ])("refuses a change from %s although the cookie is right", async (_name, headers) => {
    const answer = await test.loom.call("POST", "/api/plugins", {
      as: "admin",
      headers,
      body: { builtin: "eliza" },
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual(errorOf("cross_site_request"));
    expect(await test.loom.data.plugins.list()).toEqual([]);
  });

  it("refuses a form's text/plain JSON", async () => {
    const answer = await test.loom.call("POST", "/api/plugins", {
      as: "admin",
      headers: { "content-type": "text/plain" },
      raw: '{"builtin":"eliza"}',
    });
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual(errorOf("unsupported_media_type"));
  });
});

describe("what does not exist", () => {
  it.each([
    "/api",
    "/api/",
    "/api/nowhere",
    "/api/plugins/x/y/z",
    "/api/auth/sign-up/email",
    "/api/auth/get-session",
  ])("GET %s is 404 in our shape", async (path) => {
    const answer = await test.loom.call("GET", path, { as: "admin" });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(errorOf("not_found"));
  });

  it.each(["conformance"])("the %s of a plugin belongs to a later version", async (name) => {
    for (const method of ["GET", "POST"]) {
      expect(
        (await test.loom.call(method, `/api/plugins/x/${name}`, { as: "admin", body: undefined })).status,
      ).toBe(404);
    }
  });

  it.each([
    "sign-up/email",
    "forget-password",
    "request-password-reset",
    "change-password",
    "update-user",
    "delete-user",
  ])("better-auth's own /%s cannot be reached", async (path) => {
    const answer = await test.loom.call("POST", `/api/auth/${path}`, {
      body: { name: "Eve", email: "eve@example.test", password: PASSWORD },
    });
    expect(answer.status).toBe(404);
  });

  it("a wrong method is 405 and says which are right", async () => {
    const answer = await test.loom.call("DELETE", "/api/plugins", { as: "admin" });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")?.split(", ").toSorted()).toEqual(["GET", "POST"]);
    expect(answer.body).toEqual(errorOf("method_not_allowed"));
  });

  it.each([
    "..%2f",
    "%2e%2e%2f%2e%2e%2fetc",
    "%00",
    "a%00b",
    "%",
    "%ff%fe",
    "[object Object]",
    "__proto__",
    "constructor",
    `${"x".repeat(5000)}`,
    "'%20OR%201=1--",
  ])("the plugin id %j is 404, never 500", async (id) => {
    for (const path of [`/api/plugins/${id}`, `/api/plugins/${id}/config`, `/api/plugins/${id}/health`]) {
      const answer = await test.loom.call("GET", path, { as: "admin" });
      expect([400, 404]).toContain(answer.status);
      expect(answer.body).toEqual({ error: expect.objectContaining({ requestId: expect.any(String) }) });
    }
  });
});

describe("health and readiness", () => {
  it("is alive without a database or a session", async () => {
    expect((await test.loom.call("GET", "/api/health")).body).toEqual({
      status: "ok",
      version: "0.0.0-test",
    });
  });

  it("hands out the gRPC definition to anybody, as text", async () => {
    const { headers, body } = await test.loom.call("GET", "/api/plugin.proto");
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(body).toContain("service ProviderPlugin");
  });

  it("is not ready before the host runs, then it is", async () => {
    const other = await createTestConsole();
    expect((await other.call("GET", "/api/ready")).body).toEqual(errorOf("not_ready"));
    await other.host.start();
    expect((await other.call("GET", "/api/ready")).status).toBe(200);
    await other.close();
    expect((await other.call("GET", "/api/ready")).status).toBe(503);
  });

  it("says 503 while shutting down, and still lives", async () => {
    const draining = await createTestConsole({ isDraining: () => true });
    expect((await draining.call("GET", "/api/ready")).body).toEqual(errorOf("shutting_down"));
    expect((await draining.call("GET", "/api/health")).status).toBe(200);
    await draining.close();
  });
});

describe("without a database", () => {
  it("what needs one is 503, what needs none goes on, and the process lives", async () => {
    const broken = await createTestConsole();
    const cookie = await broken.cookieOf("admin");
    await broken.data.close();
    for (const [method, path] of [
      ["GET", "/api/ready"],
      ["GET", "/api/plugins"],
      ["POST", "/api/auth/sign-out"],
    ] as const) {
      const answer = await broken.call(method, path, {
        as: { cookie },
        ...(method === "POST" && { body: {} }),
      });
      expect([path, answer.status, answer.body]).toEqual([path, 503, errorOf("storage_unavailable")]);
    }
    const signIn = await broken.call("POST", "/api/auth/sign-in/email", {
      body: { email: "admin@example.test", password: PASSWORD },
    });
    expect(signIn.body).toEqual(errorOf("storage_unavailable"));
    expect((await broken.call("GET", "/api/health", { as: { cookie } })).status).toBe(200);
    await broken.close();
  });
});

describe("behind a proxy", () => {
  it("keeps its cookie to the base path, under a name of its own, and describes itself there", async () => {
    const prefixed = await createTestConsole({ basePath: "/tools/loom" });
    await prefixed.cookieOf("viewer");
    const answer = await prefixed.call("POST", "/api/auth/sign-in/email", {
      body: { email: "viewer@example.test", password: PASSWORD },
    });
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^loom\+tools\+loom\.session_token=.*; Path=\/tools\/loom;/);
    const me = await prefixed.call("GET", "/api/me", { as: { cookie: cookie.split(";")[0] ?? "" } });
    expect(me.status).toBe(200);
    expect((await prefixed.call("GET", "/api/openapi.json")).body).toMatchObject({
      servers: [{ url: "/tools/loom" }],
      components: { securitySchemes: { session: { name: "loom+tools+loom.session_token" } } },
    });
    await prefixed.close();
  });

  it("marks the cookie Secure when the visitor came over https and the proxy is trusted", async () => {
    const proxied = await createTestConsole({ trustProxy: true });
    await proxied.cookieOf("viewer");
    const signIn = (headers: Record<string, string>) =>
      proxied.call("POST", "/api/auth/sign-in/email", {
        headers,
        body: { email: "viewer@example.test", password: PASSWORD },
      });
    expect((await signIn({ "x-forwarded-proto": "https" })).headers.get("set-cookie")).toMatch(/; Secure/);
    expect((await signIn({})).headers.get("set-cookie")).not.toMatch(/; Secure/);
    await proxied.close();
  });
});
