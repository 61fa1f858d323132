"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FolderSync } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { toErrorInfo } from "@/components/ui/error-notice.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { summarizeReload } from "./folder-summary.ts";
import { usePermission } from "../use-permission.ts";

/** Reads the watched folders again and says what came of it. */
export function ReloadFolders() {
  const client = useQueryClient();
  const toast = useToast();
  const mayWrite = usePermission("plugins:write");
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.rescanFolders(),
    onSuccess: async (report) => {
      client.setQueryData(queries(api).folders.queryKey, report);
      toast({ ...summarizeReload(report), tone: report.problems.length > 0 ? "info" : "ok" });
      await client.invalidateQueries();
    },
    onError: (error) => {
      const { message, hint } = toErrorInfo(error);
      toast({ title: message, body: hint, tone: "bad" });
    },
  });
  if (!mayWrite) return null;
  return (
    <Button icon={<FolderSync aria-hidden />} loading={isPending} onClick={() => mutate()}>
      Reload folders
    </Button>
  );
}
