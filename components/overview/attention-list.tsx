"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Activity, MessageSquare, RotateCw, Settings2, ShieldCheck, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { toChatPath } from "@/components/plugins/plugin-path.ts";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { toErrorInfo } from "@/components/ui/error-info.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { StatusBadge } from "@/components/ui/status-badge.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Overview } from "@/lib/contract/health.ts";
import type { FolderProblem } from "@/lib/contract/intake.ts";
import type { Badge, PluginSummary } from "@/lib/contract/plugin.ts";
import { FolderAttention } from "./folder-attention.tsx";

type OpenIncident = Overview["incidents"][number];

/**
 * What is broken, or healthy with chats that fail: since when, why, what to try, and the button that tries it. Then the manifest
 * files that wait for a person. Nothing when there is neither.
 */
export function AttentionList({
  plugins,
  incidents,
  files,
}: {
  plugins: readonly PluginSummary[];
  incidents: readonly OpenIncident[];
  files: readonly FolderProblem[];
}) {
  if (plugins.length === 0 && files.length === 0) return null;
  return (
    <Panel title="Needs attention" padded={false}>
      <ul className="divide-y divide-line">
        {plugins.map((plugin) => (
          <AttentionItem
            key={plugin.id}
            plugin={plugin}
            incident={incidents.find(({ pluginId }) => pluginId === plugin.id) ?? null}
          />
        ))}
        {files.length > 0 ? <FolderAttention problems={files} /> : null}
      </ul>
    </Panel>
  );
}

function AttentionItem({ plugin, incident }: { plugin: PluginSummary; incident: OpenIncident | null }) {
  const { name, badge, reason, lastCheck, ejection } = plugin;
  const path = `/plugins/${encodeURIComponent(plugin.id)}`;
  const why = reason ?? incident?.error.message ?? lastCheck?.error?.message ?? "The reason is on its page.";
  const hint = incident?.error.hint ?? lastCheck?.error?.hint ?? ejection?.error.hint;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-0.5">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <StatusBadge badge={badge} size="sm" />
          <Link href={path} className="min-w-0 rounded font-medium wrap-anywhere hover:underline">
            {name}
          </Link>
          {incident ? (
            <span className="text-sm text-muted">
              began <RelativeTime at={incident.startedAt} />
            </span>
          ) : null}
        </div>
        <p className="wrap-anywhere">{why}</p>
        {hint ? <p className="text-sm wrap-anywhere text-muted">{hint}</p> : null}
      </div>
      <div className="flex flex-wrap gap-2">
        <Remedy plugin={plugin} path={path} />
        <ButtonLink {...toDetails(badge, path)} size="sm" icon={<Activity aria-hidden />} />
      </div>
    </li>
  );
}

/** Where there is more to read: what a start came to, why chats fail, or the checks. */
function toDetails(badge: Badge, path: string) {
  if (badge === "failed" || badge === "parked") return { href: path, children: "See steps" };
  if (badge === "healthy") return { href: path, children: "See why" };
  return { href: `${path}/health`, children: "See health" };
}

/** What only a person can bring: trying again would fail the same way. */
const MISSING: Record<string, { label: string; icon: LucideIcon; page: string }> = {
  address_needs_approval: { label: "Allow its address", icon: ShieldCheck, page: "" },
  process_needs_approval: { label: "Approve its command", icon: ShieldCheck, page: "#process" },
  config_incomplete: { label: "Fill in what is missing", icon: Settings2, page: "/configuration" },
};

function Remedy({ plugin, path }: { plugin: PluginSummary; path: string }) {
  if (plugin.badge === "healthy") {
    return (
      <ButtonLink size="sm" href={toChatPath(plugin.id)} icon={<MessageSquare aria-hidden />}>
        Try it in the playground
      </ButtonLink>
    );
  }
  const missing = MISSING[plugin.failureCode ?? ""];
  if (missing === undefined) return <Retry plugin={plugin} />;
  const { label, icon: Icon, page } = missing;
  return (
    <ButtonLink size="sm" href={`${path}${page}`} icon={<Icon aria-hidden />}>
      {label}
    </ButtonLink>
  );
}

/** Checks again, or starts again what never started. */
function Retry({ plugin: { id, name, badge } }: { plugin: PluginSummary }) {
  const client = useQueryClient();
  const toast = useToast();
  const { data: me } = useQuery(queries(api).me);
  const restart = badge === "failed" || badge === "parked";
  const { mutate, isPending } = useMutation({
    mutationFn: () => (restart ? api.restartPlugin(id) : api.checkPlugin(id)),
    onSuccess: ({ badge: now, reason, failure }) =>
      toast(
        now === "healthy"
          ? { tone: "ok", title: `${name} is healthy again` }
          : { tone: "info", title: `${name} is not well yet`, body: failure?.message ?? reason ?? undefined },
      ),
    onError: (error) => {
      const { message, hint } = toErrorInfo(error);
      toast({
        tone: "bad",
        title: `${name} could not be ${restart ? "started" : "checked"}`,
        body: `${message} ${hint ?? ""}`,
      });
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queries(api).plugins.queryKey }),
        client.invalidateQueries({ queryKey: queries(api).overview.queryKey }),
      ]),
  });
  if (!me?.permissions.includes("plugins:operate")) return null;
  return (
    <Button size="sm" icon={<RotateCw aria-hidden />} loading={isPending} onClick={() => mutate()}>
      {restart ? "Start again" : "Check now"}
    </Button>
  );
}
