import { z } from "zod";
import type { Permission } from "../contract/account.ts";
import { AppError } from "../contract/error.ts";
import { admit, type Admitted } from "./admission.ts";
import { BODY_MAX_BYTES, readJson, refuseForeignBody, UNAUTHENTICATED_BODY_MAX_BYTES } from "./body.ts";
import type { ApiContext, Visit } from "./context.ts";
import { parseWith } from "./errors.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a route answers: a value that is passed through its schema, 204 with nothing, a file of text, or a stream of events. */
type Answer = z.ZodType | "nothing" | "file" | "event-stream";
type Answered<A extends Answer> = A extends z.ZodType
  ? z.input<A> | Response
  : A extends "nothing"
    ? void
    : Response;

interface Input<P extends Permission, B extends z.ZodType, Q extends z.ZodType> {
  context: ApiContext;
  visit: Visit;
  /** May do what the route declares: an operation that needs another permission does not take them. */
  actor: Admitted<P>;
  /** `:id` of the path, printable, 1–300 characters; empty where the path has none. */
  id: string;
  body: z.output<B>;
  query: z.output<Q>;
}

interface Definition<P extends Permission, A extends Answer, B extends z.ZodType, Q extends z.ZodType> {
  /** No default: a route that does not say who may use it does not compile. */
  permission: P;
  /** One line for the API description. */
  summary: string;
  response: A;
  /** Of an event stream: what one `data:` line holds. */
  event?: z.ZodType;
  /** 200 unless said otherwise. */
  status?: 200 | 201;
  body?: B;
  /** Of the body, as short as it makes sense: it is shown to whoever sends another shape. */
  example?: z.input<B>;
  /** Bytes; 8 MB unless said otherwise, and 16 KB for a public route. */
  bodyLimit?: number;
  /** Refuse numbers, names and text that would change on being read: what is sent is stored and sent on. */
  faithful?: boolean;
  query?: Q;
  /** Runs before anything of the request is read; throws when the route does not exist at present. */
  guard?(context: ApiContext): Promise<void>;
  handle(input: Input<P, B, Q>): Promise<Answered<A>>;
}

/** A request that has passed the front door. */
export interface RouteRequest {
  context: ApiContext;
  visit: Visit;
  request: Request;
  id: string | undefined;
  query: Record<string, string>;
}

/** A route as the app and the API description see it. */
export interface Route {
  method: Method;
  /** Below the root, `:id` for the one parameter there is: `/api/plugins/:id`. */
  path: string;
  permission: Permission;
  summary: string;
  status: 200 | 201 | 204;
  response: Answer;
  event: z.ZodType | null;
  body: z.ZodType | null;
  example: unknown;
  query: z.ZodType | null;
  /** Admits the visitor, then answers. */
  run(request: RouteRequest): Promise<Response>;
}

/** Declares a route. Its handler says only what is special: input is parsed before, output is passed through its schema after. */
export function route<
  P extends Permission,
  A extends Answer,
  B extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
>(method: Method, path: string, definition: Definition<P, A, B, Q>): Route {
  const { permission, summary, response, body, query } = definition;
  const status = response === "nothing" ? 204 : (definition.status ?? 200);
  return {
    method,
    path,
    permission,
    summary,
    status,
    response,
    event: definition.event ?? null,
    body: body ?? null,
    example: definition.example,
    query: query ?? null,
    async run(request) {
      const { context, visit } = request;
      const actor = await admit(context, permission, visit);
      await definition.guard?.(context);
      const id = request.id === undefined ? "" : requireId(request.id);
      const parsedQuery = (query ? parseWith(query, request.query) : undefined) as z.output<Q>;
      if (!body) refuseForeignBody(request.request);
      const parsedBody = (
        body ? await readBody(definition, body, request.request) : undefined
      ) as z.output<B>;
      const value = await definition.handle({
        context,
        visit,
        actor,
        id,
        query: parsedQuery,
        body: parsedBody,
      });
      return toResponse(response, status, value);
    },
  };
}

/** The body of a call that has nothing to say: an empty object, or none at all. */
export const NoFields = z.strictObject({});

interface BodyRules {
  permission: Permission;
  bodyLimit?: number;
  faithful?: boolean;
  example?: unknown;
}

async function readBody(
  { permission, bodyLimit, faithful, example }: BodyRules,
  body: z.ZodType,
  request: Request,
): Promise<unknown> {
  const usual = permission === "public" ? UNAUTHENTICATED_BODY_MAX_BYTES : BODY_MAX_BYTES;
  const value = await readJson(request, bodyLimit ?? usual, faithful);
  const hint = describeBody(body, example);
  if (value !== undefined) return parseWith(body, value, hint);
  if (body === NoFields) return {};
  throw new AppError("invalid_json", "The body is empty; a JSON object was expected.", { hint });
}

/** `The body has token, name: {"token":"…","name":"Ada"}` */
function describeBody(body: z.ZodType, example: unknown): string {
  const names = body instanceof z.ZodObject ? Object.keys(body.shape) : [];
  return names.length === 0
    ? "The body is {}, or none."
    : `The body has ${names.join(", ")}: ${JSON.stringify(example)}`;
}

function toResponse(schema: Answer, status: number, value: unknown): Response {
  if (value instanceof Response) return value;
  if (typeof schema === "string") return new Response(null, { status });
  // Parsing the answer drops whatever the contract does not name: a field that slipped in does not slip out.
  return Response.json(schema.parse(value), { status });
}

/** Ids and names that cannot exist are not looked up. The longest that can is the host and port of an approval. */
function requireId(id: string): string {
  if (/^[^\p{C}/\\]{1,300}$/u.test(id)) return id;
  throw new AppError("not_found", "There is nothing with this id or name.");
}
