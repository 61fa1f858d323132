import { CircleCheck } from "lucide-react";
import { useTimeFormat } from "@/components/charts/time-format.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { formatDuration } from "@/components/ui/time.ts";
import { usePluginScreen } from "../plugin-screen-context.ts";
import type { HealthMarker, HealthReport, Incident } from "@/lib/contract/health.ts";

/** What broke in the range and why, and what was changed meanwhile. */
export function HealthIncidents({ report }: { report: HealthReport }) {
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Panel title="Incidents" padded={report.incidents.length === 0}>
        {report.incidents.length === 0 ? (
          <NoIncidents report={report} />
        ) : (
          <ul className="divide-y divide-line">
            {report.incidents.map((incident) => (
              <IncidentRow key={incident.id} incident={incident} until={report.to} />
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Changes" padded>
        <Markers markers={report.markers} />
      </Panel>
    </div>
  );
}

/** The tick is for a plugin that is well: one that fails its checks has no incident yet, and failing chats never make one. */
function NoIncidents({ report }: { report: HealthReport }) {
  const { plugin } = usePluginScreen();
  const isWell = plugin.badge === "healthy" && plugin.ejection === null;
  const isFailing = plugin.lifecycle === "ready" && plugin.lastCheck?.ok === false;
  return (
    <div className="flex flex-col gap-1 text-muted">
      <p className="flex items-center gap-2">
        {isWell && report.summary.checks > 0 ? <CircleCheck aria-hidden className="size-4 text-ok" /> : null}
        None in this range.
      </p>
      {isFailing ? (
        <p className="wrap-anywhere">An incident begins when it is Down. {plugin.reason}</p>
      ) : null}
      {plugin.badge === "healthy" && plugin.ejection !== null ? (
        <p>Chats that fail begin none as long as its checks pass.</p>
      ) : null}
    </div>
  );
}

function IncidentRow({ incident, until }: { incident: Incident; until: number }) {
  const { startedAt, endedAt, error } = incident;
  const lastedMs = (endedAt === null ? until : Date.parse(endedAt)) - Date.parse(startedAt);
  return (
    <li className="flex flex-col gap-0.5 px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-3">
        <p className="font-medium wrap-anywhere">{error.message}</p>
        <p className="figures text-sm whitespace-nowrap text-muted">
          {endedAt === null ? <span className="font-medium text-bad">open for </span> : "lasted "}
          {formatDuration(lastedMs)}
        </p>
      </div>
      {error.hint ? <p className="text-sm text-muted wrap-anywhere">{error.hint}</p> : null}
      <p className="text-sm text-muted">
        began <RelativeTime at={startedAt} />
        {endedAt === null ? null : (
          <>
            , ended <RelativeTime at={endedAt} />
          </>
        )}{" "}
        · <code>{error.code}</code>
      </p>
    </li>
  );
}

function Markers({ markers }: { markers: HealthMarker[] }) {
  const { moment } = useTimeFormat();
  if (markers.length === 0) return <p className="text-muted">Nothing was changed in this range.</p>;
  return (
    <ul className="flex flex-col gap-1.5">
      {markers
        .toSorted((a, b) => b.at - a.at)
        .map((marker) => (
          <li key={`${marker.at}${marker.kind}`} className="flex gap-3 text-sm">
            <span className="figures shrink-0 whitespace-nowrap text-muted">{moment(marker.at)}</span>
            <span className="min-w-0 wrap-anywhere">{marker.label}</span>
          </li>
        ))}
    </ul>
  );
}
