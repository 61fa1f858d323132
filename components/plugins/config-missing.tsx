"use client";

import { Notice } from "@/components/config-form/notice.tsx";
import { ConfigFieldLink } from "./config-field-link.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";

/** Required fields without a value, each with the way into it. */
export function ConfigMissing() {
  const { plugin } = usePluginScreen();
  if (plugin.missingConfig.length === 0) return null;
  return (
    <Notice tone="info" live={false}>
      <p className="flex flex-wrap items-center gap-x-3">
        Needs a value before the plugin can be switched on:
        {plugin.missingConfig.map((name) => (
          <ConfigFieldLink key={name} pluginId={plugin.id} name={name} />
        ))}
      </p>
    </Notice>
  );
}
