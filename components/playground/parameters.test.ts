import { describe, expect, it } from "vitest";
import { EMPTY_SETTINGS, readParameters } from "./parameters.ts";

const read = (settings: Partial<typeof EMPTY_SETTINGS>) => readParameters({ ...EMPTY_SETTINGS, ...settings });

describe("readParameters", () => {
  it("leaves out what is unset, so that the plugin's default applies", () => {
    expect(read({ temperature: " ", maxTokens: "" })).toEqual({ parameters: {}, errors: {} });
  });

  it("tells 0 from unset", () => {
    expect(read({ temperature: "0" }).parameters).toEqual({ temperature: 0 });
  });

  it("reads numbers, with a decimal comma too", () => {
    expect(read({ temperature: "0,7", maxTokens: " 512 " }).parameters).toEqual({
      temperature: 0.7,
      max_tokens: 512,
    });
  });

  it.each(["-1", "2.1", "hot", "1e0", "0x1", "1..2"])(
    "refuses the temperature %j with the rule",
    (temperature) => {
      expect(read({ temperature })).toEqual({
        parameters: {},
        errors: { temperature: "A number from 0 to 2, or empty" },
      });
    },
  );

  it.each(["0", "1.5", "-3", "many", "1000001"])("refuses %j tokens with the rule", (maxTokens) => {
    expect(read({ maxTokens, temperature: "1" })).toEqual({
      parameters: { temperature: 1 },
      errors: { maxTokens: "A whole number from 1 to 1,000,000, or empty" },
    });
  });
});
