import { describe, expect, it } from "vitest";
import { errorOf } from "../../test/api-console.ts";
import { useSharedConsole } from "../../test/shared-console.ts";

const test = useSharedConsole();

describe("a request that is shaped wrongly is answered with what to send", () => {
  const RUN = /has panes, messages, mode: \{"panes":\[\{"pluginId":/;
  it.each([
    ["a field is missing", {}, RUN],
    ["a field is unknown", { url: "x", panes: [], messages: [] }, RUN],
    ["a kind is wrong", { panes: {}, messages: [] }, RUN],
  ])("when %s", async (_name, body, hint) => {
    const answer = await test.loom.call("POST", "/api/playground/runs", { as: "operator", body });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(errorOf("validation_failed", { hint: expect.stringMatching(hint) }));
  });

  it("when there is no body", async () => {
    const answer = await test.loom.call("POST", "/api/playground/runs", { as: "operator" });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorOf("invalid_json", { hint: expect.stringMatching(RUN) }));
  });

  it("and to correct the value when only one breaks a rule", async () => {
    const body = { email: "not an address", password: "x" };
    const { body: answer } = await test.loom.call("POST", "/api/auth/sign-in/email", { body });
    expect(answer).toEqual(
      errorOf("validation_failed", { field: "email", hint: "Correct this value, then try again." }),
    );
  });

  it("to correct a value of a configuration, or several", async () => {
    const { body } = await test.loom.call("POST", "/api/plugins", {
      as: "admin",
      body: { builtin: "simulator" },
    });
    const { id } = (body as { plugin: { id: string } }).plugin;
    const put = async (values: object) =>
      (
        await test.loom.call("PUT", `/api/plugins/${id}/config`, {
          as: "admin",
          body: { version: 0, values },
        })
      ).body;
    expect(await put({ latency_ms: -1 })).toEqual(
      errorOf("validation_failed", {
        field: "values.latency_ms",
        hint: "Correct this value, then try again.",
      }),
    );
    expect(await put({ latency_ms: -1, seed: "x" })).toEqual(
      errorOf("validation_failed", { hint: "Correct these values, then try again." }),
    );
    await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  });

  it("which secrets and versions a configuration takes", async () => {
    const { body } = await test.loom.call("POST", "/api/plugins", {
      as: "admin",
      body: { builtin: "anthropic" },
    });
    const { id } = (body as { plugin: { id: string } }).plugin;
    const answer = await test.loom.call("PUT", `/api/plugins/${id}/config`, {
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
    await test.loom.call("DELETE", `/api/plugins/${id}`, { as: "admin" });
  });

  it("how to sign in", async () => {
    const answer = await test.loom.call("GET", "/api/plugins");
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual(
      errorOf("unauthenticated", { hint: expect.stringContaining("POST /api/auth/sign-in/email") }),
    );
  });
});

describe("a natural request is taken", () => {
  it("with a slash at its end", async () => {
    expect((await test.loom.call("GET", "/api/plugins/", { as: "viewer" })).status).toBe(200);
    expect((await test.loom.call("PUT", "/api/plugins/", { as: "viewer", body: {} })).status).toBe(405);
  });

  it("without a body where there is nothing to say", async () => {
    expect((await test.loom.call("POST", "/api/plugins/rescan", { as: "admin" })).status).toBe(200);
    const answer = await test.loom.call("POST", "/api/plugins/rescan", { as: "admin", body: { path: "x" } });
    expect(answer.body).toEqual(errorOf("validation_failed", { field: "path" }));
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
      const declared = await test.loom.call("POST", path, { as: "admin", raw: JSON.stringify({ big }) });
      expect([path, declared.status]).toEqual([path, 413]);
      const endless = await test.loom.call("POST", path, { as: "admin", raw: stream() });
      expect([path, endless.status]).toEqual([path, 413]);
    },
  );

  it("of a visitor without a session have a few kilobytes, whatever is in them", async () => {
    for (const body of [{ email: "a.".repeat(1_000_000), password: "x" }, Array(20_000).fill(1)]) {
      const answer = await test.loom.call("POST", "/api/auth/sign-in/email", { body });
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
    const answer = await test.loom.call("POST", "/api/plugins", { as: "admin", raw });
    expect(answer.status).toBe(status);
    expect({}).not.toHaveProperty("endpoint");
  });

  it("are not read before the session is known", async () => {
    expect((await test.loom.call("POST", "/api/plugins", { raw: "{" })).status).toBe(401);
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
    const answer = await test.loom.call("GET", path, { as: "admin" });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(
      errorOf("validation_failed", { field: expect.stringMatching(/limit|cursor/) }),
    );
  });

  it("an unknown cursor is an empty page", async () => {
    const answer = await test.loom.call("GET", "/api/activity?cursor=nonsense", { as: "admin" });
    expect(answer.body).toEqual({ entries: [], nextCursor: null });
  });
});
