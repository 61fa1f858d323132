"use client";

import { Pencil } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import type { ErrorCode } from "@/lib/contract/error.ts";
import { isOfAddress } from "../address-failure.ts";
import { EditPlugin } from "./edit-plugin.tsx";
import { usePluginScreen } from "../plugin-screen-context.ts";
import { usePermission } from "../use-permission.ts";

/** Opens the dialog that holds the address, where a failure may come from it and it may be changed here: a file keeps its own. */
export function EditAddress({ code }: { code: ErrorCode | undefined }) {
  const { plugin } = usePluginScreen();
  const [open, setOpen] = useState(false);
  const mayWrite = usePermission("plugins:write");
  const isOurs = plugin.endpoint !== null && !plugin.file;
  if (!mayWrite || !isOurs || !isOfAddress(code)) return null;
  return (
    <>
      <Button icon={<Pencil aria-hidden />} onClick={() => setOpen(true)}>
        Edit address
      </Button>
      {open ? <EditPlugin plugin={plugin} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
