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

  it("lists at most 50 of many problems and says how many there are", () => {
    const body = { list: Array.from({ length: 5000 }, () => "x") };
    expect(() => parseWith(schema, body)).toThrow(
      expect.objectContaining({ extras: expect.objectContaining({ hint: expect.stringContaining("5000") }) }),
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
