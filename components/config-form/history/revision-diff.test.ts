import { describe, expect, it } from "vitest";
import type { ConfigRevision } from "@/lib/contract/config-revision.ts";
import { diffRevisions, goneSecrets } from "./revision-diff.ts";

const revision = (over: Partial<ConfigRevision>): ConfigRevision => ({
  revision: 1,
  savedAt: "2026-01-01T00:00:00.000Z",
  savedBy: "Ada",
  kind: "saved",
  restoredFrom: null,
  note: null,
  changes: [],
  values: {},
  secrets: {},
  ...over,
});
const sealed = (since: number, current = true) => ({ reference: null, since, current });

describe("two revisions", () => {
  it("differ in values and in which secret was set, in both directions", () => {
    const one = revision({ values: { a: 1 }, secrets: { key: sealed(1), token: sealed(1) } });
    const two = revision({ values: { a: 2 }, secrets: { key: sealed(2), fresh: sealed(2) } });
    expect(diffRevisions(one, two)).toEqual([
      { field: "a", before: 1, after: 2 },
      { field: "fresh", secret: "set" },
      { field: "key", secret: "changed" },
      { field: "token", secret: "cleared" },
    ]);
    expect(diffRevisions(two, one)[0]).toEqual({ field: "a", before: 2, after: 1 });
    expect(diffRevisions(one, one)).toEqual([]);
  });

  it("know which secrets cannot come back: a reference can, to the place it was entered for", () => {
    const secrets = {
      gone: sealed(1, false),
      here: sealed(1),
      named: { reference: "env:A", since: 1, current: false, origin: "https://a.example" },
    };
    expect(goneSecrets(revision({ secrets }), "https://a.example")).toEqual(["gone"]);
    expect(goneSecrets(revision({ secrets }), "https://b.example")).toEqual(["gone", "named"]);
  });
});
