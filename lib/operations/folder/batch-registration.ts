import type { PluginRecord } from "../../data/data.ts";
import type { Context } from "../context.ts";
import { registerFiles, type NewFile } from "./file-plugin.ts";

/** New plugins stored in one transaction, and characters of manifests: each commit waits for the disk, and others for the commit. */
const BATCH = 40;
const BATCH_CHARACTERS = 131_072;

type Coming = NewFile & {
  /** Characters of the manifest. */
  length: number;
};

/** Files that become plugins, stored many at once. */
export interface NewFiles {
  /** Keeps a file until there are enough to store, or `store` is called. */
  add(file: Coming): Promise<void>;
  /** Stores whatever waits. */
  store(): Promise<void>;
  /** Whether a file that waits has this endpoint. */
  has(endpoint: string): boolean;
}

/** `welcome` hears of every plugin that was stored, `fail` of every file that could not be. */
export function createNewFiles(
  context: Context,
  {
    welcome,
    fail,
  }: { welcome: (record: PluginRecord) => void; fail: (path: string, error: unknown) => void },
): NewFiles {
  let coming: Coming[] = [];

  async function store(): Promise<void> {
    const files = coming;
    coming = [];
    if (files.length === 0) return;
    // Somebody may have taken a name or an endpoint since we looked: then one by one, so that only that file fails.
    if (!(await tryToStore(files))) for (const file of files) await tryToStore([file]);
  }

  async function tryToStore(files: Coming[]): Promise<boolean> {
    try {
      for (const record of await registerFiles(context, files)) welcome(record);
      return true;
    } catch (error) {
      const [first] = files;
      if (first && files.length === 1) fail(first.place.path, error);
      return false;
    }
  }

  return {
    async add(file) {
      coming.push(file);
      const characters = coming.reduce((sum, { length }) => sum + length, 0);
      if (coming.length >= BATCH || characters >= BATCH_CHARACTERS) await store();
    },
    store,
    has: (endpoint) => coming.some(({ reading }) => reading.endpoint === endpoint),
  };
}
