"use client";

import { ClipboardCopy, Download, FileDown } from "lucide-react";
import { copyText } from "@/components/ui/clipboard.ts";
import { toErrorInfo } from "@/components/ui/error-info.ts";
import { Menu, MenuItem, MenuLabel, MenuLink } from "@/components/ui/menu.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { fetchText } from "@/lib/client/text.ts";

/** The plugin's manifest, out again: as a file of either kind, or as text. */
export function ExportMenu({ plugin }: { plugin: { id: string; name: string } }) {
  const toast = useToast();
  const yaml = api.manifestPath(plugin.id, "yaml");

  async function copy() {
    try {
      const copied = await copyText(await fetchText(yaml));
      if (copied) toast({ title: "Copied as YAML", body: "It holds no secrets.", tone: "ok" });
      else
        toast({ title: "Not copied", body: "The browser refused. Download the file instead.", tone: "bad" });
    } catch (error) {
      const { message, hint } = toErrorInfo(error);
      toast({ title: "Not copied", body: [message, hint].filter(Boolean).join(" "), tone: "bad" });
    }
  }

  return (
    <Menu
      label={`Export ${plugin.name}`}
      trigger={
        <>
          <FileDown aria-hidden className="size-4" />
          Export
        </>
      }
      triggerClassName="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-3 text-base font-medium hover:bg-sunken"
    >
      <MenuLink icon={<Download aria-hidden />} href={yaml} download="plugin.yaml">
        Download plugin.yaml
      </MenuLink>
      <MenuLink
        icon={<Download aria-hidden />}
        href={api.manifestPath(plugin.id, "json")}
        download="plugin.json"
      >
        Download plugin.json
      </MenuLink>
      <MenuItem icon={<ClipboardCopy aria-hidden />} onSelect={() => void copy()}>
        Copy as YAML
      </MenuItem>
      <MenuLabel>No secrets are in it</MenuLabel>
    </Menu>
  );
}
