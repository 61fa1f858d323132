import { expect, test } from "vitest";
import { forbiddenVariables } from "./command.ts";

test("refuses what would make the approved program run something else", () => {
  const names = [
    "NODE_OPTIONS",
    "LD_PRELOAD",
    "ld_preload",
    "PATH",
    "PYTHONPATH",
    "BASH_ENV",
    "DYLD_INSERT_LIBRARIES",
  ];
  expect(forbiddenVariables(names)).toEqual(names);
});

test("refuses the console's own variables and names no system takes", () => {
  expect(forbiddenVariables(["LOOM_SECRET_KEY", "A=B", "", "1X", "A B"])).toEqual([
    "LOOM_SECRET_KEY",
    "A=B",
    "",
    "1X",
    "A B",
  ]);
});

test("lets a plugin's own variables through", () => {
  expect(forbiddenVariables(["PORT", "ACME_URL", "DEBUG", "PYTHONUNBUFFERED", "NODE_ENV"])).toEqual([]);
});
