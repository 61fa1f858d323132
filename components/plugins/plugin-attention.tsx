"use client";

import { Activity, Power, RotateCw, Settings2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { BADGES, TONE_CLASSES } from "@/components/ui/status-badge.tsx";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";
import { AllowAddress, lacksConsent } from "./allow-address.tsx";
import { ConfigFieldLink } from "./config-field-link.tsx";
import { ErrorFacts } from "./error-facts.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { usePermission } from "./use-permission.ts";

/** Why the plugin is not healthy, and what to do about it. Nothing when all is well. */
export function PluginAttention() {
  const { plugin } = usePluginScreen();
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
          <p className="font-semibold wrap-anywhere">{toHeadline(plugin)}</p>
          <p className="text-muted wrap-anywhere">{toAdvice(plugin) ?? toHint(plugin, error)}</p>
        </div>
      </div>
      {error ? <ErrorFacts error={error} /> : null}
      <Remedies />
    </section>
  );
}

/** The hint of the failure, unless the reason ends with it. */
function toHint({ reason }: Plugin, error: ErrorInfo | null): string | null {
  const hint = error?.hint ?? null;
  return hint !== null && reason?.includes(hint) ? null : hint;
}

function toHeadline({ badge, missingConfig, reason, fileState }: Plugin): string {
  // Switched off, and still saying goodbye.
  if (badge === "disabled" && reason !== null) return reason;
  if (badge === "disabled" && fileState === "gone") return "Switched off, because its manifest file is gone";
  if (badge === "disabled" && missingConfig.length > 0) return "It needs some configuration first";
  if (badge === "disabled") return "Ready to be switched on";
  return reason ?? BADGES[badge].word;
}

function toAdvice({ id, badge, missingConfig, endpoint, fileState }: Plugin): ReactNode {
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
    return `Enabling asks ${endpoint ?? "the plugin"} for its metadata, initialises it, checks its health and reads its models.`;
  }
  if (badge === "starting") return "The steps below show how far it is.";
  if (badge === "unknown") return "It is switched on and waits for its first health check.";
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

/** Trying again would fail the same way: what it needs is the button beside this, or the one in its process panel. */
function waitsForConsent(plugin: Plugin): boolean {
  return lacksConsent(plugin) || plugin.failureCode === "process_needs_approval";
}

function Remedies() {
  const { plugin, act, running } = usePluginScreen();
  const mayOperate = usePermission("plugins:operate");
  const needsConfig = plugin.missingConfig.length > 0;
  const isOff = plugin.desired === "disabled";
  if (plugin.badge === "starting") return null;
  return (
    <div className="flex flex-wrap gap-2">
      <AllowAddress />
      {mayOperate && isOff && !needsConfig ? (
        <Button
          variant={plugin.fileState === "gone" ? "secondary" : "primary"}
          icon={<Power aria-hidden />}
          loading={running === "enable"}
          onClick={() => act("enable")}
        >
          Enable
        </Button>
      ) : null}
      {mayOperate && !isOff && plugin.lifecycle === "failed" && !waitsForConsent(plugin) ? (
        <Button
          variant="primary"
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
      <ButtonLink
        href={toPluginPath(plugin.id, "configuration")}
        variant={needsConfig ? "primary" : "secondary"}
        icon={<Settings2 aria-hidden />}
      >
        Configure
      </ButtonLink>
    </div>
  );
}
