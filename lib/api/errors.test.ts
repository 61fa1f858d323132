import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseWith, toErrorResponse } from "./errors.ts";

describe("parseWith", () => {
  const schema = z.object({ list: z.array(z.number()) });

  it("names every field that is wrong", () => {
    expect(() => parseWith(schema, { list: [1, "b", null] })).toThrow(
      expect.objectContaining({
        code: "validation_failed",
        extras: expect.objectContaining({
          field: "list[1]",
          issues: [
            { path: "list[1]", message: expect.any(String) },
            { path: "list[2]", message: expect.any(String) },
          ],
        }),
      }),
    );
  });
});

describe("toErrorResponse", () => {
  it.each([
    [{ field: "timeout" }, "Correct this value, then try again."],
    [{ field: "a", issues: [{ path: "a", message: "Missing" }] }, "Correct this value, then try again."],
    [{ field: "timeout", hint: "At most 300 s are waited." }, "At most 300 s are waited."],
    [{}, "Correct the request, then try again."],
  ])("says what to do about a value that broke a rule: %j", async (extras, hint) => {
    const response = toErrorResponse({ code: "validation_failed", message: "At most 300", ...extras }, "r-1");
    expect(await response.json()).toMatchObject({ error: { hint } });
  });

  it("lists at most 50 problems, whoever found them, and says how many there are", async () => {
    const issues = Array.from({ length: 5000 }, (_, at) => ({ path: `list[${at}]`, message: "Unknown" }));
    const hint = "Write it otherwise.";
    const response = toErrorResponse({ code: "validation_failed", message: "Unknown", issues, hint }, "r-1");
    expect(await response.json()).toMatchObject({
      error: { issues: issues.slice(0, 50), hint: "The first 50 of 5000 problems are listed." },
    });
  });

  it("carries the status of the code, the request id, and when to try again", async () => {
    const response = toErrorResponse(
      { code: "plugin_rate_limited", message: "Slow down", plugin: { retryAfterSeconds: 1.2 } },
      "r-1",
    );
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({ error: { code: "plugin_rate_limited", requestId: "r-1" } });
  });
});
