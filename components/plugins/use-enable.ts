"use client";

import { useRouter } from "next/navigation";
import { useCallback, useRef, useState } from "react";
import type { ConfigEditing } from "@/components/config-form/config-actions.tsx";
import { toFieldHash } from "@/components/config-form/fields/field-link.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import { toPluginPath } from "./plugin-path.ts";
import type { PluginVerb } from "./plugin-screen-context.ts";

/**
 * Enabling leads to a value that is missing, from every tab, and asks about edits that are not saved where the configuration is
 * open. All other verbs go straight to `run`. `reset` drops what the last verb came to.
 */
export function useEnable(plugin: Plugin | undefined, run: (verb: PluginVerb) => void, reset: () => void) {
  const editing = useRef<ConfigEditing>(null);
  const [unsaved, setUnsaved] = useState(0);

  const router = useRouter();
  const id = plugin?.id;
  const missing = plugin?.missingConfig[0];
  const act = useCallback(
    (verb: PluginVerb) => {
      const form = editing.current;
      setUnsaved(0);
      reset();
      if (verb !== "enable") run(verb);
      else if (form !== null && form.changes > 0) setUnsaved(form.changes);
      else if (id === undefined || missing === undefined) run(verb);
      else if (form === null) router.push(toPluginPath(id, "configuration") + toFieldHash(missing));
      else void form.check().then((fine) => fine && run(verb));
    },
    [id, missing, router, run, reset],
  );
  const forget = useCallback(() => setUnsaved(0), []);
  async function saveAndEnable() {
    setUnsaved(0);
    if (await editing.current?.save()) run("enable");
  }
  return { act, editing, unsaved, saveAndEnable, forget };
}
