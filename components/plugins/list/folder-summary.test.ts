import { describe, expect, it } from "vitest";
import { summarizeReload } from "./folder-summary.ts";

const EMPTY = { folders: [], scannedAt: null, registered: [], reloaded: [], gone: [], problems: [] };

describe("what reloading brought", () => {
  it("counts what happened", () => {
    const problem = { path: "/p/plugin.yaml", findings: [], plugin: null };
    const report = { ...EMPTY, registered: ["a", "b"], reloaded: ["c"], problems: [problem] };
    expect(summarizeReload(report).title).toBe("2 registered, 1 reloaded, 1 problem");
  });

  it("says where was looked when nothing changed", () => {
    const folders = [
      { path: "/p", exists: true, manifests: 1 },
      { path: "/q", exists: false, manifests: 0 },
    ];
    expect(summarizeReload({ ...EMPTY, folders })).toEqual({
      title: "Nothing changed",
      body: "/p: 1 manifest; /q does not exist yet",
    });
  });
});
