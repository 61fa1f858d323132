import { BeforeAfter } from "@/components/config-form/value-diff.tsx";
import type { ManifestChange } from "@/lib/contract/drift.ts";

/** Every single difference, before → after, folded away. */
export function DriftChanges({ changes }: { changes: ManifestChange[] }) {
  return (
    <details>
      <summary className="min-h-6 text-sm text-muted hover:text-ink">
        {changes.length === 1 ? "The 1 difference" : `All ${changes.length} differences`}
      </summary>
      <dl className="flex flex-col divide-y divide-line">
        {changes.map(({ path, ...sides }) => (
          <div key={path} className="flex flex-col gap-1 py-2 text-sm">
            <dt className="wrap-anywhere">
              <code>{path.replace(/^metadata\./, "")}</code>
            </dt>
            <dd className="min-w-0">
              <BeforeAfter change={{ field: path, ...sides }} asJson />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
