import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { normalize, sep } from "node:path";
import { SECRET_MAX_LENGTH } from "../contract/config.ts";
import { mayReferTo, parseReference, type Reference } from "../core/secret-reference.ts";

/** What secrets may refer to, as the operator set it. */
export interface ReferenceRules {
  /** Whether `env:NAME` is allowed. */
  mayRead(name: string): boolean;
  /** The allowed variables that are set. */
  variables: Readonly<Record<string, string>>;
  /** Absolute folders; files below them are allowed. */
  folders: readonly string[];
  /** Absolute files and folders that are never read: what belongs to the console itself. */
  forbidden: readonly string[];
}

/** The rules of this process: its environment, and what the operator listed in `LOOM_SECRET_ENV` and `LOOM_SECRET_FILES`. */
export function toReferenceRules(settings: {
  environment: Readonly<Record<string, string | undefined>>;
  listed: readonly string[];
  folders: readonly string[];
  forbidden: readonly string[];
}): ReferenceRules {
  const { environment, listed, folders, forbidden } = settings;
  const mayRead = (name: string) => mayReferTo(name, listed);
  const variables = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && mayRead(entry[0]),
  );
  return { mayRead, variables: Object.fromEntries(variables), folders, forbidden };
}

/** Nothing may be referred to. */
export const NO_REFERENCES: ReferenceRules = {
  mayRead: () => false,
  variables: {},
  folders: [],
  forbidden: [],
};

/** The text a reference leads to, or why it leads nowhere, for people. Neither says what else is in the place. */
export type Resolution = { value: string } | { problem: string };

export interface References {
  /** Why the operator does not allow it; null when it may be stored, wherever it leads today. */
  refusal(reference: string): Promise<string | null>;
  /** Looked up at every call: a rotated file or a changed link counts at the next use. Never throws. */
  resolve(reference: string): Promise<Resolution>;
}

export function createReferences(rules: ReferenceRules): References {
  async function resolve(text: string): Promise<Resolution> {
    const reference = parseReference(text);
    if (!reference) return { problem: 'A reference is written "env:NAME" or "file:/absolute/path".' };
    return reference.kind === "env" ? resolveVariable(reference) : resolveFile(reference);
  }

  function resolveVariable({ name }: Extract<Reference, { kind: "env" }>): Resolution {
    const refused = refuseVariable(name);
    if (refused !== null) return { problem: refused };
    const value = Object.hasOwn(rules.variables, name) ? rules.variables[name] : undefined;
    if (value === undefined || value === "") {
      return {
        problem: `The variable ${name} is not set. Set it in the console's environment and restart it.`,
      };
    }
    return tooLong(value.length) ?? { value };
  }

  function refuseVariable(name: string): string | null {
    if (rules.mayRead(name)) return null;
    return `The variable ${name} may not be used: its name has to begin with LOOM_SECRET_, or be listed in LOOM_SECRET_ENV; the console's own settings never may.`;
  }

  async function resolveFile({ path }: Extract<Reference, { kind: "file" }>): Promise<Resolution> {
    const real = await toReal(path);
    // Said before anything else, so that nobody learns which files exist elsewhere.
    const refused = await refuseFile(real ?? normalize(path), path);
    if (refused !== null) return { problem: refused };
    if (real === null) return { problem: `There is no file ${path}.` };
    return readSecretFile(real, path);
  }

  async function refuseFile(real: string, path: string): Promise<string | null> {
    if ((await isBelow(real, rules.folders)) && !(await isBelow(real, rules.forbidden))) return null;
    const where =
      rules.folders.length === 0 ? "none is allowed here" : `allowed: ${rules.folders.join(", ")}`;
    return `The file ${path} may not be used: it has to lie in a folder listed in LOOM_SECRET_FILES (${where}), and not among the console's own files.`;
  }

  return {
    resolve,
    async refusal(text) {
      const reference = parseReference(text);
      if (!reference) return 'A reference is written "env:NAME" or "file:/absolute/path".';
      if (reference.kind === "env") return refuseVariable(reference.name);
      const { path } = reference;
      return refuseFile((await toReal(path)) ?? normalize(path), path);
    },
  };
}

/** Without links; null when there is nothing, or nothing we may see. */
async function toReal(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}

/** Whether `path` is one of the places or lies below one; a place that is a link counts as what it leads to, too. */
async function isBelow(path: string, places: readonly string[]): Promise<boolean> {
  const roots = await Promise.all(places.map(async (place) => [place, await toReal(place)]));
  return roots.flat().some((root) => root !== null && (path === root || path.startsWith(`${root}${sep}`)));
}

/** `O_NOFOLLOW`: what was checked is what is read. `O_NONBLOCK`: a pipe does not hold us up. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function readSecretFile(real: string, path: string): Promise<Resolution> {
  try {
    const file = await open(real, FLAGS);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) return { problem: `${path} is not a file.` };
      // One more byte than fits, for the line break at the end and to notice what grew meanwhile.
      const buffer = Buffer.alloc(SECRET_MAX_LENGTH + 3);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return toSecretText(buffer.subarray(0, bytesRead), path);
    } finally {
      await file.close();
    }
  } catch {
    return { problem: `The file ${path} cannot be read by the console. Check its permissions.` };
  }
}

/** Editors and `echo` end a file with one line break: it is not part of the secret. */
function toSecretText(bytes: Uint8Array, path: string): Resolution {
  try {
    const value = new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r?\n$/, "");
    if (value === "") return { problem: `The file ${path} is empty.` };
    return tooLong(value.length, path) ?? { value };
  } catch {
    return { problem: `The file ${path} is not text in UTF-8.` };
  }
}

function tooLong(length: number, what = "The value"): { problem: string } | null {
  if (length <= SECRET_MAX_LENGTH) return null;
  return { problem: `${what} is longer than ${SECRET_MAX_LENGTH} characters.` };
}
