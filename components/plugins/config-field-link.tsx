"use client";

import Link from "next/link";
import { focusFirst, toControlId, toFieldHash } from "@/components/config-form/fields/field-link.ts";
import { toPluginPath } from "./plugin-path.ts";

/** Leads into one field of a plugin's configuration, from wherever it stands. */
export function ConfigFieldLink({ pluginId, name }: { pluginId: string; name: string }) {
  return (
    <Link
      href={toPluginPath(pluginId, "configuration") + toFieldHash(name)}
      className="inline-flex min-h-6 items-center font-mono text-accent underline-offset-3 hover:underline"
      onClick={(event) => {
        if (!document.getElementById(toControlId(name))) return;
        event.preventDefault();
        focusFirst([name]);
      }}
    >
      {name}
    </Link>
  );
}
