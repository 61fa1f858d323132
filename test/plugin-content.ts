import type { PluginRecord } from "../lib/data/data.ts";

type Content = Omit<PluginRecord, "id" | "createdAt" | "updatedAt">;

/** What to store for a plugin named `name`: disabled, http, an endpoint of its own, every required field. */
export function pluginContent(name: string, overrides: Partial<Content> = {}): Content {
  const endpoint = `http://127.0.0.1:9/${encodeURIComponent(name)}`;
  return {
    name,
    origin: "manifest",
    manifest: {
      type: "http",
      endpoint,
      auto_start: false,
      health_check_interval: 60,
      metadata: {
        name,
        version: "1.0.0",
        plugin_api_version: "1.0.0",
        provider_type: "acme",
        description: "",
        author: "",
        capabilities: {
          streaming: true,
          function_calling: false,
          vision: false,
          embeddings: false,
          fine_tuning: false,
        },
        config_schema: [],
      },
    },
    file: null,
    findings: [],
    endpoint,
    desired: "disabled",
    healthCheckIntervalSeconds: 60,
    ...overrides,
  };
}
