"use client";

import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import type { PluginOrigin } from "@/lib/contract/plugin.ts";
import { CapabilityChips } from "./capability-chips.tsx";
import { Fact, FactList } from "./fact-list.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { toWebLink } from "./web-link.ts";

const ORIGINS: Record<PluginOrigin, string> = {
  address: "by its address",
  manifest: "from a manifest",
  builtin: "as a built-in plugin",
  folder: "from a watched folder",
};

/** What the plugin says about itself and what the console knows of it. */
export function PluginFacts() {
  const { plugin } = usePluginScreen();
  const { metadata } = plugin.manifest;
  return (
    <Panel title="Facts">
      <div className="flex flex-col gap-4">
        {metadata.description ? <p className="text-muted wrap-anywhere">{metadata.description}</p> : null}
        <FactList>
          <Fact name="Capabilities">
            <CapabilityChips capabilities={metadata.capabilities} />
          </Fact>
          <Fact name="Provider type">{plugin.providerType}</Fact>
          <Fact name="Version">{plugin.version}</Fact>
          <Fact name="Plugin API">{metadata.plugin_api_version}</Fact>
          <Fact name="Transport">{plugin.type === "builtin" ? "built in" : plugin.type}</Fact>
          {metadata.author ? <Fact name="Author">{metadata.author}</Fact> : null}
          {metadata.license ? <Fact name="License">{metadata.license}</Fact> : null}
          {metadata.homepage ? (
            <Fact name="Homepage">
              <Homepage text={metadata.homepage} />
            </Fact>
          ) : null}
          <Fact name="Checked every">{plugin.healthCheckIntervalSeconds} s</Fact>
          <Fact name="Registered">
            <RelativeTime at={plugin.createdAt} /> {ORIGINS[plugin.origin]}
          </Fact>
          <Fact name="Initialised">
            {plugin.initializedAt ? <RelativeTime at={plugin.initializedAt} /> : "not at the moment"}
            {plugin.reinitializations > 0 ? `, ${plugin.reinitializations} × again by itself` : ""}
          </Fact>
          <Fact name="Id">
            <span className="inline-flex max-w-full items-center gap-1">
              <code className="min-w-0 wrap-anywhere">{plugin.id}</code>
              <CopyButton value={plugin.id} label="Copy the plugin's id" />
            </span>
          </Fact>
        </FactList>
      </div>
    </Panel>
  );
}

function Homepage({ text }: { text: string }) {
  const link = toWebLink(text);
  if (!link) return text;
  return (
    <a href={link} target="_blank" rel="noreferrer noopener" className="text-accent hover:underline">
      {text}
    </a>
  );
}
