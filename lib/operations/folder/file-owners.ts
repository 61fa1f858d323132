import type { OwnedFile, PluginRecord, Repositories } from "../../data/data.ts";
import type { FolderReading, FolderSnapshot } from "../../host/folder/directory-watcher.ts";
import type { FilePlace } from "./file-plugin.ts";

/** A plugin and the file it belongs to. */
export type FileOwner = Pick<OwnedFile, "pluginId" | "endpoint" | "file">;

/** Which plugin each file belongs to, and which names and endpoints are in use; kept up to date by hand during one sync. */
export class FileOwners {
  readonly #byPath: Map<string, FileOwner>;
  readonly names: Set<string>;
  readonly endpoints: Set<string>;

  private constructor(files: OwnedFile[], { names, endpoints }: Pick<FileOwners, "names" | "endpoints">) {
    this.#byPath = new Map(files.map((entry) => [entry.file.path, entry]));
    this.names = names;
    this.endpoints = endpoints;
  }

  static async load({ plugins }: Pick<Repositories, "plugins">): Promise<FileOwners> {
    return new FileOwners(await plugins.listFiles(), await plugins.listTaken());
  }

  find(path: string): FileOwner | undefined {
    return this.#byPath.get(path);
  }

  /** Of a file that lay elsewhere: the same content, or the same endpoint, where the old place is empty. */
  findMoved(
    { isPresent }: FolderSnapshot,
    { hash }: FilePlace,
    endpoint: string | null,
  ): FileOwner | undefined {
    const lost = this.list().filter(({ file }) => !isPresent(file.path));
    const hasEndpoint = (entry: FileOwner) => endpoint !== null && entry.endpoint === endpoint;
    return lost.find(({ file }) => file.hash === hash) ?? lost.find(hasEndpoint);
  }

  list(): FileOwner[] {
    return Array.from(this.#byPath.values());
  }

  add({ id, endpoint, file }: PluginRecord): void {
    if (file) this.#byPath.set(file.path, { pluginId: id, endpoint, file });
    if (endpoint !== null) this.endpoints.add(endpoint);
  }

  remove(path: string): void {
    this.#byPath.delete(path);
  }

  /** Whether a file says something else than its plugin was last given. */
  isNews({ path, content }: FolderReading): boolean {
    const file = this.find(path)?.file;
    return !(file?.state === "ok" && "hash" in content && content.hash === file.hash);
  }
}
