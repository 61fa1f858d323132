import { z } from "zod";
import {
  EffectiveConfig,
  PluginConfig,
  PluginConfigSaved,
  PluginConfigWrite,
} from "../../contract/config.ts";
import { ConfigRestore, ConfigRestored, ConfigRevisionList } from "../../contract/config-revision.ts";
import { ConfigTestEvent, ConfigTestRequest } from "../../contract/config-test.ts";
import { DriftAccept } from "../../contract/drift.ts";
import { Plugin } from "../../contract/plugin.ts";
import { listRevisions, restoreConfig } from "../../operations/config/config-history.ts";
import { startConfigTest } from "../../operations/config/config-test.ts";
import { getConfig, getEffectiveConfig, saveConfig } from "../../operations/config/config.ts";
import { acceptDrift } from "../../operations/drift.ts";
import { CONFIG_BODY_MAX_BYTES } from "../body.ts";
import { route } from "../route.ts";
import { toSessionStream } from "../session-stream.ts";

const WRITE = { version: 3, values: { timeout: 30 }, secrets: { api_key: { set: "…" } } };

export const configurationRoutes = [
  route("GET", "/api/plugins/:id/config", {
    permission: "config:read",
    summary: "Schema, explicit values, and which secrets are set",
    response: PluginConfig,
    handle: ({ context, actor, id }) => getConfig(context, actor, id),
  }),

  route("PUT", "/api/plugins/:id/config", {
    permission: "config:write",
    summary: "Replace the explicit values; an absent secret is kept",
    body: PluginConfigWrite.strict(),
    example: WRITE,
    bodyLimit: CONFIG_BODY_MAX_BYTES,
    faithful: true,
    response: PluginConfigSaved,
    handle: ({ context, actor, id, body }) => saveConfig(context, actor, id, body),
  }),

  route("GET", "/api/plugins/:id/config/effective", {
    permission: "config:read",
    summary: "What /initialize receives, and where each value comes from; secrets as a word",
    response: EffectiveConfig,
    handle: ({ context, actor, id }) => getEffectiveConfig(context, actor, id),
  }),

  route("GET", "/api/plugins/:id/config/revisions", {
    permission: "config:read",
    summary: "Every save that is remembered, newest first",
    response: ConfigRevisionList,
    handle: async ({ context, actor, id }) => ({ revisions: await listRevisions(context, actor, id) }),
  }),

  route("POST", "/api/plugins/:id/config/restore", {
    permission: "config:write",
    summary: "Save the values of an old revision again; answers which secrets are gone",
    body: ConfigRestore.strict(),
    example: { version: 3, revision: 1 },
    bodyLimit: CONFIG_BODY_MAX_BYTES,
    faithful: true,
    response: ConfigRestored,
    handle: ({ context, actor, id, body }) => restoreConfig(context, actor, id, body),
  }),

  route("POST", "/api/plugins/:id/test", {
    permission: "config:write",
    summary: "Prove an unsaved configuration step by step; a stream of events. Leaving ends the test",
    body: ConfigTestRequest.strict(),
    example: WRITE,
    bodyLimit: CONFIG_BODY_MAX_BYTES,
    faithful: true,
    response: "event-stream",
    event: ConfigTestEvent,
    async handle({ context, visit, actor, id, body }) {
      const test = await startConfigTest(context, actor, id, body);
      return toSessionStream(context, visit, test.events);
    },
  }),

  route("POST", "/api/plugins/:id/drift/accept", {
    permission: "plugins:write",
    summary: "Take over what the running plugin says about itself now",
    body: DriftAccept,
    example: { drift: "…" },
    response: z.object({ plugin: Plugin }),
    handle: async ({ context, actor, id, body }) => ({ plugin: await acceptDrift(context, actor, id, body) }),
  }),
];
