import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestData, type TestData } from "../../test/database.ts";
import { createFakeClock, type FakeClock } from "../../test/fake-clock.ts";
import { pluginContent } from "../../test/plugin-content.ts";

let clock: FakeClock;
let test: TestData;
beforeEach(async () => {
  clock = createFakeClock();
  test = await createTestData(clock);
});
afterEach(() => test.close());

describe("plugins", () => {
  it("come back as they were stored, with id and times", async () => {
    const content = pluginContent("Acme", {
      findings: [{ severity: "warning", code: "x", path: "metadata.name", line: 3, message: "odd" }],
    });
    const created = await test.data.plugins.create(content);
    expect(created).toEqual({
      ...content,
      id: expect.stringMatching(/^[a-z0-9]{24}$/),
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
    });
    expect(await test.data.plugins.find(created.id)).toEqual(created);
    expect(await test.data.plugins.find("Acme")).toEqual(created);
    expect(await test.data.plugins.findByEndpoint(content.endpoint ?? "")).toEqual(created);
    expect(await test.data.plugins.list()).toEqual([created]);
  });

  it("keep manifest fields this version does not know", async () => {
    const content = pluginContent("Acme");
    const manifest = { ...content.manifest, "x-team": { name: "search" } };
    const { id } = await test.data.plugins.create({ ...content, manifest });
    expect((await test.data.plugins.find(id))?.manifest).toEqual(manifest);
  });

  it("come back the same when many are stored at once", async () => {
    const inputs = [pluginContent("Acme"), pluginContent("Loom", { endpoint: null })];
    const created = await test.data.plugins.createAll(inputs);
    expect(await test.data.plugins.list()).toEqual(created);
    expect(created).toEqual(
      inputs.map((input) => ({
        ...input,
        id: expect.stringMatching(/^[a-z][a-z0-9]{23}$/),
        createdAt: "2026-01-01T00:00:00.000Z",
        updatedAt: "2026-01-01T00:00:00.000Z",
      })),
    );
    for (const { id } of created) expect(await test.data.configs.get(id)).toEqual({ values: {}, version: 0 });
  });

  it("are stored all or none, and the error says which name or endpoint is taken", async () => {
    const first = await test.data.plugins.create(pluginContent("Acme"));
    const fresh = pluginContent("Fresh");
    const sameName = pluginContent("Acme", { endpoint: "http://127.0.0.1:1" });
    await expect(test.data.plugins.createAll([fresh, sameName])).rejects.toMatchObject({
      code: "name_taken",
    });
    const sameEndpoint = pluginContent("Other", { endpoint: first.endpoint });
    await expect(test.data.plugins.createAll([fresh, sameEndpoint])).rejects.toMatchObject({
      code: "endpoint_taken",
      extras: { details: { pluginId: first.id, name: "Acme" } },
    });
    expect(await test.data.plugins.list()).toEqual([first]);
  });

  it("are not named like another one's id, which would lead to that one", async () => {
    const { plugins } = test.data;
    const first = await plugins.create(pluginContent("Acme"));
    await expect(plugins.create(pluginContent(first.id))).rejects.toMatchObject({ code: "name_taken" });
    const second = await plugins.create(pluginContent("Other", { endpoint: null }));
    await expect(plugins.update(second.id, { name: first.id })).rejects.toMatchObject({ code: "name_taken" });
    expect((await plugins.listTaken()).names).toEqual(new Set(["Acme", "Other", first.id, second.id]));
  });

  it("are null when nothing has that id, name or endpoint", async () => {
    expect(await test.data.plugins.find("../\u0000")).toBeNull();
    expect(await test.data.plugins.findByEndpoint("http://nowhere")).toBeNull();
  });

  it("have unique names", async () => {
    await test.data.plugins.create(pluginContent("Acme"));
    const other = await test.data.plugins.create(pluginContent("Other"));
    const taken = { code: "name_taken", extras: { field: "name" } };
    await expect(test.data.plugins.create(pluginContent("Acme", { endpoint: null }))).rejects.toMatchObject(
      taken,
    );
    await expect(test.data.plugins.update(other.id, { name: "Acme" })).rejects.toMatchObject(taken);
  });

  it("have unique endpoints, and the error names the holder", async () => {
    const holder = await test.data.plugins.create(pluginContent("Acme"));
    const other = await test.data.plugins.create(pluginContent("Other"));
    const taken = { code: "endpoint_taken", extras: { details: { pluginId: holder.id, name: "Acme" } } };
    const { endpoint } = holder;
    await expect(test.data.plugins.create(pluginContent("Third", { endpoint }))).rejects.toMatchObject(taken);
    await expect(test.data.plugins.update(other.id, { endpoint })).rejects.toMatchObject(taken);
  });

  it("without an endpoint do not clash", async () => {
    await test.data.plugins.create(pluginContent("One", { endpoint: null }));
    await test.data.plugins.create(pluginContent("Two", { endpoint: null }));
    expect(await test.data.plugins.list()).toHaveLength(2);
  });

  it("change only what the patch names", async () => {
    const created = await test.data.plugins.create(pluginContent("Acme"));
    await clock.advance(1000);
    const changed = await test.data.plugins.update(created.id, { desired: "enabled" });
    expect(changed).toEqual({ ...created, desired: "enabled", updatedAt: "2026-01-01T00:00:01.000Z" });
    expect(await test.data.plugins.find(created.id)).toEqual(changed);
  });

  it("that do not exist cannot be changed or removed", async () => {
    await expect(test.data.plugins.update("gone", { name: "x" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(test.data.plugins.remove("gone")).rejects.toMatchObject({ code: "not_found" });
  });

  it("take everything of theirs along when they are removed, except the audit trail", async () => {
    const { data } = test;
    const { id, name } = await data.plugins.create(pluginContent("Acme"));
    await data.configs.save(id, {
      version: 0,
      values: { a: 1 },
      secrets: { key: { set: "s" } },
      changedBy: "Ann",
    });
    await data.samples.append([{ pluginId: id, at: 1000, ok: true, latencyMs: 1, code: null }]);
    await data.incidents.open(id, "2026-01-01T00:00:00.000Z", { code: "plugin_timeout", message: "slow" });
    await data.markers.add(id, { at: 1000, kind: "enabled", label: "Enabled" });
    await data.audit.append({
      at: "2026-01-01T00:00:00.000Z",
      actorId: null,
      actorName: "system",
      action: "plugin.removed",
      targetId: id,
      targetName: name,
      changes: [],
      requestId: null,
    });

    await data.plugins.remove(id);

    expect(await data.plugins.find(id)).toBeNull();
    await expect(data.configs.get(id)).rejects.toMatchObject({ code: "not_found" });
    expect(await data.configs.secretStates(id, null)).toEqual({});
    expect(await data.samples.range(id, 0, 10_000)).toEqual([]);
    expect(await data.incidents.listOpen()).toEqual([]);
    expect(await data.markers.list(id, 0, 10_000)).toEqual([]);
    expect(await data.audit.list({ limit: 10, targetId: id })).toHaveLength(1);
  });
});
