"use client";

import { Activity, Power, RotateCw, Settings2 } from "lucide-react";
import type { ReactNode } from "react";
import { ReviewCommand } from "@/components/processes/review-command.tsx";
import { useStartsProcess, useWaitsForApproval } from "@/components/processes/use-process.ts";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { BADGES, TONE_CLASSES } from "@/components/ui/status-badge.tsx";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import { AllowAddress, lacksConsent } from "./allow-address.tsx";
import { ConfigFieldLink } from "./config-field-link.tsx";
import { EditAddress } from "./manage/edit-address.tsx";
import { ErrorFacts } from "./error-facts.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { usePermission } from "./use-permission.ts";

/** Why the plugin is not healthy, and what to do about it. Nothing when all is well. `editing`: its configuration is open below. */
export function PluginAttention({ editing = false }: { editing?: boolean }) {
  const { plugin } = usePluginScreen();
  const waits = useWaitsForApproval(plugin);
  const starts = useStartsProcess(plugin);
  const mayApprove = usePermission("settings:write");
  if (plugin.badge === "healthy") return null;
  const { icon: Icon, tone } = BADGES[plugin.badge];
  const error = plugin.desired === "enabled" ? (plugin.failure ?? plugin.lastCheck?.error ?? null) : null;
  return (
    <section
      aria-label="What to do"
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4"
    >
      <div className="flex items-start gap-3">
        <span
          className={`inline-flex size-8 shrink-0 items-center justify-center rounded-full ${TONE_CLASSES[tone]}`}
        >
          <Icon aria-hidden className={`size-4 ${plugin.badge === "starting" ? "animate-spin" : ""}`} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-semibold wrap-anywhere">
            {waits ? toApprovalHeadline(mayApprove) : toHeadline(plugin)}
          </p>
          <p className="text-muted wrap-anywhere">
            {waits
              ? toApprovalAdvice(plugin)
              : (toAdvice(plugin, mayApprove, starts) ?? toHint(plugin, error))}
          </p>
          {waits ? null : <NextTurn plugin={plugin} />}
        </div>
      </div>
      {error ? <ErrorFacts error={error} /> : null}
      <Remedies waits={waits} editing={editing} code={error?.code} />
    </section>
  );
}

function toApprovalHeadline(mayApprove: boolean): string {
  return mayApprove
    ? "Waits for your approval of its command"
    : "Waits for an admin's approval of its command";
}

function toApprovalAdvice({ desired }: Plugin): string {
  return desired === "enabled"
    ? "The console starts it as soon as an admin has looked at what would run and approved exactly that."
    : "The console runs it only once an admin has looked at what would run and approved exactly that. Then it can be enabled.";
}

/** When the host acts by itself, counting. */
function NextTurn({ plugin: { badge, desired, lifecycle, nextCheckAt } }: { plugin: Plugin }) {
  if (nextCheckAt === null || desired === "disabled" || badge === "starting") return null;
  return (
    <p className="text-muted">
      {lifecycle === "failed" ? "The next attempt is" : "The next check is"}{" "}
      <RelativeTime at={nextCheckAt} upcoming />.
    </p>
  );
}

/** The hint of the failure, unless the reason ends with it. */
function toHint({ reason }: Plugin, error: ErrorInfo | null): string | null {
  const hint = error?.hint ?? null;
  return hint !== null && reason?.includes(hint) ? null : hint;
}

function toHeadline(plugin: Plugin): string {
  const { badge, missingConfig, reason, fileState } = plugin;
  // The reason ends with where to allow it, which is here.
  if (lacksConsent(plugin)) return plugin.failure?.message ?? reason ?? BADGES[badge].word;
  // Switched off, and still saying goodbye.
  if (badge === "disabled" && reason !== null) return reason;
  if (badge === "disabled" && fileState === "gone") return "Switched off, because its manifest file is gone";
  if (badge === "disabled" && missingConfig.length > 0) return "It needs some configuration first";
  if (badge === "disabled") return "Ready to be switched on";
  return reason ?? BADGES[badge].word;
}

function toAdvice(plugin: Plugin, mayApprove: boolean, starts: boolean): ReactNode {
  const { id, badge, missingConfig, endpoint, fileState, lastCheck } = plugin;
  if (lacksConsent(plugin))
    return mayApprove ? "Allow it here, and the plugin is started." : "Nothing is sent to it until then.";
  if (badge === "disabled" && fileState === "gone") {
    return "Put the file back and the plugin goes on as it was, or remove it. Enabling it now uses what the file said last.";
  }
  if (badge === "disabled" && missingConfig.length > 0) {
    return (
      <>
        No value yet for <Names pluginId={id} names={missingConfig} />. Fill that in, then enable the plugin.
      </>
    );
  }
  if (badge === "disabled") {
    return `Enabling ${starts ? "starts its program, " : ""}asks ${endpoint ?? "the plugin"} for its metadata, initialises it, checks its health and reads its models.`;
  }
  if (badge === "starting") return "The steps below show how far it is.";
  if (badge === "unknown" && !lastCheck?.error)
    return "It is switched on and waits for its first health check.";
  return null;
}

function Names({ pluginId, names }: { pluginId: string; names: string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 ? (index === names.length - 1 ? " and " : ", ") : ""}
      <ConfigFieldLink pluginId={pluginId} name={name} />
    </span>
  ));
}

function Remedies({
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
