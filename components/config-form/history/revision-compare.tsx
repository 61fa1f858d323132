import { ArrowLeftRight } from "lucide-react";
import type { ConfigRevision } from "@/lib/contract/config-revision.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/input.tsx";
import { diffRevisions } from "./revision-diff.ts";
import { ValueDiff } from "../value-diff.tsx";

interface Pair {
  from: number;
  to: number;
}

/** The difference between any two revisions; the newest is what is in force now. */
export function RevisionCompare({
  revisions,
  schema,
  pair,
  onPair,
}: {
  revisions: readonly ConfigRevision[];
  schema: readonly ConfigField[];
  pair: Pair;
  onPair: (pair: Pair) => void;
}) {
  const find = (number: number) => revisions.find(({ revision }) => revision === number);
  const [from, to] = [find(pair.from), find(pair.to)];
  const changes = from && to ? diffRevisions(from, to) : [];
  return (
    <section
      aria-label="Compare"
      id="config-compare"
      className="flex flex-col gap-2 rounded-md bg-sunken px-3 py-2.5"
    >
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="text-sm font-medium">Compare</h3>
        <Pick
          label="From revision"
          revisions={revisions}
          value={pair.from}
          onPick={(number) => onPair({ ...pair, from: number })}
        />
        <IconButton label="Swap the two" size="sm" onClick={() => onPair({ from: pair.to, to: pair.from })}>
          <ArrowLeftRight aria-hidden />
        </IconButton>
        <Pick
          label="To revision"
          revisions={revisions}
          value={pair.to}
          onPick={(number) => onPair({ ...pair, to: number })}
        />
      </div>
      {changes.length === 0 ? (
        <p className="text-sm text-muted">No difference.</p>
      ) : (
        <ValueDiff changes={changes} schema={schema} past />
      )}
    </section>
  );
}

function Pick({
  label,
  revisions,
  value,
  onPick,
}: {
  label: string;
  revisions: readonly ConfigRevision[];
  value: number;
  onPick: (revision: number) => void;
}) {
  return (
    <Select
      aria-label={label}
      className="w-28!"
      value={value}
      onChange={(event) => onPick(Number(event.target.value))}
    >
      {revisions.map(({ revision }, index) => (
        <option key={revision} value={revision}>
          {index === 0 ? `#${revision} · now` : `#${revision}`}
        </option>
      ))}
    </Select>
  );
}
