import { describe, expect, it } from "vitest";
import { ConfigField } from "@/lib/contract/manifest.ts";
import { parseDraft, toDraft } from "./field-draft.ts";
import { toOptions } from "./options.ts";

const field = (input: object) => ConfigField.parse({ name: "x", ...input });

describe("toOptions", () => {
  it("offers each choice once and marks the default", () => {
    const size = field({ type: "string", default: "m", validation: { enum: ["s", "m", "m"] } });
    expect(toOptions(size, null)).toEqual([
      { code: '"s"', label: "s" },
      { code: '"m"', label: "m", note: "default" },
    ]);
  });

  it("offers quoted numbers as the numbers the plugin declared", () => {
    const port = field({ type: "int", default: "80", validation: { enum: ["80", 443] } });
    const options = toOptions(port, null);
    expect(options.map(({ code }) => parseDraft(port, code))).toEqual([80, 443]);
    expect(options[0]).toMatchObject({ note: "default" });
  });

  it("keeps showing a stored choice that the plugin no longer offers", () => {
    const size = field({ type: "string", validation: { enum: ["s"] } });
    expect(toOptions(size, toDraft(size, "xl"))[0]).toEqual({
      code: '"xl"',
      label: "xl",
      note: "no longer offered",
    });
  });
});
