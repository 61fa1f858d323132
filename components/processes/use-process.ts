import { useQuery } from "@tanstack/react-query";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import type { PluginProcess } from "@/lib/contract/process.ts";

/** The process of a plugin; undefined while it is asked for, and for one without a command. */
export function useProcess(plugin: Plugin) {
  return useQuery({ ...queries(api).process(plugin.id), enabled: plugin.hasCommand });
}

/** Whether enabling it starts a program: there is one, and the console may. False while that is asked for. */
export function useStartsProcess(plugin: Plugin): boolean {
  const { data: process } = useProcess(plugin);
  return isStartable(process);
}

/** Nothing but an admin's consent to its command is missing: the manifest is complete and there is something to start. */
export function useWaitsForApproval(plugin: Plugin): boolean {
  const { data: process } = useProcess(plugin);
  if (plugin.missingConfig.length > 0 || plugin.fileState === "gone") return false;
  const isOff = plugin.desired === "disabled" && plugin.badge === "disabled";
  return (isOff && waitsForApproval(process)) || plugin.failureCode === "process_needs_approval";
}

/** True when nothing but an admin's consent is missing: there is a command that could be started. */
function waitsForApproval(process: PluginProcess | undefined): boolean {
  return isStartable(process) && process?.approved === false;
}

function isStartable(process: PluginProcess | undefined): boolean {
  return process !== undefined && process.allowed && process.command !== null;
}
