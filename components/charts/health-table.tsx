import type { HealthReport } from "@/lib/contract/health.ts";
import { formatCount, formatMs } from "../ui/numbers.ts";
import { Table, TBody, Td, Th, THead, Tr } from "../ui/table.tsx";
import { useTimeFormat } from "./time-format.ts";

/** The chart's figures, newest first; stretches without a check are left out and said to be. */
export function HealthTable({ report }: { report: HealthReport }) {
  const { clock, moment } = useTimeFormat();
  const spell = report.to - report.from > 86_400_000 ? moment : clock;
  const rows = report.buckets.filter(({ checks }) => checks > 0).toReversed();
  return (
    <div className="relative max-h-96 overflow-y-auto">
      <Table label="Latency by time">
        <caption className="sr-only">Newest first. Times without a health check are left out.</caption>
        <THead>
          <Tr>
            <Th>From</Th>
            <Th figure>p50</Th>
            <Th figure>p95</Th>
            <Th figure>Fastest</Th>
            <Th figure>Slowest</Th>
            <Th figure>Checks</Th>
            <Th figure>Failed</Th>
          </Tr>
        </THead>
        <TBody>
          {rows.map((bucket) => (
            <Tr key={bucket.at}>
              <Td className="figures whitespace-nowrap">{spell(bucket.at)}</Td>
              <Td figure>{formatMs(bucket.p50Ms)}</Td>
              <Td figure>{formatMs(bucket.p95Ms)}</Td>
              <Td figure>{formatMs(bucket.minMs)}</Td>
              <Td figure>{formatMs(bucket.maxMs)}</Td>
              <Td figure>{formatCount(bucket.checks)}</Td>
              <Td figure className={bucket.failures > 0 ? "font-medium text-bad" : ""}>
                {formatCount(bucket.failures)}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </div>
  );
}
