import { describe, expect, it } from "vitest";
import { KEY, SECRET, TIMEOUT, useConfiguredPlugin } from "../../../test/configured-plugin.ts";
import type { ConfigRestored } from "../../contract/config-revision.ts";

const registered = useConfiguredPlugin();
const { call, getPlugin, getRevisions, save } = registered;

describe("revisions", () => {
  it("are one for each save, with values, notes, changes and which secrets were set", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } }, { note: "  First try " });
    await save({ timeout: 20 });
    const [second, first] = await getRevisions();
    expect(first).toMatchObject({
      revision: 1,
      savedBy: "The admin",
      kind: "saved",
      note: "First try",
      values: { timeout: 10 },
      changes: [
        { field: "timeout", after: 10 },
        { field: "api_key", secret: "set" },
      ],
      secrets: { api_key: { since: 1, reference: null, current: true } },
    });
    expect(second).toMatchObject({
      revision: 2,
      note: null,
      changes: [{ field: "timeout", before: 10, after: 20 }],
    });
    expect(JSON.stringify(await getRevisions())).not.toContain(SECRET);
  });

  it("can be restored as a new one; a secret that is still the same stays", async () => {
    await save({ timeout: 10, old: "kept" }, { api_key: { set: SECRET } });
    await save({ timeout: 20 });
    const answer = await call("POST", "/config/restore", { version: 2, revision: 1, note: "Back" });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      reenter: [],
      config: { version: 3, values: { timeout: 10, old: "kept" } },
    });
    const [newest] = await getRevisions();
    expect(newest).toMatchObject({ kind: "restored", restoredFrom: 1, note: "Back" });
    const [entry] = await registered.loom.data.audit.list({ limit: 1, targetId: registered.id });
    expect(entry?.action).toBe("plugin.config_restored");
  });

  it("say which secrets are gone, and take new ones in the same step", async () => {
    await save({}, { api_key: { set: SECRET }, spare_key: { set: "spare-secret" } });
    await save({}, { api_key: { set: `${SECRET}-2` }, spare_key: { clear: true } });
    const restored = (await call("POST", "/config/restore", { version: 2, revision: 1 }))
      .body as ConfigRestored;
    expect(restored.reenter).toEqual([
      { name: "api_key", configured: true },
      { name: "spare_key", configured: false },
    ]);
    const secrets = { api_key: { set: SECRET }, spare_key: { set: "spare-secret" } };
    const again = (await call("POST", "/config/restore", { version: 3, revision: 1, secrets })).body;
    expect(again).toMatchObject({ reenter: [] });
  });

  it("are checked by the schema of today", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } });
    registered.stub.behaviour.schema = [KEY, { ...TIMEOUT, validation: { min: 100 } }];
    const { manifest } = await getPlugin();
    const strict = {
      ...manifest.metadata,
      config_schema: [KEY, { ...TIMEOUT, validation: { min: 100 } }] as never,
    };
    await registered.loom.data.plugins.update(registered.id, { manifest: { ...manifest, metadata: strict } });
    const answer = await call("POST", "/config/restore", { version: 1, revision: 1 });
    expect([answer.status, answer.body]).toMatchObject([
      422,
      { error: { issues: [{ path: "values.timeout" }] } },
    ]);
    expect((await call("POST", "/config/restore", { version: 1, revision: 9 })).status).toBe(404);
  });

  it("show the later of two writers who saved, when, and the difference", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } });
    await save({ timeout: 20 }, { spare_key: { set: "spare-secret" } });
    const answer = await call("PUT", "/config", { version: 1, values: { timeout: 30 } });
    expect([answer.status, answer.body]).toMatchObject([
      409,
      {
        error: {
          code: "version_conflict",
          details: {
            version: 2,
            savedBy: "The admin",
            changes: [
              { field: "timeout", before: 10, after: 20 },
              { field: "spare_key", secret: "set" },
            ],
          },
        },
      },
    ]);
  });
});

describe("a version that never was", () => {
  it("is answered with the newest, and nobody is said to have saved", async () => {
    await save({ timeout: 10 }, { api_key: { set: SECRET } });
    const answer = await call("PUT", "/config", { version: 99, values: { timeout: 30 } });
    expect([answer.status, answer.body]).toMatchObject([
      409,
      {
        error: {
          code: "version_conflict",
          message: expect.stringMatching(/has no version 99: the newest is 1/) as string,
          hint: expect.stringContaining("GET") as string,
          details: { version: 1 },
        },
      },
    ]);
  });
});
