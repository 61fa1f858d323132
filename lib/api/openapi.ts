import { z } from "zod";
import { Me, SetupRequest } from "../contract/account.ts";
import { ActivityPage, AuditEntry } from "../contract/activity.ts";
import { PluginConfig, PluginConfigSaved, SecretState } from "../contract/config.ts";
import { ConfigTestEvent } from "../contract/config-test.ts";
import { ErrorBody, ErrorInfo } from "../contract/error.ts";
import { HealthReport, Incident, Overview } from "../contract/health.ts";
import { ConfigField, Finding, Json, Manifest, Metadata } from "../contract/manifest.ts";
import { RunEvent, RunRequest } from "../contract/playground.ts";
import { LastCheck, Plugin, PluginModels, PluginSummary } from "../contract/plugin.ts";
import { PluginPatch, PluginPreview } from "../contract/registration.ts";
import { ChatMessage, Model } from "../contract/protocol.ts";
import { NoFields, type Route } from "./route.ts";
import { toSessionCookie } from "./session.ts";

type JsonSchema = Record<string, unknown>;

/** Schemas with a name people know. `Json` is among them because it contains itself. */
const SENT = { ChatMessage, Json, PluginPatch, RunRequest, SetupRequest };
const ANSWERED = {
  ActivityPage,
  AuditEntry,
  ConfigField,
  ConfigTestEvent,
  ErrorBody,
  ErrorInfo,
  Finding,
  HealthReport,
  Incident,
  Json,
  LastCheck,
  Manifest,
  Me,
  Metadata,
  Model,
  Overview,
  Plugin,
  PluginConfig,
  PluginConfigSaved,
  PluginModels,
  PluginPreview,
  PluginSummary,
  RunEvent,
  SecretState,
};

/**
 * The API as OpenAPI 3.1, whose schemas are JSON Schema 2020-12: what zod writes. Made of the very schemas that check requests
 * and answers, so it cannot fall behind them.
 */
export function describeApi(
  routes: readonly Route[],
  { version, basePath }: { version: string; basePath: string },
): { openapi: string } & JsonSchema {
  const sent = new SchemaNames(SENT);
  const answered = new SchemaNames(ANSWERED);
  const paths: Record<string, JsonSchema> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, sent, answered) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Loom Console", version, license: { name: "MIT" } },
    servers: [{ url: basePath || "/" }],
    paths,
    components: {
      schemas: { ...sent.toComponents("input"), ...answered.toComponents("output") },
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: toSessionCookie(basePath) } },
    },
  };
}

function describeRoute(route: Route, sent: SchemaNames, answered: SchemaNames): JsonSchema {
  const operationId = toOperationId(route);
  return {
    operationId,
    summary: route.summary,
    "x-permission": route.permission,
    security: route.permission === "public" ? [] : [{ session: [] }],
    parameters: describeParameters(route),
    ...(route.body && {
      requestBody: {
        required: route.body !== NoFields,
        content: toContent(sent.refer(route.body, `${operationId}Body`), { example: route.example }),
      },
    }),
    responses: {
      [route.status]: describeAnswer(route, answered, operationId),
      default: { description: "An error", content: toContent(answered.refer(ErrorBody, "ErrorBody")) },
    },
  };
}

const TEXT = { type: "string" };

/** `PUT /api/plugins/:id/config` → `putPluginsIdConfig`. */
function toOperationId({ method, path }: Route): string {
  const words = path.split(/\W+/).slice(2);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function describeAnswer({ response, event }: Route, answered: SchemaNames, operationId: string): JsonSchema {
  if (response === "nothing") return { description: "Done" };
  if (response === "file") {
    const content = {
      "application/yaml": { schema: TEXT },
      "application/json": { schema: TEXT },
      "text/plain": { schema: TEXT },
    };
    return { description: "A file", content };
  }
  if (response === "event-stream") {
    const schema = event ? answered.refer(event, `${operationId}Event`) : TEXT;
    return { description: "One event per `data:` line", content: { "text/event-stream": { schema } } };
  }
  return { description: "Done", content: toContent(answered.refer(response, `${operationId}Answer`)) };
}

function describeParameters({ path, query }: Route): JsonSchema[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    description: "Id or unique name",
    schema: { type: "string" },
  }));
  const schema = query && z.toJSONSchema(query, { io: "input", unrepresentable: "any" });
  const inQuery = Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: "query",
    required: schema?.required?.includes(name) ?? false,
    schema: property,
  }));
  return [...inPath, ...inQuery];
}

function toContent(schema: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { "application/json": { schema, ...more } };
}

/** Names for the schemas of one direction, so that each is described once and referred to everywhere else. */
class SchemaNames {
  readonly #names: Map<z.ZodType, string>;

  constructor(known: Record<string, z.ZodType>) {
    this.#names = new Map(Object.entries(known).map(([name, schema]) => [schema, name]));
  }

  /** A `$ref`; a schema without a name gets `fallback`. */
  refer(schema: z.ZodType, fallback: string): JsonSchema {
    const name = this.#names.get(schema) ?? fallback;
    this.#names.set(schema, name);
    return { $ref: toReference(name) };
  }

  /** Every schema that has a name by now. */
  toComponents(io: "input" | "output"): Record<string, JsonSchema> {
    const registry = z.registry<{ id: string }>();
    for (const [schema, id] of this.#names) registry.add(schema, { id });
    const { schemas } = z.toJSONSchema(registry, { uri: toReference, io, unrepresentable: "any" });
    return Object.fromEntries(
      Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
    );
  }
}

function toReference(name: string): string {
  return `#/components/schemas/${name}`;
}
