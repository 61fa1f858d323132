import { z } from "zod";
import { HealthReport } from "../../contract/health.ts";
import { Plugin, PluginModels, PluginSummary } from "../../contract/plugin.ts";
import { PluginCreate, PluginPatch, PluginPreview } from "../../contract/registration.ts";
import { changePlugin } from "../../operations/plugin-update.ts";
import { getHealth } from "../../operations/health.ts";
import { getModels, refreshModels } from "../../operations/models.ts";
import { getPlugin, listPlugins } from "../../operations/plugins.ts";
import { previewPlugin } from "../../operations/registration/preview.ts";
import { registerPlugin, removePlugin } from "../../operations/registration/registration.ts";
import {
  checkPlugin,
  disablePlugin,
  enablePlugin,
  restartPlugin,
} from "../../operations/plugin-lifecycle.ts";
import { MANIFEST_BODY_MAX_BYTES } from "../body.ts";
import { Instant } from "../query.ts";
import { route } from "../route.ts";

const OnePlugin = z.object({ plugin: Plugin });
const ManyPlugins = z.object({ plugins: z.array(PluginSummary) });
const Source = PluginCreate.strict();

export const pluginRoutes = [
  route("POST", "/api/plugins/preview", {
    permission: "plugins:write",
    summary: "Dry run of a registration",
    body: Source,
    example: { endpoint: "http://127.0.0.1:8090" },
    bodyLimit: MANIFEST_BODY_MAX_BYTES,
    response: PluginPreview,
    handle: ({ context, actor, body }) => previewPlugin(context, actor, body),
  }),

  route("GET", "/api/plugins", {
    permission: "plugins:read",
    summary: "All plugins, by name",
    response: ManyPlugins,
    handle: async ({ context, actor }) => ({ plugins: await listPlugins(context, actor) }),
  }),

  route("POST", "/api/plugins", {
    permission: "plugins:write",
    summary: "Register a plugin",
    body: Source,
    example: { endpoint: "http://127.0.0.1:8090" },
    bodyLimit: MANIFEST_BODY_MAX_BYTES,
    response: OnePlugin,
    status: 201,
    handle: async ({ context, actor, body }) => ({ plugin: await registerPlugin(context, actor, body) }),
  }),

  route("GET", "/api/plugins/:id", {
    permission: "plugins:read",
    summary: "One plugin, by id or name",
    response: OnePlugin,
    handle: async ({ context, actor, id }) => ({ plugin: await getPlugin(context, actor, id) }),
  }),

  route("PATCH", "/api/plugins/:id", {
    permission: "plugins:write",
    summary: "Change name, address or interval",
    body: PluginPatch,
    example: { name: "Acme", healthCheckIntervalSeconds: 60 },
    response: OnePlugin,
    handle: async ({ context, actor, id, body }) => ({
      plugin: await changePlugin(context, actor, id, body),
    }),
  }),

  route("DELETE", "/api/plugins/:id", {
    permission: "plugins:write",
    summary: "Remove a plugin with everything stored about it",
    response: "nothing",
    handle: ({ context, actor, id }) => removePlugin(context, actor, id),
  }),

  route("POST", "/api/plugins/:id/enable", {
    permission: "plugins:operate",
    summary: "Switch on and wait for the outcome",
    response: OnePlugin,
    handle: async ({ context, actor, id }) => ({ plugin: await enablePlugin(context, actor, id) }),
  }),

  route("POST", "/api/plugins/:id/disable", {
    permission: "plugins:operate",
    summary: "Drain, clean up, switch off",
    response: OnePlugin,
    handle: async ({ context, actor, id }) => ({ plugin: await disablePlugin(context, actor, id) }),
  }),

  route("POST", "/api/plugins/:id/restart", {
    permission: "plugins:operate",
    summary: "Take an enabled plugin through all steps again",
    response: OnePlugin,
    handle: async ({ context, actor, id }) => ({ plugin: await restartPlugin(context, actor, id) }),
  }),

  route("POST", "/api/plugins/:id/check", {
    permission: "plugins:operate",
    summary: "Check health now",
    response: OnePlugin,
    handle: async ({ context, actor, id }) => ({ plugin: await checkPlugin(context, actor, id) }),
  }),

  route("GET", "/api/plugins/:id/health", {
    permission: "plugins:read",
    summary: "Latency buckets, uptime, incidents and markers of a range; by default the last hour",
    query: z.object({ from: Instant.optional(), to: Instant.optional() }),
    response: HealthReport,
    handle: ({ context, actor, id, query }) => getHealth(context, actor, id, query),
  }),

  route("GET", "/api/plugins/:id/models", {
    permission: "plugins:read",
    summary: "The models of the last successful fetch",
    response: PluginModels,
    handle: ({ context, actor, id }) => getModels(context, actor, id),
  }),

  route("POST", "/api/plugins/:id/models/refresh", {
    permission: "plugins:operate",
    summary: "Ask the plugin for its models again",
    response: PluginModels,
    handle: ({ context, actor, id }) => refreshModels(context, actor, id),
  }),
];
