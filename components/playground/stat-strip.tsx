import { formatCount, formatMs, formatUsd } from "@/components/ui/numbers.ts";
import type { RunStats } from "@/lib/contract/playground.ts";

/** What the server measured, in one line. "—" is unknown, "≈" is computed by us rather than reported by the plugin. */
export function StatStrip({ stats, finishReason }: { stats: RunStats; finishReason: string | null }) {
  const cost = formatUsd(stats.costUsd);
  const facts: [name: string, value: string, explanation: string][] = [
    ["First token", formatMs(stats.ttftMs), "From sending the request to the first word"],
    [
      "Speed",
      formatRate(stats.tokensPerSecond),
      "Tokens of the answer per second, from its first word to its end",
    ],
    ["Total", formatMs(stats.totalMs), "From sending the request to the end of the answer"],
    ["Tokens", formatInOut(stats), "Of the question and of the answer, as the plugin counted them"],
    [
      "Cost",
      stats.costUsd !== null && stats.costEstimated ? `≈ ${cost}` : cost,
      stats.costEstimated ? "Computed from the model's price" : "As the plugin reported it",
    ],
    ...(finishReason === null
      ? []
      : [["Finish", finishReason, "Why the answer ended"] satisfies [string, string, string]]),
  ];
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs figures">
      {facts.map(([name, value, explanation]) => (
        <div key={name} title={explanation} className="flex gap-1.5 whitespace-nowrap">
          <dt className="text-faint">{name}</dt>
          <dd className="text-muted">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function formatRate(tokensPerSecond: number | null): string {
  if (tokensPerSecond === null) return "—";
  return `${tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : formatCount(tokensPerSecond)} tokens/s`;
}

function formatInOut({ promptTokens, completionTokens }: RunStats): string {
  if (promptTokens === null && completionTokens === null) return "—";
  return `${formatCount(promptTokens)} in · ${formatCount(completionTokens)} out`;
}
