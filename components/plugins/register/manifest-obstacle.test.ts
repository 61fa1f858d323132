import { describe, expect, it } from "vitest";
import { readManifest } from "@/lib/intake/manifest.ts";
import { findObstacle } from "./manifest-obstacle.ts";

describe("the way into the form", () => {
  it.each([
    ["an anchor", "type: &a http\n"],
    ["an alias", "type: *a\n"],
    ["a merge key", "<<: { type: http }\n"],
    ["a tag", "type: !!str http\n"],
    ["a key given twice", "type: http\ntype: grpc\n"],
    ["__proto__", "__proto__: {}\n"],
    ["too much nesting", `type: ${"[".repeat(1000)}`],
    ["too much indentation", Array.from({ length: 40 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["an open bracket", "type: [\n"],
    ["a tab", "metadata:\n\tname: x\n"],
    ["a list", "- type: http\n"],
    ["two documents", "type: http\n---\ntype: http\n"],
    ["nothing", ""],
    ["too much text", `# ${"x".repeat(70_000)}`],
  ])("is closed by %s", (_, text) => {
    expect(findObstacle(readManifest(text))).toMatchObject({ severity: "error" });
  });

  it.each(["type: http\n", "type: nonsense\nmetadata: 5\n", "health_check_interval: 1\n"])(
    "is open for fields that are wrong or missing: %j",
    (text) => expect(findObstacle(readManifest(text))).toBeNull(),
  );
});
