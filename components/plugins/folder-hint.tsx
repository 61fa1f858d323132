"use client";

import { useQuery } from "@tanstack/react-query";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";

/** One line: a manifest may simply be put into a watched folder. */
export function FolderHint() {
  const { data } = useQuery(queries(api).folders);
  const folder = data?.folders[0];
  if (!folder) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-1 text-sm text-muted">
      <span className="min-w-0 wrap-anywhere">
        Or put a <code>plugin.yaml</code> into <code>{folder.path}</code>: it is registered by itself.
      </span>
      <CopyButton value={folder.path} label="Copy the path of the watched folder" />
    </p>
  );
}
