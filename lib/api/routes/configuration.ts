import { PluginConfig, PluginConfigSaved, PluginConfigWrite } from "../../contract/config.ts";
import { getConfig, saveConfig } from "../../operations/config.ts";
import { route } from "../route.ts";

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
    response: PluginConfigSaved,
    handle: ({ context, actor, id, body }) => saveConfig(context, actor, id, body),
  }),
];
