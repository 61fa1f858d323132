import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { ButtonLink } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import type { ManifestChange } from "@/lib/contract/drift.ts";
import type { PluginPreview, PluginReference } from "@/lib/contract/registration.ts";
import type { Json } from "@/lib/contract/manifest.ts";
import { toPluginPath } from "../plugin-path.ts";

/** What stands under the same address already, and every difference to it. */
export function ExistingPlugin({
  existing,
  changes,
  read,
}: {
  existing: PluginReference;
  changes: ManifestChange[];
  /** False while nothing was read that could differ. */
  read: boolean;
}) {
  return (
    <section aria-label="Registered already" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line bg-info-soft px-3 py-2.5">
        <p className="min-w-0 wrap-anywhere">
          This address is registered already, as <strong className="font-semibold">{existing.name}</strong>.
          {read && changes.length === 0 ? " There is no difference to it." : null}
        </p>
        <ButtonLink size="sm" href={toPluginPath(existing.id)}>
          Open {existing.name}
        </ButtonLink>
      </div>
      {changes.length > 0 ? <ChangeTable changes={changes} name={existing.name} /> : null}
    </section>
  );
}

function ChangeTable({ changes, name }: { changes: ManifestChange[]; name: string }) {
  return (
    <div
      className="overflow-x-auto rounded-md border border-line"
      role="region"
      aria-label="Differences"
      tabIndex={0}
    >
      <table className="w-full min-w-[26rem] table-fixed text-left text-sm">
        <caption className="border-b border-line px-3 py-2 text-left font-medium">
          {changes.length === 1 ? "1 difference" : `${changes.length} differences`}
        </caption>
        <thead>
          <tr className="border-b border-line text-muted">
            <th className="w-2/5 px-3 py-1.5 font-medium">Field</th>
            <th className="px-3 py-1.5 font-medium wrap-anywhere">{name} has</th>
            <th className="px-3 py-1.5 font-medium">Now read</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ path, before, after }) => (
            <tr key={path} className="border-b border-line align-top last:border-0">
              <td className="px-3 py-1.5 wrap-anywhere">
                <code>{path}</code>
              </td>
              <Side value={before} />
              <Side value={after} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Longest value shown whole. */
const MAX_LENGTH = 200;

function Side({ value }: { value: Json | undefined }) {
  if (value === undefined) return <td className="px-3 py-1.5 text-muted">not there</td>;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (
    <td className="px-3 py-1.5 wrap-anywhere">
      <code>{text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text || '""'}</code>
    </td>
  );
}

const ORDINALS = ["second", "third", "fourth", "fifth"];

/** Other registrations of the same type: registering makes one more. */
export function OtherInstances({ instances, type }: { instances: PluginReference[]; type: string }) {
  if (instances.length === 0) return null;
  const ordinal = ORDINALS[instances.length - 1] ?? `${instances.length + 1}th`;
  return (
    <p className="text-sm wrap-anywhere text-muted">
      This will be the {ordinal} plugin of type <code>{type}</code>, beside{" "}
      {instances.slice(0, 5).map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 ? ", " : null}
          <Link href={toPluginPath(id)} className="text-accent underline hover:no-underline">
            {name}
          </Link>
        </span>
      ))}
      {instances.length > 5 ? ` and ${instances.length - 5} more` : null}.
    </p>
  );
}

/** The command of a process plugin. */
export function CommandLine({ parts }: { parts: NonNullable<PluginPreview["commandLine"]> }) {
  const line = parts.map(quote).join(" ");
  return (
    <section aria-label="Command line" className="flex flex-col gap-2">
      <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1.5 pr-1 pl-3">
        <pre className="min-w-0 flex-1 py-0.5 text-sm wrap-anywhere whitespace-pre-wrap">{line}</pre>
        <CopyButton value={line} label="Copy the command line" />
      </div>
      <p className="flex items-start gap-2 text-sm text-muted">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        Nothing is started now. It runs only from a watched folder, where the operator allows processes and
        after an admin approved exactly this.
      </p>
    </section>
  );
}

/** As one would type it in a shell. */
function quote(part: string): string {
  return /^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`;
}
