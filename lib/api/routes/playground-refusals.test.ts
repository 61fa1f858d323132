import { errorOf } from "../../../test/api-console.ts";
import { describe, expect, it } from "vitest";
import { RUNS, says, usePlayground } from "../../../test/playground-console.ts";
import type { Plugin } from "../../contract/plugin.ts";

const test = usePlayground();
const { pane } = test;

describe("bad requests", () => {
  const post = (body: object) => test.loom.call("POST", RUNS, { as: "operator", body });

  it.each([
    [
      "a role that does not exist",
      { messages: [...says("a"), { role: "god", content: "x" }] },
      "messages[1].role",
    ],
    [
      "a temperature of 99",
      { panes: [{ pluginId: "x", model: "m", parameters: { temperature: 99 } }] },
      "panes[0].parameters.temperature",
    ],
    ["no messages", { messages: [] }, "messages"],
    ["100,000 messages", { messages: Array.from({ length: 100_000 }, () => says("x")[0]) }, "messages"],
    ["no panes", { panes: [] }, "panes"],
    ["five panes", { panes: Array.from({ length: 5 }, () => pane()) }, "panes"],
    ["an unknown mode", { mode: "random" }, "mode"],
    ["an object as content", { messages: [{ role: "user", content: { text: "x" } }] }, "messages[0].content"],
    [
      "nothing said and nothing called",
      { messages: [...says("a"), { role: "assistant", content: null }] },
      "messages[1].content",
    ],
    [
      "an empty list of calls",
      { messages: [{ role: "assistant", content: null, tool_calls: [] }] },
      "messages[0].content",
    ],
    [
      "a user who only calls",
      { messages: [{ role: "user", tool_calls: [{ id: "c", function: { name: "f", arguments: "" } }] }] },
      "messages[0].content",
    ],
    ["no content", { messages: [{ role: "user" }] }, "messages[0].content"],
    [
      "a fraction as max_tokens",
      { panes: [{ pluginId: "x", model: "m", parameters: { max_tokens: 1.5 } }] },
      "panes[0].parameters.max_tokens",
    ],
    [
      "text where stream is true or false",
      { panes: [{ pluginId: "x", model: "m", parameters: { stream: "true" } }] },
      "panes[0].parameters.stream",
    ],
    [
      "a misspelt parameter",
      { panes: [{ pluginId: "x", model: "m", parameters: { maxTokens: 10 } }] },
      "panes[0].parameters.maxTokens",
    ],
    [
      "a field panes do not have",
      { panes: [{ pluginId: "x", model: "m", temperature: 1 }] },
      "panes[0].temperature",
    ],
    ["a field runs do not have", { system: "Be brief" }, "system"],
  ])("with %s name the field", async (_name, wrong, field) => {
    const answer = await post({ panes: [pane()], messages: says("hi"), ...wrong });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(errorOf("validation_failed", { field }));
  });

  it("name every pane whose plugin does not exist, before anything is asked", async () => {
    const asked = test.stub.requests.length;
    const answer = await post({
      panes: [pane(), pane("stub-1", "somebody"), pane("stub-1", "nobody")],
      messages: says("hi"),
    });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(
      errorOf("not_found", {
        field: "panes[1].pluginId",
        issues: [
          { path: "panes[1].pluginId", message: expect.any(String) },
          { path: "panes[2].pluginId", message: expect.any(String) },
        ],
      }),
    );
    expect(test.stub.requests.length).toBe(asked);
  });

  it("to a plugin that is switched off are refused", async () => {
    const { id } = (
      (await test.loom.call("POST", "/api/plugins", { as: "admin", body: { builtin: "eliza" } })).body as {
        plugin: Plugin;
      }
    ).plugin;
    const answer = await post({ panes: [pane("eliza-1966", id)], messages: says("hi") });
    expect([answer.status, answer.body]).toEqual([
      409,
      errorOf("plugin_disabled", { field: "panes[0].pluginId" }),
    ]);
  });

  it("from a viewer are refused", async () => {
    const body = { panes: [pane()], messages: says("hi") };
    expect((await test.loom.call("POST", RUNS, { as: "viewer", body })).status).toBe(403);
  });
});
