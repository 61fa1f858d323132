"use client";

import { ShieldCheck } from "lucide-react";
import { useRouter } from "next/navigation";
import { toPluginPath } from "@/components/plugins/plugin-path.ts";
import { usePluginScreen } from "@/components/plugins/plugin-screen-context.ts";
import { usePermission } from "@/components/plugins/use-permission.ts";
import { Button } from "@/components/ui/button.tsx";

/** Of the process card, in addresses too. */
export const PROCESS_CARD = "process";

/** Brings the process card into sight and the keyboard to it. False when it is not on this page. */
export function showProcessCard(): boolean {
  const card = document.getElementById(PROCESS_CARD);
  card?.scrollIntoView({ block: "start" });
  card?.focus({ preventScroll: true });
  return card !== null;
}

/** Leads to what has to be looked at and approved; others are told whom to ask. */
export function ReviewCommand() {
  const { plugin } = usePluginScreen();
  const router = useRouter();
  const mayApprove = usePermission("settings:write");
  if (!mayApprove) return <p className="basis-full text-muted">Ask an admin to approve its command.</p>;
  return (
    <Button
      variant="primary"
      icon={<ShieldCheck aria-hidden />}
      onClick={() => {
        if (!showProcessCard()) router.push(`${toPluginPath(plugin.id)}#${PROCESS_CARD}`);
      }}
    >
      Review and approve
    </Button>
  );
}
