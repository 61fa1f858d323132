"use client";

import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useState } from "react";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { REVISIONS_KEPT, type ConfigRevision } from "@/lib/contract/config-revision.ts";
import type { PluginConfig } from "@/lib/contract/config.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";
import { RevisionCompare } from "./revision-compare.tsx";
import { RevisionRow } from "./revision-row.tsx";
import type { ConfigFormState } from "../use-config-form.ts";

/** Every save of a configuration, what it changed, and the way back to it. */
export function ConfigHistory({
  pluginId,
  config,
  mayWrite,
  state,
}: {
  pluginId: string;
  config: PluginConfig;
  mayWrite: boolean;
  state: ConfigFormState;
}) {
  const { data, error, refetch } = useQuery(queries(api).revisions(pluginId));
  const [pair, setPair] = useState<{ from: number; to: number } | null>(null);
  const [restoring, setRestoring] = useState<ConfigRevision | null>(null);
  const newest = data?.[0];

  if (!data) {
    return (
      <div aria-busy={!error} className="flex flex-col gap-3 p-4">
        {error ? (
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        ) : (
          [1, 2, 3].map((row) => <Skeleton key={row} className="h-12" />)
        )}
      </div>
    );
  }
  if (!newest) {
    return (
      <EmptyState icon={<History />} title="Nothing saved yet">
        Every save becomes a revision: who, when, what changed and why. Any of them can be compared and
        restored here.
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      {data.length > 1 ? (
        <RevisionCompare
          revisions={data}
          schema={config.schema}
          pair={pair ?? { from: data[1]?.revision ?? newest.revision, to: newest.revision }}
          onPair={setPair}
        />
      ) : null}
      <ol className="-my-3 flex flex-col divide-y divide-line">
        {data.map((revision) => (
          <RevisionRow
            key={revision.revision}
            revision={revision}
            isNow={revision === newest}
            schema={config.schema}
            onCompare={() => setPair({ from: revision.revision, to: newest.revision })}
            onRestore={mayWrite ? () => setRestoring(revision) : undefined}
          />
        ))}
      </ol>
      {data.length >= REVISIONS_KEPT ? (
        <p className="text-sm text-muted">
          Older ones are forgotten. The Activity tab goes on saying what they changed.
        </p>
      ) : null}
      {restoring ? (
        <RestoreDialog
          pluginId={pluginId}
          config={config}
          revision={restoring}
          now={newest}
          onClose={() => setRestoring(null)}
          onRestored={(restored) => {
            setRestoring(null);
            void state.adopt(restored, state.form.getValues(), restoring.revision);
          }}
        />
      ) : null}
    </div>
  );
}
