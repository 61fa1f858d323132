import { lstat, opendir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Stats } from "node:fs";
import type { Finding } from "../../contract/manifest.ts";
import {
  errorCode,
  isInside,
  linkProblem,
  notAFileProblem,
  toFileProblem,
  unreadableProblem,
} from "./manifest-file.ts";

const MANIFEST_NAME = /^plugin\.(ya?ml|json)$/;

/** Deeper than any sane tree, and an end for one that is not. */
const MAX_DEPTH = 32;

/** Entries looked at in one folder. Somebody who watches a whole disk gets a message instead of a busy console. */
const MAX_ENTRIES = 100_000;

/** A manifest file as it lies there. */
export interface FoundFile {
  path: string;
  /** The watched folder, as configured. */
  folder: string;
  /** The same without links. */
  realFolder: string;
  /** Changes with every write. */
  fingerprint: string;
  /** When it was last written or touched, epoch ms. */
  changedAt: number;
}

export interface FolderState {
  path: string;
  exists: boolean;
  manifests: number;
}

/** Everything that matters in the watched folders at one instant. */
export interface Tree {
  folders: FolderState[];
  /** By path. */
  files: Map<string, FoundFile>;
  /** By path: what is there and cannot be used. */
  problems: Map<string, Finding>;
  /** Directories nobody could look into: what lies below is unknown, not gone. */
  blind: string[];
}

export function isManifestName(path: string): boolean {
  return MANIFEST_NAME.test(basename(path));
}

/** Not looked into: `.git`, `node_modules`, and the dated directories behind a Kubernetes volume's links. */
export function isSkipped(path: string): boolean {
  const name = basename(path);
  return name.startsWith(".") || name === "node_modules";
}

/** Looks at names and stamps, opens no file, follows no linked directory. Never rejects. */
export async function readTree(folders: readonly string[]): Promise<Tree> {
  const tree: Tree = { folders: [], files: new Map(), problems: new Map(), blind: [] };
  for (const folder of folders) {
    const before = tree.files.size;
    const exists = await readFolder(tree, folder);
    tree.folders.push({ path: folder, exists, manifests: tree.files.size - before });
  }
  return tree;
}

async function readFolder(tree: Tree, folder: string): Promise<boolean> {
  try {
    const realFolder = await realpath(folder);
    if (!(await stat(realFolder)).isDirectory()) {
      const fix = "Make it a directory, or name another with LOOM_PLUGINS_DIR.";
      tree.problems.set(folder, toFileProblem("not_a_directory", "This is not a directory.", fix));
      return true;
    }
    const walk: Walk = { tree, folder, realFolder, left: MAX_ENTRIES };
    await readDirectory(walk, folder, 0);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    markBlind(tree, folder, unreadableProblem(error));
    return true;
  }
}

interface Walk {
  tree: Tree;
  folder: string;
  realFolder: string;
  left: number;
}

async function readDirectory(walk: Walk, path: string, depth: number): Promise<void> {
  const { tree } = walk;
  if (depth > MAX_DEPTH) {
    const message = `Directories nested deeper than ${MAX_DEPTH} are not searched.`;
    return markBlind(tree, path, toFileProblem("nested_too_deep", message, "Move the manifest further up."));
  }
  try {
    for await (const entry of await opendir(path)) {
      if (--walk.left < 0) {
        const message = `This folder has more than ${MAX_ENTRIES} entries; the rest was not searched.`;
        return markBlind(tree, walk.folder, toFileProblem("too_many", message, "Watch a smaller folder."));
      }
      const child = join(path, entry.name);
      if (entry.isDirectory()) {
        if (!isSkipped(child)) await readDirectory(walk, child, depth + 1);
      } else if (entry.isSymbolicLink() || isManifestName(child)) await readEntry(walk, child);
    }
  } catch (error) {
    // Removed while we looked: then it is simply not there.
    if (errorCode(error) !== "ENOENT") markBlind(tree, path, unreadableProblem(error));
  }
}

async function readEntry(walk: Walk, path: string): Promise<void> {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) await readLink(walk, path, stats);
    else if (stats.isFile()) addFile(walk, path, [stats]);
    else if (!stats.isDirectory()) walk.tree.problems.set(path, notAFileProblem());
  } catch (error) {
    if (errorCode(error) !== "ENOENT") walk.tree.problems.set(path, unreadableProblem(error));
  }
}

/** A link to a manifest that lies out of sight is read; a link to a directory never is: what it shows has a place of its own. */
async function readLink(walk: Walk, path: string, link: Stats): Promise<void> {
  const { realFolder, tree } = walk;
  try {
    const target = await realpath(path);
    const stats = await stat(target);
    if (!stats.isDirectory() && !isManifestName(path)) return;
    if (!isInside(realFolder, target)) tree.problems.set(path, linkProblem());
    else if (stats.isFile() && !isSeenAnyway(realFolder, target)) addFile(walk, path, [link, stats]);
    else if (!stats.isFile() && !stats.isDirectory()) tree.problems.set(path, notAFileProblem());
  } catch (error) {
    if (!isManifestName(path)) return;
    const isBroken = ["ENOENT", "ELOOP", "ENOTDIR"].includes(errorCode(error));
    const fix = "Remove the link, or put the file back that it leads to.";
    const problem = isBroken ? toFileProblem("broken_link", "This link leads nowhere.", fix) : null;
    tree.problems.set(path, problem ?? unreadableProblem(error));
  }
}

function isSeenAnyway(realFolder: string, target: string): boolean {
  const segments = target.slice(realFolder.length + 1).split("/");
  return isManifestName(target) && !segments.slice(0, -1).some(isSkipped);
}

function addFile({ tree, folder, realFolder }: Walk, path: string, stats: Stats[]): void {
  if (tree.files.has(path)) return;
  const fingerprint = stats
    .map(({ dev, ino, size, mtimeMs, ctimeMs }) => [dev, ino, size, mtimeMs, ctimeMs].join(":"))
    .join(" ");
  const changedAt = Math.max(...stats.map(({ mtimeMs, ctimeMs }) => Math.max(mtimeMs, ctimeMs)));
  tree.files.set(path, { path, folder, realFolder, fingerprint, changedAt });
}

function markBlind({ problems, blind }: Tree, path: string, problem: Finding): void {
  problems.set(path, problem);
  blind.push(path);
}
