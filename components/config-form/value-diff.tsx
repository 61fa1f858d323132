import { ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import type { AuditChange } from "@/lib/contract/activity.ts";
import type { ConfigField, Json } from "@/lib/contract/manifest.ts";
import { formatValue } from "./fields/field-kind.ts";

const SECRET_WORDS = { set: "will be set", changed: "will be changed", cleared: "will be cleared" } as const;
const PAST_WORDS = { set: "was set", changed: "was changed", cleared: "was cleared" } as const;

/** Changes as before → after, one row per field. A side that was not set shows the default in its place. */
export function ValueDiff({
  changes,
  schema,
  past = false,
  extra,
}: {
  changes: readonly AuditChange[];
  schema: readonly ConfigField[];
  /** Secrets in the words of what happened already. */
  past?: boolean;
  /** More to say or choose for one field, below its row. */
  extra?: (name: string) => ReactNode;
}) {
  return (
    <dl className="flex flex-col divide-y divide-line">
      {changes.map((change) => (
        <div
          key={change.field}
          className="grid gap-x-4 gap-y-1 py-2.5 sm:grid-cols-[minmax(7rem,11rem)_minmax(0,1fr)]"
        >
          <dt className="min-w-0 text-sm wrap-anywhere">
            <code>{change.field}</code>
          </dt>
          <dd className="flex min-w-0 flex-col gap-1.5 text-sm">
            {change.secret ? (
              <span>Secret {(past ? PAST_WORDS : SECRET_WORDS)[change.secret]}</span>
            ) : (
              <BeforeAfter change={change} field={schema.find(({ name }) => name === change.field)} />
            )}
            {extra?.(change.field)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Values are told apart by word, position and line-through, not by colour alone. */
export function BeforeAfter({
  change,
  field,
  asJson = false,
}: {
  change: AuditChange;
  field?: ConfigField | undefined;
  /** As JSON to the letter: where 9000 and "9000" are two things. */
  asJson?: boolean;
}) {
  const format = asJson ? (value: Json) => JSON.stringify(value, null, 2) : formatValue;
  return (
    <span className="grid grid-cols-1 gap-x-2 gap-y-1 sm:grid-cols-[minmax(0,1fr)_1rem_minmax(0,1fr)]">
      <span className="min-w-0 text-muted">
        <span className="sr-only">before: </span>
        <Side value={change.before} field={field} format={format} struck={change.before !== undefined} />
      </span>
      <ArrowRight aria-hidden className="mt-0.5 size-4 rotate-90 text-faint sm:rotate-0" />
      <span className="min-w-0">
        <span className="sr-only">after: </span>
        <Side value={change.after} field={field} format={format} struck={false} />
      </span>
    </span>
  );
}

function Side({
  value,
  field,
  format,
  struck,
}: {
  value: Json | undefined;
  field: ConfigField | undefined;
  format: (value: Json) => string;
  struck: boolean;
}) {
  if (value === undefined) {
    return field?.default === undefined ? (
      <span className="text-muted">not set</span>
    ) : (
      <span className="text-muted wrap-anywhere">
        default <code>{formatValue(field.default)}</code>
      </span>
    );
  }
  return (
    <code
      className={`wrap-anywhere whitespace-pre-wrap ${struck ? "text-muted line-through decoration-faint" : "text-ink"}`}
    >
      {format(value)}
    </code>
  );
}
