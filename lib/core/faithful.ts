import type { FieldIssue } from "../contract/error.ts";
import { isJsonObject } from "./json-object.ts";

/** A surrogate without its partner: UTF-8 has no bytes for it. */
const LONE = /\p{Cs}/u;
const HALF = "Holds half of a character (a lone surrogate), which cannot be sent: enter it again.";

/**
 * What in a JSON value would not arrive as it was sent: the name `__proto__`, which readers drop or take for something else, and
 * text that has no UTF-8. No message repeats a value.
 * @param path where the value stands; the paths of what is in it begin with it
 */
export function findUnfaithful(value: unknown, path = ""): FieldIssue[] {
  if (typeof value === "string") return LONE.test(value) ? [{ path, message: HALF }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => findUnfaithful(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]): FieldIssue[] => {
    const place = path === "" ? name : `${path}.${name}`;
    if (name === "__proto__")
      return [{ path: place, message: "__proto__ is no name for a value: choose another." }];
    if (LONE.test(name)) return [{ path: place.replaceAll(/\p{Cs}/gu, "\ufffd"), message: HALF }];
    return findUnfaithful(inner, place);
  });
}
