import {
  CirclePower,
  FileX,
  FlaskConical,
  FolderSync,
  Gauge,
  History,
  KeyRound,
  LogIn,
  LogOut,
  PencilLine,
  Plus,
  RotateCw,
  Settings2,
  ShieldAlert,
  ShieldCheck,
  ShieldOff,
  ShieldX,
  Sparkles,
  Trash2,
  Unlink,
  type LucideIcon,
} from "lucide-react";
import Link from "next/link";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import type { AuditAction, AuditChange, AuditEntry } from "@/lib/contract/activity.ts";
import { hasBefore, nameField, showValue, VERBS } from "./activity-sentence.ts";

const ICONS: Record<AuditAction, LucideIcon> = {
  "setup.completed": Sparkles,
  "session.signed_in": LogIn,
  "session.signed_out": LogOut,
  "session.failed": ShieldAlert,
  "endpoint.approved": ShieldCheck,
  "endpoint.revoked": ShieldX,
  "plugin.registered": Plus,
  "plugin.changed": PencilLine,
  "plugin.removed": Trash2,
  "plugin.enabled": CirclePower,
  "plugin.disabled": CirclePower,
  "plugin.restarted": RotateCw,
  "plugin.config_changed": Settings2,
  "plugin.config_restored": History,
  "plugin.drift_accepted": History,
  "plugin.tested": FlaskConical,
  "plugin.reloaded": FolderSync,
  "plugin.file_gone": FileX,
  "plugin.detached": Unlink,
  "folder.rescanned": FolderSync,
  "secrets.rotated": KeyRound,
  "process.approved": ShieldCheck,
  "process.revoked": ShieldOff,
  "process.limits_changed": Gauge,
};

/** One line of the trail: who did what to what, when, and what it was before. */
export function ActivityEntry({ entry }: { entry: AuditEntry }) {
  const { action, actorName, targetId, targetName, changes, at } = entry;
  const Icon = ICONS[action];
  const isGone = action === "plugin.removed";
  const target = targetName ?? targetId;
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">
          <span className="font-medium">{actorName}</span> {VERBS[action]}{" "}
          {target === null ? null : targetId && action.startsWith("plugin.") && !isGone ? (
            <Link
              href={`/plugins/${encodeURIComponent(targetId)}`}
              className="rounded font-medium hover:underline"
            >
              {target}
            </Link>
          ) : (
            <span className="font-medium">{target}</span>
          )}
        </p>
        {changes.length > 0 ? (
          <dl className="mt-1 grid gap-x-4 gap-y-0.5 text-sm sm:grid-cols-[minmax(6rem,auto)_1fr] sm:justify-start">
            {changes.map((change) => (
              <Change
                key={change.field}
                name={nameField(action, change.field)}
                isNew={!hasBefore(action, change.before)}
                change={change}
              />
            ))}
          </dl>
        ) : null}
      </div>
      <span className="shrink-0 text-sm text-muted">
        <RelativeTime at={at} />
      </span>
    </li>
  );
}

function Change({
  name,
  isNew,
  change: { before, after, secret },
}: {
  name: string;
  /** Nothing is said about what was before. */
  isNew: boolean;
  change: AuditChange;
}) {
  return (
    <>
      <dt className="font-mono text-xs leading-5 wrap-anywhere text-muted">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">
        {secret ? (
          <span className="inline-flex items-center gap-1.5 text-muted">
            <KeyRound aria-hidden className="size-3.5" />
            {secret}
          </span>
        ) : isNew ? (
          showValue(after)
        ) : (
          <>
            <del className="text-muted no-underline">{showValue(before)}</del>
            <span aria-hidden className="text-muted">
              {" → "}
            </span>
            <span className="sr-only"> became </span>
            <ins className="no-underline">{showValue(after)}</ins>
          </>
        )}
      </dd>
    </>
  );
}
