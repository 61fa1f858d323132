import type { ReactNode } from "react";
import { Fact, FactList } from "@/components/plugins/fact-list.tsx";
import { formatBytes, formatCount } from "@/components/ui/numbers.ts";
import type { FolderCoverage, ProcessCommand } from "@/lib/contract/process.ts";

/** What would run, down to the digest; with `before`, each difference to what was approved. */
export function CommandFacts({
  command,
  coverage,
  before,
}: {
  command: ProcessCommand;
  coverage: FolderCoverage | null;
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
      {coverage ? <Coverage coverage={coverage} /> : null}
    </FactList>
  );
}

/** What stands behind the digest, and what does not. */
function Coverage({ coverage: { files, bytes, data, dataCount } }: { coverage: FolderCoverage }) {
  return (
    <>
      <Fact name="Covers">
        the program and {formatCount(files)} {files === 1 ? "file" : "files"} of the folder,{" "}
        {formatBytes(bytes)}
      </Fact>
      {dataCount === 0 ? null : (
        <Fact name="Does not cover">
          <Code>{data.join(", ")}</Code>
          {dataCount > data.length ? ` and ${formatCount(dataCount - data.length)} more` : ""}
          <span className="block text-muted">
            The manifest, logs and databases may change without a question.
          </span>
        </Fact>
      )}
    </>
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
