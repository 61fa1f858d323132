import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestConsole, type TestConsole } from "../../../test/api-console.ts";
import { takeIn, type OpenProblem } from "./folder-sync.ts";

const FOLDER = "/watched";
const NAMES = ["A", "B", "C"];
const place = (port: number) => `http://127.0.0.1:${port}`;

let loom: TestConsole;
let problems: Map<string, OpenProblem>;

beforeEach(async () => {
  loom = await createTestConsole();
  problems = new Map();
});
afterEach(() => loom.close());

function reading(name: string, port: number) {
  const text = `type: http\nendpoint: ${place(port)}\nmetadata: {name: ${name}, version: "1", provider_type: x}\n`;
  return {
    path: `${FOLDER}/${name}/plugin.yaml`,
    folder: FOLDER,
    content: { text, hash: `${name} ${port}` },
  };
}

/** One look that finds a file for each of `NAMES`, at these ports. */
async function look(...ports: number[]) {
  const readings = ports.map((port, index) => reading(NAMES[index] ?? "", port));
  return takeIn(loom, { folders: [], readings, problems: new Map(), isPresent: () => true }, problems);
}

async function endpoints(): Promise<Array<string | null>> {
  return (await loom.data.plugins.list()).map(({ endpoint }) => endpoint);
}

it.each([
  ["two exchange their endpoints", [8082, 8081, 8083]],
  ["three pass them on in a ring", [8082, 8083, 8081]],
  ["three pass them on the other way round", [8083, 8081, 8082]],
  ["one takes what the other leaves behind", [8082, 8084, 8083]],
])("files of one look: %s, and none is broken on the way", async (_name, ports) => {
  await look(8081, 8082, 8083);
  await loom.data.configs.save((await loom.data.plugins.list())[0]?.id ?? "", {
    ...{ version: 0, values: {}, secrets: { key: { set: "s3cret" } }, changedBy: "Ada" },
  });
  const { reloaded } = await look(...ports);
  expect(await endpoints()).toEqual(ports.map(place));
  const moved = ports.filter((port, index) => port !== 8081 + index);
  expect(reloaded).toHaveLength(moved.length);
  const changes = (await loom.data.audit.list({ limit: 100 })).flatMap((entry) => entry.changes);
  expect(changes.filter(({ field }) => field === "file state")).toEqual([]);
  // The secret belonged to the place that A left.
  expect(changes).toContainEqual({ field: "key", secret: "cleared" });
  expect((await loom.data.plugins.list()).map(({ file }) => file?.state)).toEqual(["ok", "ok", "ok"]);
});

it("a file behind a ring still waits, and the ring does not wait for it", async () => {
  await look(8081, 8082, 8083);
  await look(8082, 8081, 8081);
  expect(await endpoints()).toEqual([place(8082), place(8081), place(8083)]);
  expect(problems.get(reading("C", 0).path)?.findings).toMatchObject([
    { code: "endpoint_taken", message: expect.stringContaining("is already used by B") as string, line: 2 },
  ]);
});
