import { ShieldX } from "lucide-react";
import Link from "next/link";
import { toPluginPath } from "@/components/plugins/plugin-path.ts";
import { Button } from "@/components/ui/button.tsx";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { Td, Tr } from "@/components/ui/table.tsx";
import { Tooltip } from "@/components/ui/tooltip.tsx";
import type { Approval } from "@/lib/contract/intake.ts";

/** One allowed address. On a phone who and when stand under it. */
export function ApprovalRow({
  approval: { id, plugins, approvedBy, approvedAt },
  mayRevoke,
  onRevoke,
}: {
  approval: Approval;
  mayRevoke: boolean;
  onRevoke: () => void;
}) {
  return (
    <Tr>
      <Td>
        <code className="wrap-anywhere">{id}</code>
        <p className="text-sm text-muted sm:hidden">
          {approvedBy}, <RelativeTime at={approvedAt} />
        </p>
      </Td>
      <Td className="wrap-anywhere">
        {plugins.length === 0 ? (
          <span className="text-muted">None</span>
        ) : (
          <ul>
            {plugins.map((plugin) => (
              <li key={plugin.id}>
                <Link className="inline-block min-h-6 hover:underline" href={toPluginPath(plugin.id)}>
                  {plugin.name}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Td>
      <Td className="wrap-anywhere max-sm:hidden">{approvedBy}</Td>
      <Td className="max-sm:hidden">
        <RelativeTime at={approvedAt} />
      </Td>
      <Td className="text-right">
        {mayRevoke ? (
          <Revoke id={id} onClick={onRevoke} />
        ) : (
          <Tooltip content="Only an admin can revoke an address.">
            <Revoke id={id} aria-disabled />
          </Tooltip>
        )}
      </Td>
    </Tr>
  );
}

interface RevokeProps {
  id: string;
  onClick?: () => void;
  "aria-disabled"?: boolean;
  "aria-describedby"?: string;
}

function Revoke({ id, ...rest }: RevokeProps) {
  return (
    <Button size="sm" icon={<ShieldX aria-hidden />} aria-label={`Revoke ${id}`} {...rest}>
      Revoke
    </Button>
  );
}
