import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { completeManifest } from "./manifest-completion.ts";

/** `|` marks the caret. */
function offered(marked: string, explicit = false) {
  const at = marked.indexOf("|");
  const state = EditorState.create({ doc: marked.replace("|", "") });
  const result = completeManifest(new CompletionContext(state, at, explicit));
  return result?.options.map(({ label }) => label) ?? null;
}

describe("completing a manifest", () => {
  it("offers the keys that are not there yet", () => {
    expect(offered("type: http\ne|")).toEqual([
      "endpoint",
      "metadata",
      "auto_start",
      "health_check_interval",
      "command",
      "args",
      "env",
    ]);
  });

  it("offers values where there are few", () => {
    expect(offered("type: |")).toEqual(["http", "grpc", "builtin"]);
    expect(offered("auto_start: t|")).toEqual(["true", "false"]);
    expect(offered("metadata:\n  config_schema:\n    - name: x\n      type: |")).toEqual([
      "string",
      "int",
      "float",
      "bool",
    ]);
    expect(offered("endpoint: h|")).toBeNull();
  });

  it("offers a whole new setting in config_schema", () => {
    expect(offered("metadata:\n  config_schema:\n    f|")).toEqual(["field"]);
    expect(offered('{ "metadata": { "config_schema": [|', true)).toEqual(["field"]);
  });

  it("does not speak up on an empty line, unless asked", () => {
    expect(offered("type: http\n|")).toBeNull();
    expect(offered("type: http\n|", true)).toContain("endpoint");
  });

  it("knows JSON by its braces", () => {
    expect(offered('{ "type": "http", "meta|')).toContain("metadata");
    expect(offered('{ "type": "|')).toEqual(["http", "grpc", "builtin"]);
  });
});
