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

test("refuses what makes a runtime load from elsewhere, whichever runtime", () => {
  const names = [
    ...["PYTHONPYCACHEPREFIX", "PYTHONWARNINGS", "PYTHONPLATLIBDIR", "PYTHON_PRESITE", "NODE_COMPILE_CACHE"],
    ...[
      "LUA_PATH_5_4",
      "LUA_CPATH_5_3",
      "LUA_INIT",
      "GEM_HOME",
      "GEM_PATH",
      "BUNDLE_GEMFILE",
      "RUBYGEMS_GEMDEPS",
    ],
    ...["R_PROFILE_USER", "R_LIBS", "JULIA_LOAD_PATH", "JULIA_DEPOT_PATH", "DOTNET_ADDITIONAL_DEPS"],
    ...["DOTNET_SHARED_STORE", "DOTNET_ROOT_X64", "ERL_LIBS", "ERL_FLAGS", "DENO_DIR", "TCLLIBPATH"],
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
  const others = [
    "PYTHONIOENCODING",
    "RAILS_ENV",
    "GEMINI_API_KEY",
    "DOTNET_ENVIRONMENT",
    "R_KEY",
    "DENO_DEPLOYMENT_ID",
  ];
  expect(forbiddenVariables(others)).toEqual([]);
});
