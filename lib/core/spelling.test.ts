import { describe, expect, it } from "vitest";
import { findMeant } from "./spelling.ts";

const KNOWN = ["type", "endpoint", "metadata", "auto_start", "env", "min", "max", "min_length", "max_length"];

describe("the name that was meant", () => {
  it.each([
    ["endpont", "endpoint"],
    ["endpiont", "endpoint"],
    ["Endpoints", "endpoint"],
    ["tpye", "type"],
    ["metdata", "metadata"],
    ["autostrat", "auto_start"],
    ["auto_strat", "auto_start"],
    ["max_lenght", "max_length"],
    ["mood", null],
    ["med", null],
    ["in", null],
    ["", null],
    ["e".repeat(60_000), null],
  ])("by %j is %j", (written, meant) => {
    expect(findMeant(written, KNOWN)).toBe(meant);
  });
});
