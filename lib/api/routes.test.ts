import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../test/api-console.ts";
import { Permission, Role } from "../contract/account.ts";
import { permissionsOf } from "../core/permissions.ts";
import { ROUTES } from "./routes.ts";

let loom: TestConsole;
beforeAll(async () => {
  loom = await createTestConsole();
  // Somebody exists, so that setup is closed as it is for nearly all of a console's life.
  for (const role of Role.options) await loom.cookieOf(role);
});
afterAll(() => loom.close());

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const toPattern = (path: string) => new RegExp(`^${path.replace(":id", "[^/]+")}$`);
const paths = [...new Set(ROUTES.map(({ path }) => path))];

describe("the list of routes", () => {
  it("declares a known permission for each", () => {
    for (const { method, path, permission } of ROUTES) {
      expect([method, path, Permission.safeParse(permission).success]).toEqual([method, path, true]);
    }
  });

  it("has each method and path once", () => {
    const keys = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("has an example of every body, which its schema takes", () => {
    for (const { method, path, body, example } of ROUTES) {
      const taken = body === null ? example === undefined : body.safeParse(example).success;
      expect([method, path, taken]).toEqual([method, path, true]);
    }
  });

  it("opens only these without a session", () => {
    const open = ROUTES.filter(({ permission }) => permission === "public").map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(open.toSorted()).toEqual([
      "GET /api/health",
      "GET /api/openapi.json",
      "GET /api/plugin.proto",
      "GET /api/ready",
      "GET /api/setup",
      "POST /api/auth/sign-in/email",
      "POST /api/auth/sign-out",
      "POST /api/setup",
      "POST /api/setup/token",
    ]);
  });
});

/**
 * Every role × route × method, generated from the list. The plugin does not exist and the body is empty, so what is allowed
 * ends in 404, 422 or an answer, and nothing changes.
 */
describe.each([null, ...Role.options])("as %s", (role) => {
  const cases = paths.flatMap((path) => METHODS.map((method) => [method, path] as const));

  it.each(cases)("%s %s", async (method, path) => {
    const concrete = path.replace(":id", "nobody");
    const route = ROUTES.find((one) => one.method === method && toPattern(one.path).test(concrete));
    const answer = await loom.call(method, concrete, {
      ...(role === null || path.includes("sign-out") ? {} : { as: role }),
      ...(method === "GET" ? {} : { body: {} }),
    });
    if (!route) expect([404, 405]).toContain(answer.status);
    else if (path.startsWith("/api/setup")) expect(answer.status).toBe(404);
    else if (route.permission === "public") expect([401, 403]).not.toContain(answer.status);
    else if (role === null) expect(answer.status).toBe(401);
    else if (permissionsOf(role).includes(route.permission)) expect([200, 404, 422]).toContain(answer.status);
    else expect(answer.status).toBe(403);
  });
});

describe("the API description", () => {
  interface Described {
    openapi: string;
    paths: Record<
      string,
      Record<string, { operationId: string; security: unknown[]; "x-permission": string }>
    >;
    components: { schemas: Record<string, unknown> };
  }

  it("describes every route with its permission", async () => {
    const { paths: described } = (await loom.call("GET", "/api/openapi.json")).body as Described;
    for (const { method, path, permission } of ROUTES) {
      const operation = described[path.replace(":id", "{id}")]?.[method.toLowerCase()];
      expect([method, path, operation?.["x-permission"]]).toEqual([method, path, permission]);
      expect(operation?.security).toHaveLength(permission === "public" ? 0 : 1);
    }
  });

  it("gives every operation a name of its own", async () => {
    const { paths: described } = (await loom.call("GET", "/api/openapi.json")).body as Described;
    const ids = Object.values(described).flatMap((methods) =>
      Object.values(methods).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ROUTES.length);
  });

  it.each([
    ["/api/playground/runs", "RunEvent"],
    ["/api/plugins/{id}/test", "ConfigTestEvent"],
  ])("says which events %s streams", async (path, name) => {
    const { paths: described } = (await loom.call("GET", "/api/openapi.json")).body as Described;
    expect(described[path]?.["post"]).toHaveProperty(
      ["responses", "200", "content", "text/event-stream", "schema", "$ref"],
      `#/components/schemas/${name}`,
    );
  });

  it("refers only to schemas it contains", async () => {
    const { body } = await loom.call("GET", "/api/openapi.json");
    const { components } = body as Described;
    const refs = [...JSON.stringify(body).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? "");
    expect(refs.length).toBeGreaterThan(40);
    for (const ref of refs) {
      expect(ref).toMatch(/^#\/components\/schemas\/\w+$/);
      expect(components.schemas).toHaveProperty(ref.split("/").at(-1) ?? "");
    }
  });

  it("has no schema that could hold a secret's value on the way out", async () => {
    const { components } = (await loom.call("GET", "/api/openapi.json")).body as Described;
    const state = components.schemas["SecretState"] as { properties: object };
    expect(Object.keys(state.properties).toSorted()).toEqual([
      "changedAt",
      "changedBy",
      "configured",
      "kind",
      "origin",
      "problem",
      "reference",
    ]);
  });
});

/** Names that mean something somewhere, so that values reach beyond the first check. */
const key = fc.constantFrom(
  ...[
    "endpoint",
    "manifestText",
    "manifestUrl",
    "builtin",
    "name",
    "version",
    "values",
    "secrets",
    "panes",
    "messages",
  ],
  ...[
    "pluginId",
    "model",
    "parameters",
    "role",
    "content",
    "set",
    "clear",
    "__proto__",
    "constructor",
    "toString",
  ],
);
const leaf = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("eliza", "http://[", "\\u0000", "../..", "user", "type: http"),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { body } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("value"), { maxLength: 4 }), tie("body")),
  body: fc.dictionary(key, tie("value"), { maxKeys: 5 }),
}));
/** Signing out would end the session that all others need. */
const target = fc.constantFrom(...ROUTES.filter(({ path }) => !path.endsWith("/sign-out")));
/** Any text that a URL can hold. */
const inUrl = fc
  .string({ unit: "binary" })
  .map((text) => new URLSearchParams([["", text]]).toString().slice(1));
const id = fc.oneof(inUrl, fc.constantFrom("%00", "%2e%2e", "%", "..%2f", "__proto__", "nobody"));

it("no request, however strange, is answered 5xx or out of shape", async () => {
  await fc.assert(
    fc.asyncProperty(target, id, body, inUrl, async (route, name, json, text) => {
      const query = route.query === null ? "" : `?from=${text}&limit=${name}&cursor=${name}`;
      const answer = await loom.call(route.method, `${route.path.replace(":id", name)}${query}`, {
        as: "admin",
        ...(route.method === "GET" ? {} : { raw: text.length % 5 === 0 ? text : JSON.stringify(json) }),
      });
      const isReady = route.path === "/api/ready";
      expect(answer.status).toBeLessThan(isReady ? 504 : 500);
      if (answer.status >= 400) {
        expect(answer.body).toMatchObject({
          error: { code: expect.any(String), message: expect.any(String) },
        });
        expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at async|prisma|SQLITE/i);
      }
    }),
    { numRuns: 200 },
  );
});
