import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EnvError, readEnv } from "./env.ts";

describe("readEnv", () => {
  it("serves on loopback port 3000 when nothing is set", () => {
    expect(readEnv({})).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      admin: undefined,
      development: false,
    });
  });

  it("reports every bad variable at once", () => {
    const read = () => readEnv({ PORT: "70000", LOOM_SECRET_KEY: "short", LOOM_LOG_LEVEL: "loud" });
    expect(read).toThrow(EnvError);
    expect(read).toThrow(/PORT[^]*LOOM_SECRET_KEY[^]*LOOM_LOG_LEVEL/);
  });

  it("wants the admin's address and password together", () => {
    expect(() => readEnv({ LOOM_ADMIN_EMAIL: "a@b.example" })).toThrow(/together/);
    expect(
      readEnv({ LOOM_ADMIN_EMAIL: "a@b.example", LOOM_ADMIN_PASSWORD: "correct horse battery" }).admin,
    ).toEqual({ email: "a@b.example", password: "correct horse battery" });
  });

  it("takes the secret key from one place, and never lists the console's own settings as references", () => {
    const key = "k".repeat(32);
    expect(() => readEnv({ LOOM_SECRET_KEY: key, LOOM_SECRET_KEY_FILE: "/run/key" })).toThrow(/not both/);
    expect(() => readEnv({ LOOM_SECRET_ENV: "FINE,LOOM_ADMIN_PASSWORD" })).toThrow(/never sent/);
    expect(readEnv({ LOOM_SECRET_ENV: "One, two" }).secretVariables).toEqual(["One", "two"]);
    expect(readEnv({}).secretFolders).toEqual(["/run/secrets"]);
  });

  it("says what is wrong with a base path, and serves at the root without one", () => {
    expect(readEnv({}).basePath).toBe("");
    expect(readEnv({ LOOM_BASE_PATH: "/loom" }).basePath).toBe("/loom");
    expect(() => readEnv({ LOOM_BASE_PATH: "loom" })).toThrow(/LOOM_BASE_PATH: it has to begin with a slash/);
    expect(() => readEnv({ LOOM_BASE_PATH: "/api" })).toThrow(/an address of the console itself/);
  });

  it("treats an empty variable as unset", () => {
    expect(readEnv({ PORT: "" }).port).toBe(3000);
  });

  it("reads allowed hosts as a lower-case list", () => {
    expect(readEnv({ LOOM_ALLOWED_HOSTS: "Loom.example, other.example ," }).allowedHosts).toEqual([
      "loom.example",
      "other.example",
    ]);
  });

  it("reads what .env.example lists, no more and no less, and its values are the defaults", () => {
    const example = readFileSync(".env.example", "utf8");
    const listed = Array.from(example.matchAll(/^([A-Z_]+)=(.*)$/gm), ([, name = "", value = ""]) => [
      name,
      value,
    ]);
    // NODE_ENV is set by the scripts that start the console.
    const known = readFileSync("lib/env.ts", "utf8").matchAll(/^ {4}((?:LOOM_[A-Z_]+|PORT)):/gm);
    expect(listed.map(([name]) => name).toSorted()).toEqual(Array.from(known, ([, name]) => name).toSorted());
    const { variables: _given, ...settings } = readEnv(Object.fromEntries(listed) as Record<string, string>);
    const { variables: _none, ...defaults } = readEnv({});
    expect(settings).toEqual(defaults);
  });
});
