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
    <p className="text-sm wrap-anywhere text-muted">
      Or put a <code>plugin.yaml</code>, which is then registered by itself, into <code>{folder.path}</code>
      {/* Without a space it never stands alone on a line. */}
      <span className="whitespace-nowrap *:align-middle">
        &#8288;
        <CopyButton value={folder.path} label="Copy the path of the watched folder" />
      </span>
    </p>
  );
}
