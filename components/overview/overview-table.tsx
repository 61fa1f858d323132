import Link from "next/link";
import { formatMs, formatPercent } from "@/components/ui/numbers.ts";
import { RelativeTime } from "@/components/ui/relative-time.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";
import { StatusBadge } from "@/components/ui/status-badge.tsx";
import { Table, TBody, Td, Th, THead, Tr } from "@/components/ui/table.tsx";
import type { PluginSummary } from "@/lib/contract/plugin.ts";

/** Every plugin in one line: state, trend, figures. */
export function OverviewTable({ plugins }: { plugins: readonly PluginSummary[] }) {
  return (
    <Table label="Figures of the plugins">
      <THead>
        <Tr>
          <Th>Name</Th>
          <Th>State</Th>
          <Th className="max-sm:hidden">Trend</Th>
          <Th figure>p50</Th>
          <Th figure className="max-sm:hidden">
            Uptime
          </Th>
          <Th figure className="max-md:hidden">
            Last check
          </Th>
        </Tr>
      </THead>
      <TBody>
        {plugins.map(({ id, name, badge, providerType, sparkline, p50Ms, uptime, lastCheck }) => (
          <Tr key={id} className="h-11 hover:bg-sunken/60">
            <Th scope="row" className="w-full max-w-0 min-w-32 border-b-0 font-normal text-ink">
              <Link
                href={`/plugins/${encodeURIComponent(id)}`}
                title={`${name} (${providerType})`}
                className="block truncate rounded font-medium hover:underline"
              >
                {name}
              </Link>
            </Th>
            <Td>
              <StatusBadge badge={badge} size="sm" />
            </Td>
            <Td className="max-sm:hidden">
              <Sparkline values={sparkline} />
            </Td>
            <Td figure>{formatMs(p50Ms)}</Td>
            <Td figure className="max-sm:hidden">
              {formatPercent(uptime)}
            </Td>
            <Td figure className="text-muted max-md:hidden">
              {lastCheck ? <RelativeTime at={lastCheck.checkedAt} /> : "—"}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
