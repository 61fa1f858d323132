import { isJsonObject, type JsonObject } from "../core/json-object.ts";

/** `google.protobuf.Value` and `Struct` as the protobuf library holds them, and the JSON they stand for. */

export function toValue(json: unknown): JsonObject {
  if (typeof json === "string") return { stringValue: json };
  if (typeof json === "number") return { numberValue: json };
  if (typeof json === "boolean") return { boolValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(toValue) } };
  if (isJsonObject(json)) return { structValue: toStruct(json) };
  return { nullValue: 0 };
}

export function toStruct(json: JsonObject): JsonObject {
  const fields = Object.entries(json).filter(([, item]) => item !== undefined);
  return { fields: Object.fromEntries(fields.map(([key, item]) => [key, toValue(item)])) };
}

/** A value of no kind, which no protobuf library writes, counts as null. */
export function fromValue(value: unknown): unknown {
  if (!isJsonObject(value)) return null;
  for (const kind of ["stringValue", "numberValue", "boolValue"]) if (kind in value) return value[kind];
  if (isJsonObject(value["structValue"])) return fromStruct(value["structValue"]);
  const list = value["listValue"];
  if (!isJsonObject(list)) return null;
  return Array.isArray(list["values"]) ? list["values"].map(fromValue) : [];
}

export function fromStruct(struct: unknown): JsonObject {
  const fields = isJsonObject(struct) ? struct["fields"] : undefined;
  if (!isJsonObject(fields)) return {};
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fromValue(value)]));
}
