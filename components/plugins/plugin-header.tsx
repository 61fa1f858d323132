"use client";

import { Activity, Ellipsis, MessageSquare, Pencil, Power, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useWaitsForApproval } from "@/components/processes/use-process.ts";
import { Button, ButtonLink } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Menu, MenuItem } from "@/components/ui/menu.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";
import { StatusBadge } from "@/components/ui/status-badge.tsx";
import { EditPlugin } from "./manage/edit-plugin.tsx";
import { ExportMenu } from "./manage/export-menu.tsx";
import { toChatPath } from "./plugin-path.ts";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { RemovePlugin } from "./manage/remove-plugin.tsx";
import { usePermission } from "./use-permission.ts";

/** Name, state and address of a plugin, and everything that can be done to it. */
export function PluginHeader() {
  const { plugin } = usePluginScreen();
  return (
    <PageHeader
      back={{ href: "/plugins", label: "Plugins" }}
      title={plugin.name}
      badge={
        <span aria-live="polite">
          <StatusBadge badge={plugin.badge} />
        </span>
      }
      description={<Identity />}
      actions={<Actions />}
    />
  );
}

function Identity() {
  const { plugin } = usePluginScreen();
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <span className="wrap-anywhere">{plugin.providerType}</span>
      <span className="wrap-anywhere">version {plugin.version}</span>
      {plugin.endpoint ? (
        <span className="inline-flex min-w-0 items-center gap-1">
          <code className="min-w-0 wrap-anywhere">{plugin.endpoint}</code>
          <CopyButton value={plugin.endpoint} label="Copy the plugin's address" />
        </span>
      ) : (
        <span>built in</span>
      )}
    </span>
  );
}

function Actions() {
  const { plugin } = usePluginScreen();
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const mayOperate = usePermission("plugins:operate");
  const mayWrite = usePermission("plugins:write");
  return (
    <>
      {plugin.desired === "enabled" ? (
        <ButtonLink href={toChatPath(plugin.id)} icon={<MessageSquare aria-hidden />}>
          Chat
        </ButtonLink>
      ) : null}
      {mayOperate ? <Verbs /> : null}
      <ExportMenu plugin={plugin} />
      {mayWrite ? (
        <>
          <Menu
            label={`More for ${plugin.name}`}
            trigger={<Ellipsis aria-hidden className="size-4" />}
            triggerClassName="inline-flex size-8 items-center justify-center rounded-md border border-line-strong bg-surface hover:bg-sunken"
          >
            <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setOpen("edit")}>
              Rename or edit…
            </MenuItem>
            <MenuItem icon={<Trash2 aria-hidden />} onSelect={() => setOpen("remove")}>
              Remove…
            </MenuItem>
          </Menu>
          {open === "edit" ? <EditPlugin plugin={plugin} onClose={() => setOpen(null)} /> : null}
          <RemovePlugin
            plugin={plugin}
            open={open === "remove"}
            onOpenChange={(next) => setOpen(next ? "remove" : null)}
          />
        </>
      ) : null}
    </>
  );
}

function Verbs() {
  const { plugin, act, running } = usePluginScreen();
  const waits = useWaitsForApproval(plugin);
  const isNotReady = waits || plugin.missingConfig.length > 0;
  if (plugin.desired === "disabled") {
    return (
      <Button
        variant={isNotReady ? "secondary" : "primary"}
        icon={<Power aria-hidden />}
        loading={running === "enable"}
        // Why it cannot be pressed is said below, on every tab.
        disabled={waits || running === "disable"}
        onClick={() => act("enable")}
      >
        Enable
      </Button>
    );
  }
  return (
    <>
      <Button icon={<Activity aria-hidden />} loading={running === "check"} onClick={() => act("check")}>
        Check now
      </Button>
      <Button icon={<RotateCw aria-hidden />} loading={running === "restart"} onClick={() => act("restart")}>
        Restart
      </Button>
      <Button icon={<Power aria-hidden />} loading={running === "disable"} onClick={() => act("disable")}>
        Disable
      </Button>
    </>
  );
}
