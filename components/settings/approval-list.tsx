"use client";

import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { EXAMPLE_COMMAND } from "@/components/plugins/list/plugin-list-example.ts";
import { usePermission } from "@/components/plugins/use-permission.ts";
import { ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Table, TBody, Th, THead, Tr } from "@/components/ui/table.tsx";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import type { Approval } from "@/lib/contract/intake.ts";
import { ApprovalRow } from "./approval-row.tsx";
import { ApprovalSkeleton } from "./approval-skeleton.tsx";
import { RevokeApproval } from "./revoke-approval.tsx";

/** Every private address the console may talk to, who allowed it, and the way to take that back. */
export function ApprovalList() {
  const { data, error, refetch } = useQuery(queries(api).approvals);
  const mayRevoke = usePermission("settings:write");
  const [revoking, setRevoking] = useState<Approval | null>(null);
  if (!data)
    return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <ApprovalSkeleton />;
  return (
    <Panel
      title="Allowed private addresses"
      description="Plugins on this machine or in your network are contacted only at a host and port that an admin allowed. Public addresses need no permission; link-local and metadata addresses are never contacted."
      padded={false}
    >
      {data.length === 0 ? (
        <Nothing />
      ) : (
        <Table label="Allowed private addresses">
          <THead>
            <Tr>
              <Th>Address</Th>
              <Th className="max-sm:hidden">Plugins there</Th>
              <Th className="max-sm:hidden">Allowed by</Th>
              <Th className="max-sm:hidden">When</Th>
              <Th>
                <span className="sr-only">Revoke</span>
              </Th>
            </Tr>
          </THead>
          <TBody>
            {data.map((approval) => (
              <ApprovalRow
                key={approval.id}
                approval={approval}
                mayRevoke={mayRevoke}
                onRevoke={() => setRevoking(approval)}
              />
            ))}
          </TBody>
        </Table>
      )}
      {revoking ? <RevokeApproval approval={revoking} onClose={() => setRevoking(null)} /> : null}
    </Panel>
  );
}

function Nothing() {
  return (
    <EmptyState
      icon={<ShieldCheck />}
      title="No private address is allowed yet"
      command={EXAMPLE_COMMAND}
      action={
        <ButtonLink href="/plugins/new" variant="primary">
          Add plugin
        </ButtonLink>
      }
    >
      Start a plugin, then give its address, for example <code>http://127.0.0.1:8090</code>. The console asks
      before it connects, and what you allow appears here.
    </EmptyState>
  );
}
