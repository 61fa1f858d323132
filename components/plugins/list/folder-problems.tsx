"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { useToast } from "@/components/ui/toast.tsx";
import { toErrorInfo } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { FolderProblem } from "@/lib/contract/intake.ts";
import type { PluginReference } from "@/lib/contract/registration.ts";
import { FindingList } from "../finding-list.tsx";
import { toPluginPath } from "../plugin-path.ts";
import { usePermission } from "../use-permission.ts";

/** More would push the plugins off the screen. */
const SHOWN = 3;

/** Files of the watched folders that wait for a person, with what is wrong and where. Nothing when there are none. */
export function FolderProblems() {
  const { data } = useQuery(queries(api).folders);
  const [showsAll, setShowsAll] = useState(false);
  if (!data || data.problems.length === 0) return null;
  const count = data.problems.length;
  return (
    <Panel
      title={count === 1 ? "1 file needs attention" : `${count} files need attention`}
      description="In the watched folders. Everything else goes on."
      padded={false}
    >
      <ul
        className="scroll-shade rounded-b-lg max-h-96 divide-y divide-line overflow-y-auto"
        tabIndex={0}
        aria-label="Files"
      >
        {data.problems.slice(0, showsAll ? count : SHOWN).map((problem) => (
          <Problem key={problem.path} problem={problem} />
        ))}
      </ul>
      {count > SHOWN ? (
        <div className="border-t border-line px-4 py-2">
          <Button size="sm" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? `Show the first ${SHOWN} only` : `Show all ${count}`}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

function Problem({ problem: { path, findings, plugin } }: { problem: FolderProblem }) {
  const waits = plugin !== null && findings.some(({ code }) => code === "address_needs_approval");
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="inline-flex max-w-full min-w-0 items-center gap-1">
          <code className="min-w-0 text-sm wrap-anywhere">{path}</code>
          <CopyButton value={path} label={`Copy ${path}`} />
        </span>
        {plugin ? (
          <Link
            href={toPluginPath(plugin.id)}
            className="inline-flex min-h-6 items-center text-accent hover:underline"
          >
            {plugin.name}
          </Link>
        ) : null}
        {waits ? <Allow plugin={plugin} /> : null}
      </div>
      <FindingList findings={findings} />
    </li>
  );
}

/** One click of an admin lets the console talk to the plugin's address. */
function Allow({ plugin }: { plugin: PluginReference }) {
  const client = useQueryClient();
  const toast = useToast();
  const mayAllow = usePermission("settings:write");
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.changePlugin(plugin.id, { approveEndpoint: true }),
    onSuccess: () => toast({ title: `${plugin.endpoint} is allowed`, tone: "ok" }),
    onError: (error) => {
      const { message, hint } = toErrorInfo(error);
      toast({ title: message, body: hint, tone: "bad" });
    },
    onSettled: () => client.invalidateQueries(),
  });
  if (!mayAllow) return null;
  return (
    <Button size="sm" loading={isPending} onClick={() => mutate()}>
      Allow {plugin.endpoint}
    </Button>
  );
}
