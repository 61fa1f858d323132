import { isJsonObject, type JsonObject } from "./json-object.ts";

/** Longest list of models that is read: each entry is checked by itself, which takes far longer than its bytes. */
export const MAX_MODELS = 20_000;

/** What there is of a list of models, in whichever shape a service sent it. */
export interface ModelList<T> {
  /** Each id once. */
  models: T[];
  /** `data` or `models` for a list that stood in an object; null for a bare one. */
  wrapper: string | null;
  /** What was left out, as sentences for a person. */
  warnings: string[];
}

/**
 * Reads `{data: […]}`, `{models: […]}` or a bare array, of objects with `id`, `name` or `model`, or of plain texts. What cannot be read
 * is left out and counted: the list helps to choose, and is not law. `readEntry` may throw for an entry it cannot use. Null for what is
 * no list, and for one of whose entries none can be read.
 */
export function readModelList<T extends { id: string }>(
  body: unknown,
  readEntry: (entry: JsonObject & { id: string }, index: number) => T,
): ModelList<T> | null {
  const found = findList(body);
  if (!found) return null;
  const { list, wrapper } = found;
  const models = new Map<string, T>();
  const problems: string[] = [];
  for (const [index, entry] of list.slice(0, MAX_MODELS).entries()) {
    try {
      const model = readEntry(requireId(entry), index);
      if (!models.has(model.id)) models.set(model.id, model);
    } catch (error) {
      problems.push(`[${index}]: ${error instanceof Error ? error.message : "unreadable"}`);
    }
  }
  if (problems.length > 0 && models.size === 0) return null;
  return {
    models: [...models.values()],
    wrapper,
    warnings: [...tellBroken(problems, list.length), ...tellCut(list.length)],
  };
}

function findList(body: unknown): { list: unknown[]; wrapper: string | null } | null {
  if (Array.isArray(body)) return { list: body, wrapper: null };
  if (!isJsonObject(body)) return null;
  for (const wrapper of ["models", "data"]) {
    const list = body[wrapper];
    if (Array.isArray(list)) return { list, wrapper };
    // Ollama answers null while it has no model.
    if (list === null) return { list: [], wrapper };
  }
  return null;
}

function requireId(entry: unknown): JsonObject & { id: string } {
  const model = typeof entry === "string" ? { id: entry } : entry;
  if (!isJsonObject(model)) throw new Error("it is no model");
  const id = [model["id"], model["name"], model["model"]].find(
    (one) => typeof one === "string" && one !== "",
  );
  if (typeof id !== "string") throw new Error("it has no id");
  const problem = findIdProblem(id);
  if (problem !== null) throw new Error(problem);
  return { ...model, id };
}

/** Longest name of a model that can be asked for, UTF-16 units: as in `RunPane`. */
const MAX_ID = 300;

function findIdProblem(id: string): string | null {
  if (id.length > MAX_ID)
    return `its id has ${id.length.toLocaleString("en")} characters, and at most ${MAX_ID} are read`;
  return /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u.test(id) ? "its id holds invisible characters" : null;
}

function tellBroken(problems: readonly string[], total: number): string[] {
  const [first] = problems;
  if (first === undefined) return [];
  const count = problems.length.toLocaleString("en");
  return [`${count} of ${total.toLocaleString("en")} models cannot be read and are left out; ${first}`];
}

function tellCut(total: number): string[] {
  if (total <= MAX_MODELS) return [];
  const [all, read] = [total, MAX_MODELS].map((count) => count.toLocaleString("en"));
  return [`the list has ${all} models, and the first ${read} are read`];
}
