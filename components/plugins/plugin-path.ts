/** Address of a plugin's page or of one of its tabs. */
export function toPluginPath(
  idOrName: string,
  tab: "" | "configuration" | "health" | "models" | "activity" | "logs" = "",
): string {
  const path = `/plugins/${encodeURIComponent(idOrName)}`;
  return tab === "" ? path : `${path}/${tab}`;
}

/** The playground with plugin and model chosen. */
export function toChatPath(pluginId: string, model?: string): string {
  const query = new URLSearchParams({ plugin: pluginId, ...(model === undefined ? {} : { model }) });
  return `/playground?${query}`;
}
