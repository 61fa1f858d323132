import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadSync, type AnyDefinition, type MessageTypeDefinition } from "@grpc/proto-loader";
import { isJsonObject, type JsonObject } from "../core/json-object.ts";
import { fromStruct, fromValue, toStruct, toValue } from "./struct.ts";

/** Beside this file in the source, and beside the bundle in `dist/`, where the build copies it. */
const PROTO_FILE = fileURLToPath(new URL("plugin.proto", import.meta.url));

const PACKAGE = "loom.plugin.v1";

/** `defaults: false` keeps absent fields absent. */
const DEFINITIONS = loadSync(PROTO_FILE, {
  keepCase: true,
  longs: Number,
  enums: Number,
  defaults: false,
  oneofs: false,
});

/** The definition as plugin authors get it. */
export function readPluginProto(): string {
  return readFileSync(PROTO_FILE, "utf8");
}

/** Key of the trailing metadata that holds a serialized `PluginError`. */
export const ERROR_TRAILER = "loom-plugin-error-bin";

interface Method {
  request: string;
  response: string;
  /** True when any number of messages comes back; otherwise it is one. */
  streams: boolean;
}

/** The calls of the service, with the messages that go out and come back. */
export const METHODS = {
  GetMetadata: { request: "GetMetadataRequest", response: "Metadata", streams: false },
  Initialize: { request: "InitializeRequest", response: "InitializeResponse", streams: false },
  HealthCheck: { request: "HealthCheckRequest", response: "Health", streams: false },
  CreateChatCompletion: { request: "ChatRequest", response: "ChatResponse", streams: false },
  CreateChatCompletionStream: { request: "ChatRequest", response: "ChatChunk", streams: true },
  GetModels: { request: "GetModelsRequest", response: "GetModelsResponse", streams: false },
  Cleanup: { request: "CleanupRequest", response: "CleanupResponse", streams: false },
} as const satisfies Record<string, Method>;
export type MethodName = keyof typeof METHODS;

/** `/loom.plugin.v1.ProviderPlugin/GetModels`. */
export function methodPath(name: MethodName): string {
  return `/${PACKAGE}.ProviderPlugin/${name}`;
}

/**
 * A JSON object of the protocol as bytes of the message `type`. Fields the message does not name travel in its `extra`;
 * null and undefined are left out. Throws when a value cannot be put into its field, or is nested too deep.
 */
export function encodeMessage(type: string, json: JsonObject): Buffer {
  return messageOf(type).serialize(toMessage(type, json));
}

/** Bytes of the message `type` as the JSON object they stand for. Throws when they are no such message. */
export function decodeMessage(type: string, bytes: Buffer): JsonObject {
  return fromMessage(type, messageOf(type).deserialize(bytes));
}

interface Field {
  name: string;
  isRepeated: boolean;
  /** Of a message field; undefined for scalars. */
  message: string | undefined;
}

function messageOf(type: string): MessageTypeDefinition<object, object> {
  const definition = DEFINITIONS[`${PACKAGE}.${type}`];
  if (definition === undefined || !isMessage(definition))
    throw new Error(`plugin.proto has no message ${type}`);
  return definition;
}

function isMessage(definition: AnyDefinition): definition is MessageTypeDefinition<object, object> {
  return definition.format === "Protocol Buffer 3 DescriptorProto";
}

const fieldsByType = new Map<string, Map<string, Field>>();

function fieldsOf(type: string): Map<string, Field> {
  const known = fieldsByType.get(type);
  if (known) return known;
  const { field: list } = messageOf(type).type as { field: Array<Record<string, string>> };
  const fields = new Map(
    list.map(({ name = "", label, typeName = "" }) => [
      name,
      { name, isRepeated: label === "LABEL_REPEATED", message: typeName || undefined },
    ]),
  );
  fieldsByType.set(type, fields);
  return fields;
}

function toMessage(type: string, json: JsonObject): JsonObject {
  const fields = fieldsOf(type);
  const message: JsonObject = {};
  const extra: JsonObject = {};
  for (const [key, item] of Object.entries(json)) {
    if (item === undefined || item === null) continue;
    // JSON has text and parts in one field, which protobuf cannot.
    const name = key === "content" && Array.isArray(item) ? "content_parts" : key;
    const field = name === "extra" ? undefined : fields.get(name);
    if (field) message[name] = convert(field, item, toField);
    else extra[key] = item;
  }
  if (fields.has("extra") && Object.keys(extra).length > 0) message["extra"] = toStruct(extra);
  return message;
}

function fromMessage(type: string, message: object): JsonObject {
  const fields = fieldsOf(type);
  const json: JsonObject = {};
  for (const [name, item] of Object.entries(message) as Array<[string, unknown]>) {
    const field = fields.get(name);
    if (field === undefined || name === "extra") continue;
    json[name === "content_parts" ? "content" : name] = convert(field, item, fromField);
  }
  const extra = "extra" in message ? fromStruct(message.extra) : {};
  return { ...extra, ...json };
}

function convert(field: Field, value: unknown, one: (message: string, value: unknown) => unknown): unknown {
  const { message } = field;
  if (message === undefined) return value;
  return field.isRepeated && Array.isArray(value)
    ? value.map((item: unknown) => one(message, item))
    : one(message, value);
}

function toField(message: string, value: unknown): unknown {
  if (message === "google.protobuf.Value") return toValue(value);
  if (!isJsonObject(value)) throw new TypeError(`expected an object for ${message}`);
  return message === "google.protobuf.Struct" ? toStruct(value) : toMessage(message, value);
}

function fromField(message: string, value: unknown): unknown {
  if (message === "google.protobuf.Value") return fromValue(value);
  if (message === "google.protobuf.Struct") return fromStruct(value);
  return isJsonObject(value) ? fromMessage(message, value) : value;
}
