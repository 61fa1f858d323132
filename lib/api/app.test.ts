import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestConsole, PASSWORD, type TestConsole } from "../../test/api-console.ts";

let loom: TestConsole;
beforeAll(async () => {
  loom = await createTestConsole();
});
afterAll(() => loom.close());

const errorOf = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });

describe("every answer", () => {
  it("carries a request id of our own making, also inside an error", async () => {
    const answer = await loom.call("GET", "/api/nowhere", {
      headers: { "x-request-id": "chosen-by-caller" },
    });
    const id = answer.headers.get("x-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.body).toEqual(errorOf("not_found", { requestId: id }));
  });

  it.each(["/api/health", "/api/nowhere", "/api/me"])(
    "to %s is not stored, sniffed or framed",
    async (path) => {
      const { headers } = await loom.call("GET", path);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    },
  );
});

describe("the front door", () => {
  it("answers 421 to a host name that is not ours, without looking further", async () => {
    const answer = await loom.call("GET", "/api/health", { headers: { host: "evil.test" } });
    expect(answer.status).toBe(421);
    expect(answer.body).toEqual(
      errorOf("host_not_allowed", { hint: expect.stringContaining("LOOM_ALLOWED_HOSTS") }),
    );
  });

  it.each(["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "loom.example.com"])(
    "serves %s",
    async (host) => {
      expect((await loom.call("GET", "/api/health", { headers: { host } })).status).toBe(200);
    },
  );

  it("signs in from localhost and from 127.0.0.1 alike", async () => {
    await loom.cookieOf("viewer");
    for (const host of ["localhost:3000", "127.0.0.1:3000"]) {
      const answer = await loom.call("POST", "/api/auth/sign-in/email", {
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
    const answer = await loom.call("POST", "/api/plugins", {
      as: "admin",
      headers,
      body: { builtin: "eliza" },
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual(errorOf("cross_site_request"));
    expect(await loom.data.plugins.list()).toEqual([]);
  });

  it("refuses a form's text/plain JSON", async () => {
    const answer = await loom.call("POST", "/api/plugins", {
      as: "admin",
      headers: { "content-type": "text/plain" },
      raw: '{"builtin":"eliza"}',
    });
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual(errorOf("unsupported_media_type"));
  });
});

describe("a request that is shaped wrongly is answered with what to send", () => {
  const RUN = /has panes, messages, mode: \{"panes":\[\{"pluginId":/;
  it.each([
    ["a field is missing", {}, RUN],
    ["a field is unknown", { url: "x", panes: [], messages: [] }, RUN],
    ["a kind is wrong", { panes: {}, messages: [] }, RUN],
  ])("when %s", async (_name, body, hint) => {
    const answer = await loom.call("POST", "/api/playground/runs", { as: "operator", body });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(errorOf("validation_failed", { hint: expect.stringMatching(hint) }));
  });

  it("when there is no body", async () => {
    const answer = await loom.call("POST", "/api/playground/runs", { as: "operator" });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorOf("invalid_json", { hint: expect.stringMatching(RUN) }));
  });

  it("and to correct the value when only one breaks a rule", async () => {
    const body = { email: "not an address", password: "x" };
    const { body: answer } = await loom.call("POST", "/api/auth/sign-in/email", { body });
    expect(answer).toEqual(
      errorOf("validation_failed", { field: "email", hint: "Correct this value, then try again." }),
    );
  });

  it("to correct a value of a configuration, or several", async () => {
    const { body } = await loom.call("POST", "/api/plugins", { as: "admin", body: { builtin: "simulator" } });
    const { id } = (body as { plugin: { id: string } }).plugin;
    const put = async (values: object) =>
      (await loom.call("PUT", `/api/plugins/${id}/config`, { as: "admin", body: { version: 0, values } }))
        .body;
    expect(await put({ latency_ms: -1 })).toEqual(
      errorOf("validation_failed", {
        field: "values.latency_ms",
        hint: "Correct this value, then try again.",
      }),
    );
    expect(await put({ latency_ms: -1, seed: "x" })).toEqual(
      errorOf("validation_failed", { hint: "Correct these values, then try again." }),
    );
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  });

  it("which secrets and versions a configuration takes", async () => {
    const { body } = await loom.call("POST", "/api/plugins", { as: "admin", body: { builtin: "anthropic" } });
    const { id } = (body as { plugin: { id: string } }).plugin;
    const answer = await loom.call("PUT", `/api/plugins/${id}/config`, {
      as: "admin",
      body: { values: {}, secrets: { api_key: "sk-1" } },
    });
    expect(answer.body).toEqual(
      errorOf("validation_failed", {
        message: expect.stringContaining("version: Missing"),
        hint: expect.stringContaining('"secrets":{"api_key":{"set":"'),
        issues: [
          { path: "version", message: expect.stringContaining("GET") },
          { path: "secrets.api_key", message: "Expected an object" },
        ],
      }),
    );
    await loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  });

  it("how to sign in", async () => {
    const answer = await loom.call("GET", "/api/plugins");
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual(
      errorOf("unauthenticated", { hint: expect.stringContaining("POST /api/auth/sign-in/email") }),
    );
  });
});

describe("a natural request is taken", () => {
  it("with a slash at its end", async () => {
    expect((await loom.call("GET", "/api/plugins/", { as: "viewer" })).status).toBe(200);
    expect((await loom.call("PUT", "/api/plugins/", { as: "viewer", body: {} })).status).toBe(405);
  });

  it("without a body where there is nothing to say", async () => {
    expect((await loom.call("POST", "/api/plugins/rescan", { as: "admin" })).status).toBe(200);
    const answer = await loom.call("POST", "/api/plugins/rescan", { as: "admin", body: { path: "x" } });
    expect(answer.body).toEqual(errorOf("validation_failed", { field: "path" }));
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
    const answer = await loom.call("GET", path, { as: "admin" });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(errorOf("not_found"));
  });

  it.each(["conformance"])("the %s of a plugin belongs to a later version", async (name) => {
    for (const method of ["GET", "POST"]) {
      expect(
        (await loom.call(method, `/api/plugins/x/${name}`, { as: "admin", body: undefined })).status,
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
    const answer = await loom.call("POST", `/api/auth/${path}`, {
      body: { name: "Eve", email: "eve@example.test", password: PASSWORD },
    });
    expect(answer.status).toBe(404);
  });

  it("a wrong method is 405 and says which are right", async () => {
    const answer = await loom.call("DELETE", "/api/plugins", { as: "admin" });
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
      const answer = await loom.call("GET", path, { as: "admin" });
      expect([400, 404]).toContain(answer.status);
      expect(answer.body).toEqual({ error: expect.objectContaining({ requestId: expect.any(String) }) });
    }
  });
});

describe("bodies", () => {
  const big = "x".repeat(9 * 1024 * 1024);
  const stream = () =>
    new ReadableStream<Uint8Array>({
      pull: (sink) => sink.enqueue(new Uint8Array(1024 * 1024).fill(0x20)),
    });

  it.each(["/api/auth/sign-in/email", "/api/plugins/preview", "/api/playground/runs"])(
    "of more than the cap are refused by %s, declared or chunked",
    async (path) => {
      const declared = await loom.call("POST", path, { as: "admin", raw: JSON.stringify({ big }) });
      expect([path, declared.status]).toEqual([path, 413]);
      const endless = await loom.call("POST", path, { as: "admin", raw: stream() });
      expect([path, endless.status]).toEqual([path, 413]);
    },
  );

  it("of a visitor without a session have a few kilobytes, whatever is in them", async () => {
    for (const body of [{ email: "a.".repeat(1_000_000), password: "x" }, Array(20_000).fill(1)]) {
      const answer = await loom.call("POST", "/api/auth/sign-in/email", { body });
      expect([answer.status, answer.body]).toEqual([413, errorOf("payload_too_large")]);
    }
  });

  it.each([
    ["not JSON", "{", 400],
    ["nothing", "", 400],
    ["a list", "[]", 422],
    ["null", "null", 422],
    ["a text", '"x"', 422],
    ["deep", "[".repeat(50_000), 400],
    ["__proto__", '{"__proto__":{"endpoint":"http://127.0.0.1:1"}}', 422],
    ["numbers where texts belong", '{"endpoint":5,"name":{}}', 422],
    ["unknown keys", '{"builtin":"eliza","aproveEndpoint":true}', 422],
  ])("that are %s are %s", async (_name, raw, status) => {
    const answer = await loom.call("POST", "/api/plugins", { as: "admin", raw });
    expect(answer.status).toBe(status);
    expect({}).not.toHaveProperty("endpoint");
  });

  it("are not read before the session is known", async () => {
    expect((await loom.call("POST", "/api/plugins", { raw: "{" })).status).toBe(401);
  });
});

describe("queries", () => {
  it.each([
    "/api/activity?limit=-1",
    "/api/activity?limit=0",
    "/api/activity?limit=100000",
    "/api/activity?limit=1.5",
    "/api/activity?limit=abc",
    "/api/activity?cursor=",
  ])("%s is refused with the field", async (path) => {
    const answer = await loom.call("GET", path, { as: "admin" });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(
      errorOf("validation_failed", { field: expect.stringMatching(/limit|cursor/) }),
    );
  });

  it("an unknown cursor is an empty page", async () => {
    const answer = await loom.call("GET", "/api/activity?cursor=nonsense", { as: "admin" });
    expect(answer.body).toEqual({ entries: [], nextCursor: null });
  });
});

describe("health and readiness", () => {
  it("is alive without a database or a session", async () => {
    expect((await loom.call("GET", "/api/health")).body).toEqual({ status: "ok", version: "0.0.0-test" });
  });

  it("hands out the gRPC definition to anybody, as text", async () => {
    const { headers, body } = await loom.call("GET", "/api/plugin.proto");
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
