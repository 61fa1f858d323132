"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { usePermission } from "./use-permission.ts";

/** Whether the plugin stands still because its address is not, or no longer, approved. */
export function lacksConsent({ desired, failure, lastCheck }: Plugin): boolean {
  return desired === "enabled" && (failure ?? lastCheck?.error)?.code === "address_needs_approval";
}

/** Renews the consent for the plugin's address and starts it again. Nothing when that is not what it lacks. */
export function AllowAddress() {
  const { plugin, act, running } = usePluginScreen();
  const client = useQueryClient();
  const mayAllow = usePermission("settings:write");
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => api.changePlugin(plugin.id, { approveEndpoint: true }),
    onSuccess: async () => {
      act("restart");
      await client.invalidateQueries({ queryKey: queries(api).approvals.queryKey });
    },
  });
  if (!lacksConsent(plugin)) return null;
  if (!mayAllow) return <p className="basis-full text-muted">Ask an admin to allow this address.</p>;
  return (
    <>
      <Button
        variant="primary"
        icon={<ShieldCheck aria-hidden />}
        loading={isPending || running === "restart"}
        onClick={() => mutate()}
      >
        Allow this address
      </Button>
      {error ? <ErrorNotice error={error} onRetry={() => mutate()} /> : null}
    </>
  );
}
