"use client";

import { Trash2, Unlink } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import type { PluginFile as File } from "@/lib/contract/plugin.ts";
import { DetachPlugin } from "./manage/detach-plugin.tsx";
import { Fact, FactList } from "./fact-list.tsx";
import { FileMark } from "./file-mark.tsx";
import { FindingList } from "./finding-list.tsx";
import { usePluginScreen } from "./plugin-screen-context.ts";
import { RemovePlugin } from "./manage/remove-plugin.tsx";
import { usePermission } from "./use-permission.ts";

const STATES: Record<File["state"], string> = {
  ok: "What the file says is in use. Change it there: the console takes it over by itself.",
  broken:
    "The file cannot be used as it is now. The plugin goes on with the last good version; mend the file and it is taken over by itself.",
  gone: "The file is no longer there, so the plugin was switched off. Configuration and history are kept: put the file back and it continues as it was, or remove the plugin.",
};

/** The manifest file a plugin belongs to, how it stands with it, and the ways out. Nothing for other plugins. */
export function PluginFile() {
  const { plugin } = usePluginScreen();
  const [open, setOpen] = useState<"detach" | "remove" | null>(null);
  const mayWrite = usePermission("plugins:write");
  const { file } = plugin;
  if (file === null) return null;
  return (
    <Panel
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          Manifest file <FileMark state={file.state} />
        </span>
      }
      actions={
        mayWrite ? (
          <>
            <Button size="sm" icon={<Unlink aria-hidden />} onClick={() => setOpen("detach")}>
              Detach…
            </Button>
            {file.state === "gone" ? (
              <Button size="sm" icon={<Trash2 aria-hidden />} onClick={() => setOpen("remove")}>
                Remove…
              </Button>
            ) : null}
          </>
        ) : null
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-muted">{STATES[file.state]}</p>
        <FactList>
          <Fact name="Path">
            <span className="inline-flex max-w-full items-center gap-1">
              <code className="min-w-0 wrap-anywhere">{file.path}</code>
              <CopyButton value={file.path} label="Copy the path of the manifest file" />
            </span>
          </Fact>
          <Fact name={file.state === "gone" ? "Gone since" : "Last read"}>
            <RelativeTime at={file.changedAt} />
          </Fact>
        </FactList>
        {file.state === "broken" ? <FindingList findings={file.findings} /> : null}
      </div>
      <DetachPlugin plugin={plugin} open={open === "detach"} onClose={() => setOpen(null)} />
      <RemovePlugin plugin={plugin} open={open === "remove"} onOpenChange={() => setOpen(null)} />
    </Panel>
  );
}
