import { describe, expect, it } from "vitest";
import { Permission } from "../contract/account.ts";
import { permissionsOf } from "./permissions.ts";

describe("permissions", () => {
  it("let a viewer look and touch nothing", () => {
    expect(permissionsOf("viewer").sort()).toEqual(
      ["activity:read", "config:read", "plugins:read", "public", "session"].sort(),
    );
  });

  it("let operators and admins run everything there is so far", () => {
    for (const role of ["operator", "admin"] as const) {
      expect(permissionsOf(role).sort()).toEqual([...Permission.options].sort());
    }
  });

  it("are handed out as a copy", () => {
    permissionsOf("viewer").push("plugins:write");
    expect(permissionsOf("viewer")).not.toContain("plugins:write");
  });
});
