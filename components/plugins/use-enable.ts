"use client";

import { useCallback, useRef, useState } from "react";
import type { ConfigEditing } from "@/components/config-form/config-actions.tsx";
import type { Plugin } from "@/lib/contract/plugin.ts";
import type { PluginVerb } from "./plugin-screen-context.ts";

/**
 * Enabling beside an open configuration: edits that are not saved are asked about, and a value that is missing is led to. All
 * other verbs, and enabling from elsewhere, go straight to `run`. `reset` drops what the last verb came to.
 */
export function useEnable(plugin: Plugin | undefined, run: (verb: PluginVerb) => void, reset: () => void) {
  const editing = useRef<ConfigEditing>(null);
  const [unsaved, setUnsaved] = useState(0);

  const isMissing = (plugin?.missingConfig.length ?? 0) > 0;
  const act = useCallback(
    (verb: PluginVerb) => {
      const form = editing.current;
      setUnsaved(0);
      reset();
      if (verb !== "enable" || form === null) run(verb);
      else if (form.changes > 0) setUnsaved(form.changes);
      else if (isMissing) void form.check().then((fine) => fine && run(verb));
      else run(verb);
    },
    [isMissing, run, reset],
  );
  const forget = useCallback(() => setUnsaved(0), []);
  async function saveAndEnable() {
    setUnsaved(0);
    if (await editing.current?.save()) run("enable");
  }
  return { act, editing, unsaved, saveAndEnable, forget };
}
