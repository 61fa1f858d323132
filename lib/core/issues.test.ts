import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeIssue, formatPath, toFieldIssues } from "./issues.ts";

describe("formatPath", () => {
  it.each([
    [["messages", 3, "role"], "messages[3].role"],
    [[0, "a"], "[0].a"],
    [["panes", 0, "parameters", "stop", 2], "panes[0].parameters.stop[2]"],
    [[], ""],
  ])("%j is %j", (path, text) => expect(formatPath(path)).toBe(text));
});

describe("describeIssue", () => {
  const schema = z.strictObject({
    name: z.string().min(1).max(3).optional(),
    own: z.string().min(5, "Our own words").optional(),
    count: z.number().int().min(2).max(9).optional(),
    list: z.array(z.string()).min(1).max(2).optional(),
    mode: z.enum(["a", "b"]).optional(),
    secret: z
      .union([z.strictObject({ set: z.string().max(4) }), z.strictObject({ clear: z.literal(true) })])
      .optional(),
    when: z.union([z.number(), z.boolean()], "An instant").optional(),
    content: z
      .union([z.string(), z.array(z.object({ type: z.literal("text"), text: z.string() }))])
      .optional(),
    code: z
      .string()
      .regex(/^[a-z]+$/)
      .optional(),
    needed: z.boolean(),
  });
  const messageFor = (value: object) => {
    const { error } = schema.safeParse({ needed: true, ...value }, { error: describeIssue });
    return error?.issues.flatMap((issue) => toFieldIssues(issue))[0];
  };

  it.each([
    [{ name: "" }, "name", "Must not be empty"],
    [{ name: "long" }, "name", "At most 3 characters"],
    [{ name: 5 }, "name", "Expected a text"],
    [{ name: null }, "name", "Expected a text"],
    [{ own: "x" }, "own", "Our own words"],
    [{ count: 1 }, "count", "At least 2"],
    [{ count: 10 }, "count", "At most 9"],
    [{ count: 2.5 }, "count", "Expected a whole number"],
    [{ list: [] }, "list", "Must not be empty"],
    [{ list: ["a", "b", "c"] }, "list", "At most 2 entries"],
    [{ list: [1] }, "list[0]", "Expected a text"],
    [{ mode: "c" }, "mode", 'Expected "a" or "b"'],
    [{ needed: undefined }, "needed", "Missing"],
    [{ typo: 1 }, "typo", "Unknown field"],
    [{ secret: { set: "too long" } }, "secret.set", "At most 4 characters"],
    [{ secret: { clear: false } }, "secret.clear", "Expected true"],
    [{ secret: { get: true } }, "secret.set", "Missing"],
    [{ secret: 5 }, "secret", "Expected an object"],
    [{ content: [{ type: "wat" }] }, "content[0].type", 'Expected "text"'],
    [{ content: 5 }, "content", "Expected a text"],
    [{ code: "A1" }, "code", "Has the wrong form"],
    [{ when: "soon" }, "when", "An instant"],
  ])("%j", (value, path, message) => expect(messageFor(value)).toEqual({ path, message }));
});
