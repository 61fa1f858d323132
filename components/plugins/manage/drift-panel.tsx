"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { PluginDrift } from "@/lib/contract/drift.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import { ConfigFieldLink } from "../config-field-link.tsx";
import { DriftChanges } from "./drift-changes.tsx";
import { DriftFields } from "./drift-fields.tsx";
import { usePermission } from "../use-permission.ts";

/** What the plugin says differently about itself, what that means for its configuration, and taking it over. */
export function DriftPanel({ plugin, drift }: { plugin: Plugin; drift: PluginDrift }) {
  return (
    <section
      aria-label="The plugin has changed"
      className="flex flex-col gap-3 rounded-lg border border-warn/50 bg-surface p-4"
    >
      <div className="flex items-start gap-3">
        <span className="inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-warn-soft text-warn">
          <GitCompareArrows aria-hidden className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-semibold">The plugin describes itself differently now</p>
          <p className="text-muted">
            First heard <RelativeTime at={drift.detectedAt} />. Until it is accepted, the console goes on with
            what is registered; no value is dropped either way.
          </p>
        </div>
      </div>
      <DriftFields schema={drift.schema} />
      {drift.missing.length > 0 ? <Missing plugin={plugin} missing={drift.missing} /> : null}
      <DriftChanges changes={drift.changes} />
      <Acceptance plugin={plugin} drift={drift} />
    </section>
  );
}

function Missing({ plugin, missing }: { plugin: Plugin; missing: string[] }) {
  const known = new Set(plugin.manifest.metadata.config_schema.map(({ name }) => name));
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="font-medium">Will need a value:</span>
      {missing.map((name) =>
        known.has(name) ? (
          <ConfigFieldLink key={name} pluginId={plugin.id} name={name} />
        ) : (
          <span key={name}>
            <code>{name}</code> <span className="text-sm text-muted">(its field comes with accepting)</span>
          </span>
        ),
      )}
    </p>
  );
}

function Acceptance({ plugin, drift }: { plugin: Plugin; drift: PluginDrift }) {
  const client = useQueryClient();
  const mayWrite = usePermission("plugins:write");
  const accept = useMutation({
    mutationFn: () => api.acceptDrift(plugin.id, { drift: drift.id }),
    onSuccess: (accepted) => client.setQueryData(queries(api).plugin(plugin.id).queryKey, accepted),
    onSettled: () => client.invalidateQueries({ queryKey: ["plugin", plugin.id] }),
  });
  if (plugin.file) {
    return (
      <p className="text-muted">
        This plugin is described by its manifest file. Change it there, and the console follows:{" "}
        <code className="wrap-anywhere text-ink">{plugin.file.path}</code>
      </p>
    );
  }
  if (!mayWrite) return <p className="text-muted">Accepting it needs another role.</p>;
  return (
    <>
      {accept.error ? <ErrorNotice title="Not accepted" error={accept.error} /> : null}
      <div>
        <Button variant="primary" loading={accept.isPending} onClick={() => accept.mutate()}>
          Accept what it says now
        </Button>
      </div>
    </>
  );
}
