"use client";

import { useQuery } from "@tanstack/react-query";
import { Braces } from "lucide-react";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { CONFIGURED, type EffectiveValue } from "@/lib/contract/config.ts";
import type { Json } from "@/lib/contract/manifest.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Notice } from "./notice.tsx";

const SOURCES: Record<EffectiveValue["source"], { word: string; look: string }> = {
  explicit: { word: "Explicit", look: "bg-accent-soft text-accent" },
  default: { word: "Default", look: "bg-idle-soft text-idle" },
  secret: { word: "Secret", look: "bg-info-soft text-info" },
  kept: { word: "No field", look: "bg-warn-soft text-warn" },
};

/** What the plugin receives when it is initialised with the saved configuration, and where each value comes from. */
export function EffectiveValues({ pluginId }: { pluginId: string }) {
  const { data, error, refetch } = useQuery(queries(api).effectiveConfig(pluginId));
  if (!data) {
    return (
      <div aria-busy={!error} className="flex flex-col gap-3 p-4">
        {error ? (
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        ) : (
          [1, 2, 3, 4].map((row) => <Skeleton key={row} className="h-7" />)
        )}
      </div>
    );
  }
  const asJson = JSON.stringify(toObject(data.values), null, 2);
  return (
    <div className="flex flex-col gap-3 p-4">
      <div className="flex items-start justify-between gap-4">
        <p className="text-muted">
          What the plugin receives when it is initialised with the configuration as it is saved. Unsaved edits
          are not in it.
        </p>
        <CopyButton value={asJson} label="Copy as JSON" />
      </div>
      {data.issues.length > 0 ? (
        <Notice tone="warn" live={false}>
          <p>The plugin cannot be initialised with this:</p>
          <ul className="list-disc pl-4 text-sm">
            {data.issues.map(({ path, message }) => (
              <li key={path + message}>
                <code>{path.replace(/^(values|secrets)\./, "")}</code> {message}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {data.values.length === 0 ? (
        <EmptyState icon={<Braces />} title="An empty object">
          Nothing is set and no field has a default: the plugin receives <code>{"{}"}</code>.
        </EmptyState>
      ) : (
        <EffectiveTable values={data.values} />
      )}
    </div>
  );
}

function EffectiveTable({ values }: { values: EffectiveValue[] }) {
  return (
    <table className="w-full table-fixed text-left text-sm">
      <thead className="text-muted">
        <tr className="border-b border-line">
          <th scope="col" className="w-2/5 py-1.5 pr-3 font-medium sm:w-1/3">
            Name
          </th>
          <th scope="col" className="py-1.5 pr-3 font-medium">
            Value
          </th>
          <th scope="col" className="w-20 py-1.5 font-medium">
            From
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {values.map(({ name, source, value }) => (
          <tr key={name} className="align-top">
            <th scope="row" className="py-1.5 pr-3 font-normal wrap-anywhere">
              <code>{name}</code>
            </th>
            <td className="py-1.5 pr-3 wrap-anywhere">
              <code className={`whitespace-pre-wrap ${source === "explicit" ? "text-ink" : "text-muted"}`}>
                {source === "secret" ? CONFIGURED : JSON.stringify(value)}
              </code>
            </td>
            <td className="py-1.5">
              <span
                className={`inline-flex h-5 items-center rounded-full px-2 text-xs font-medium whitespace-nowrap ${SOURCES[source].look}`}
              >
                {SOURCES[source].word}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function toObject(values: EffectiveValue[]): Json {
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}
