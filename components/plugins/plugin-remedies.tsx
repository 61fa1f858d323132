"use client";

import { Activity, Power, RotateCw, Settings2 } from "lucide-react";
import { ReviewCommand } from "@/components/processes/review-command.tsx";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import { AllowAddress, lacksConsent } from "./allow-address.tsx";
import { EditAddress } from "./manage/edit-address.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { usePermission } from "./use-permission.ts";

/** Everything that may be done about a plugin that is not healthy, the likeliest first. Nothing while it starts. */
export function PluginRemedies({
  waits,
  editing,
  code,
}: {
  waits: boolean;
  editing: boolean;
  /** Of what went wrong, if anything did. */
  code: ErrorInfo["code"] | undefined;
}) {
  const { plugin, act, running } = usePluginScreen();
  const mayOperate = usePermission("plugins:operate");
  const needsConfig = plugin.missingConfig.length > 0;
  const isOff = plugin.desired === "disabled";
  if (plugin.badge === "starting") return null;
  return (
    <div className="flex flex-wrap gap-2">
      <AllowAddress />
      {waits ? <ReviewCommand /> : null}
      {mayOperate && isOff && !needsConfig ? (
        <Button
          variant={plugin.fileState === "gone" || waits ? "secondary" : "primary"}
          disabled={waits}
          icon={<Power aria-hidden />}
          loading={running === "enable"}
          onClick={() => act("enable")}
        >
          Enable
        </Button>
      ) : null}
      {mayOperate && !isOff && plugin.lifecycle === "failed" && !waits && !lacksConsent(plugin) ? (
        <Button
          // A value that is missing makes it fail the same way again.
          variant={plugin.failureCode === "config_incomplete" ? "secondary" : "primary"}
          icon={<RotateCw aria-hidden />}
          loading={running === "restart"}
          onClick={() => act("restart")}
        >
          Try again now
        </Button>
      ) : null}
      {mayOperate && !isOff && plugin.lifecycle === "ready" ? (
        <Button icon={<Activity aria-hidden />} loading={running === "check"} onClick={() => act("check")}>
          Check now
        </Button>
      ) : null}
      <EditAddress code={code} />
      {editing ? null : (
        <ButtonLink
          href={toPluginPath(plugin.id, "configuration")}
          variant={needsConfig ? "primary" : "secondary"}
          icon={<Settings2 aria-hidden />}
        >
          Configure
        </ButtonLink>
      )}
    </div>
  );
}
