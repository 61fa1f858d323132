import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { PluginScreen } from "@/components/plugins/plugin-screen.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";
import { findPlugin } from "./plugin.ts";

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const name = (await findPlugin((await params).id))?.name ?? "No such plugin";
  return { title: { default: name, template: `%s · ${name} · Loom Console` } };
}

export default async function PluginLayout({ params, children }: Props & { children: ReactNode }) {
  const segment = (await params).id;
  const plugin = await findPlugin(segment);
  if (!plugin) notFound();
  if (decodeURIComponent(segment) !== plugin.id) {
    // A name is as good as the id in a link; on the page there is one address for each plugin.
    const path = (await headers()).get("x-loom-path") ?? `/plugins/${segment}`;
    redirect(path.replace(`/plugins/${segment}`, `/plugins/${plugin.id}`));
  }
  return (
    <Prefetch
      load={(client, query) => {
        client.setQueryData(query.plugin(plugin.id).queryKey, plugin);
        // Header and page ask the same: what the header learnt in the browser would differ from what the server drew of the page.
        return plugin.manifest.command === undefined ? [] : [client.prefetchQuery(query.process(plugin.id))];
      }}
    >
      <PluginScreen id={plugin.id}>{children}</PluginScreen>
    </Prefetch>
  );
}
