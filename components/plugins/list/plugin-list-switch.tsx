"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { toErrorInfo } from "@/components/ui/error-info.ts";
import { Switch } from "@/components/ui/switch.tsx";
import { useToast, type ToastInput } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { PluginSummary } from "@/lib/contract/plugin.ts";

/** Switches a plugin on or off: shows the wish at once and takes it back, with the reason, when the console refuses. */
export function PluginListSwitch({ plugin }: { plugin: PluginSummary }) {
  const { data: me } = useQuery(queries(api).me);
  const { mutate, isPending } = useDesired(plugin);
  const allowed = me?.permissions.includes("plugins:operate") ?? false;
  return (
    <Switch
      label={`${plugin.name}: switched on`}
      checked={plugin.desired === "enabled"}
      disabled={!allowed}
      pending={isPending}
      onCheckedChange={mutate}
    />
  );
}

function useDesired({ id, name }: PluginSummary) {
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const { queryKey } = queries(api).plugins;
  const path = `/plugins/${encodeURIComponent(id)}`;
  const go = (label: string, href: string): NonNullable<ToastInput["action"]> => ({
    label,
    onClick: () => router.push(href),
  });
  const setDesired = (enabled: boolean) =>
    client.setQueryData(queryKey, (before) =>
      before?.map((one) => (one.id === id ? { ...one, desired: enabled ? "enabled" : "disabled" } : one)),
    );

  return useMutation({
    mutationFn: (enabled: boolean) => (enabled ? api.enablePlugin(id) : api.disablePlugin(id)),
    onMutate: async (enabled) => {
      await client.cancelQueries({ queryKey });
      setDesired(enabled);
    },
    onError: (error, enabled) => {
      setDesired(!enabled);
      const { code, message, hint } = toErrorInfo(error);
      toast({
        tone: "bad",
        title: `${name} stays switched ${enabled ? "off" : "on"}`,
        body: hint ? `${message} ${hint}` : message,
        action: code === "config_incomplete" ? go("Configure", `${path}/configuration`) : go("Open", path),
      });
    },
    onSuccess: ({ failure, desired }) => {
      if (!failure || desired === "disabled") return;
      toast({
        tone: "bad",
        title: `${name} did not start`,
        body: failure.hint ? `${failure.message} ${failure.hint}` : failure.message,
        action: go("See why", path),
      });
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey }),
        client.invalidateQueries({ queryKey: queries(api).overview.queryKey }),
        client.invalidateQueries({ queryKey: queries(api).plugin(id).queryKey }),
      ]),
  });
}
