"use client";

import { useProcess } from "@/components/processes/use-process.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { FindingList } from "./finding-list.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";

/** What was noticed in the manifest or metadata and did not stop the registration. */
export function PluginFindings() {
  const { plugin } = usePluginScreen();
  const { data: process } = useProcess(plugin);
  // The card of its process says what the command waits for, and nobody has to start the plugin by hand.
  const isOurs = process?.allowed === true && (process.command !== null || process.runsApproved === true);
  const findings = plugin.findings.filter(({ code }) => !(isOurs && code === "process_needs_approval"));
  if (findings.length === 0) return null;
  return (
    <Panel
      title="Noticed in the manifest"
      description="For the plugin's author; the console works around it."
    >
      <FindingList findings={findings} />
    </Panel>
  );
}
