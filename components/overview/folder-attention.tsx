import { FileWarning } from "lucide-react";
import { ButtonLink } from "@/components/ui/button.tsx";
import type { FolderProblem } from "@/lib/contract/intake.ts";

/** Files of the watched folders that wait for a person: the first with its reason, and the way to all of them. `problems` has one at least. */
export function FolderAttention({ problems }: { problems: readonly FolderProblem[] }) {
  const [first] = problems;
  const others = problems.length - 1;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-72 flex-col gap-0.5">
        <p className="font-medium">
          {others === 0 ? "1 manifest file" : `${problems.length} manifest files`}
        </p>
        <p className="wrap-anywhere">{first?.findings[0]?.message ?? "It is not in use as it stands."}</p>
        <p className="text-sm wrap-anywhere text-muted">
          <code>{first?.path}</code>
          {others === 0 ? null : ` and ${others} more`}
        </p>
      </div>
      <ButtonLink size="sm" href="/plugins" icon={<FileWarning aria-hidden />}>
        See files
      </ButtonLink>
    </li>
  );
}
