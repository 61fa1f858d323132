import { describe, expect, it } from "vitest";
import { Permission } from "../contract/account.ts";
import { permissionsOf } from "./permissions.ts";

describe("permissions", () => {
  it("let a viewer look and touch nothing", () => {
    expect(permissionsOf("viewer").sort()).toEqual(
      ["activity:read", "config:read", "plugins:read", "public", "session", "settings:read"].sort(),
    );
  });

  it("let an operator run everything but the console itself", () => {
    const rest = Permission.options.filter((permission) => permission !== "settings:write");
    expect(permissionsOf("operator").sort()).toEqual([...rest].sort());
  });

  it("let an admin do everything", () => {
    expect(permissionsOf("admin").sort()).toEqual([...Permission.options].sort());
  });

  it("are handed out as a copy", () => {
    permissionsOf("viewer").push("plugins:write");
    expect(permissionsOf("viewer")).not.toContain("plugins:write");
  });
});
