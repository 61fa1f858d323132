import type { ReactNode } from "react";
import { Fact, FactList } from "@/components/plugins/fact-list.tsx";
import type { ProcessCommand } from "@/lib/contract/process.ts";

/** What would run, down to the digest; with `before`, each difference to what was approved. */
export function CommandFacts({
  command,
  before,
}: {
  command: ProcessCommand;
  before: ProcessCommand | null;
}) {
  const env = (of: ProcessCommand) =>
    Object.entries(of.env)
      .map(([name, value]) => `${name}=${value}`)
      .join("\n");
  const rows: Array<[name: string, of: (command: ProcessCommand) => string]> = [
    ["Program", ({ executable }) => executable],
    ["Arguments", ({ args }) => args.join("\n")],
    ["Environment", env],
    ["Folder", ({ workingDirectory }) => workingDirectory],
    ["SHA-256", ({ digest }) => digest],
  ];
  return (
    <FactList>
      {rows.map(([name, of]) => (
        <Fact key={name} name={name}>
          <Value now={of(command)} old={before === null ? null : of(before)} />
        </Fact>
      ))}
    </FactList>
  );
}

function Value({ now, old }: { now: string; old: string | null }) {
  if (old === null || old === now) return <Code>{now || "none"}</Code>;
  return (
    <span className="flex flex-col gap-0.5">
      <del className="text-bad">
        <span className="sr-only">Approved: </span>
        <Code>{old || "none"}</Code>
      </del>
      <ins className="text-ok no-underline">
        <span className="sr-only">Now: </span>
        <Code>{now || "none"}</Code>
      </ins>
    </span>
  );
}

function Code({ children }: { children: ReactNode }) {
  return <code className="whitespace-pre-wrap wrap-anywhere">{children}</code>;
}
