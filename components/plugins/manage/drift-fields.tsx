import type { ReactNode } from "react";
import type { PluginDrift } from "@/lib/contract/drift.ts";

/** What a change of the schema means for the configuration, in words. Nothing when no field is touched. */
export function DriftFields({
  schema: { added, removed, retyped, newlyRequired, newlySensitive },
}: {
  schema: PluginDrift["schema"];
}) {
  const rows: Array<[string, string, ReactNode[]]> = [
    ["Added", "", names(added)],
    ["Removed", "their values are kept", names(removed)],
    [
      "Another type",
      "a value that does not fit stays and is marked",
      retyped.map(({ name, before, after }) => (
        <span key={name}>
          <code>{name}</code>{" "}
          <span className="text-muted">
            {before} → {after}
          </span>
        </span>
      )),
    ],
    ["Required now", "enabling asks for a value", names(newlyRequired)],
    ["Secret now", "accepting moves a stored value into the secret box", names(newlySensitive)],
  ];
  const shown = rows.filter(([, , items]) => items.length > 0);
  if (shown.length === 0) return null;
  return (
    <dl className="flex flex-col gap-1.5 text-sm">
      {shown.map(([word, sequel, items]) => (
        <div key={word} className="grid gap-x-3 sm:grid-cols-[8rem_minmax(0,1fr)]">
          <dt className="font-medium">{word}</dt>
          <dd className="flex min-w-0 flex-wrap gap-x-3 wrap-anywhere">
            {items}
            {sequel ? <span className="text-muted">{sequel}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function names(list: string[]): ReactNode[] {
  return list.map((name) => <code key={name}>{name}</code>);
}
