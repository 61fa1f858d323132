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
        <div className="text-sm text-muted sm:hidden">
          <Residents plugins={plugins} />
          {approvedBy}, <RelativeTime at={approvedAt} />
        </div>
      </Td>
      <Td className="wrap-anywhere max-sm:hidden">
        <Residents plugins={plugins} />
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

function Residents({ plugins }: Pick<Approval, "plugins">) {
  if (plugins.length === 0) return <p className="text-muted">No plugin</p>;
  return (
    <ul className="text-ink">
      {plugins.map((plugin) => (
        <li key={plugin.id}>
          <Link className="inline-flex min-h-6 items-center hover:underline" href={toPluginPath(plugin.id)}>
            {plugin.name}
          </Link>
        </li>
      ))}
    </ul>
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
