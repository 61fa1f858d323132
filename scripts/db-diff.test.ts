import { describe, expect, it } from "vitest";
import { diffSchema, readSchema } from "./db-diff.ts";

describe("the migrations", () => {
  it("build exactly what schema.prisma says", async () => {
    expect(await diffSchema(await readSchema())).toBeNull();
  });

  it("differ from a schema that says more", async () => {
    const wider = (await readSchema()).replace("model Plugin {", "model Plugin {\n  colour String?");
    expect(await diffSchema(wider)).toMatch(/ALTER TABLE "Plugin" ADD COLUMN "colour" TEXT;/);
  });
});
