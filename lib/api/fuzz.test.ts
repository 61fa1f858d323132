import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../test/api-console.ts";
import { ROUTES } from "./routes.ts";

let loom: TestConsole;
beforeAll(async () => {
  loom = await createTestConsole();
});
afterAll(() => loom.close());

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
}, 60_000);
