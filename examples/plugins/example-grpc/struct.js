// google.protobuf.Struct and Value, which carry whatever has no fixed shape, and the plain objects they stand for.

export function toValue(json) {
  if (typeof json === "string") return { stringValue: json };
  if (typeof json === "number") return { numberValue: json };
  if (typeof json === "boolean") return { boolValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(toValue) } };
  if (typeof json === "object" && json !== null) return { structValue: toStruct(json) };
  return { nullValue: 0 };
}

export function toStruct(json) {
  const fields = Object.entries(json).filter(([, value]) => value !== undefined);
  return { fields: Object.fromEntries(fields.map(([key, value]) => [key, toValue(value)])) };
}

export function fromValue(value) {
  if (value.structValue) return fromStruct(value.structValue);
  if (value.listValue) return (value.listValue.values ?? []).map(fromValue);
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
}

export function fromStruct(struct) {
  return Object.fromEntries(
    Object.entries(struct?.fields ?? {}).map(([key, value]) => [key, fromValue(value)]),
  );
}
