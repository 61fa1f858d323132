import { z } from "zod";
import { AppError } from "../../contract/error.ts";
import type { ApiContext } from "../context.ts";
import { describeApi } from "../openapi.ts";
import { route, type Route } from "../route.ts";

const Health = z.object({ status: z.literal("ok"), version: z.string() });
const Ready = z.object({ status: z.literal("ready") });

const open = [
  route("GET", "/api/health", {
    permission: "public",
    summary: "Is the process alive; touches nothing else",
    response: Health,
    handle: async ({ context }) => ({ status: "ok" as const, version: context.version }),
  }),

  route("GET", "/api/ready", {
    permission: "public",
    summary: "Do database and host work; 503 while starting and while shutting down",
    response: Ready,
    async handle({ context }) {
      await requireReady(context);
      return { status: "ready" as const };
    },
  }),
  route("GET", "/api/plugin.proto", {
    permission: "public",
    summary: "The plugin protocol as a gRPC definition, for plugins of type grpc",
    response: "file",
    async handle({ context }) {
      const headers = {
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": 'inline; filename="plugin.proto"',
      };
      return new Response(context.pluginProto, { headers });
    },
  }),
];

/** The description lists itself too, so it is made of the finished list; once, since nothing in it changes. */
export function systemRoutes(others: Route[]): Route[] {
  let described: ReturnType<typeof describeApi> | undefined;
  const description: Route = route("GET", "/api/openapi.json", {
    permission: "public",
    summary: "This description of the API, OpenAPI 3.1",
    response: z.looseObject({ openapi: z.string() }),
    handle: async ({ context }) => (described ??= describeApi([...open, description, ...others], context)),
  });
  return [...open, description];
}

async function requireReady(context: ApiContext): Promise<void> {
  if (context.isDraining()) throw new AppError("shutting_down", "The console is shutting down.");
  await context.data.ping();
  if (!context.host.isTicking()) {
    throw new AppError("not_ready", "The plugin host is not running yet.", {
      hint: "Try again in a moment.",
    });
  }
}
