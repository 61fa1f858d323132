"use client";

import type { Finding } from "@/lib/contract/manifest.ts";
import { AddressConsent } from "../address-consent.tsx";
import { toPlace } from "../address-place.ts";
import { FindingList } from "../finding-list.tsx";
import { CommandLine, ExistingPlugin, OtherInstances } from "./preview-relation.tsx";
import { PreviewSummary } from "./preview-summary.tsx";
import { ReachFailure, ReachLadder } from "./reach-ladder.tsx";
import { RegisterForm } from "./register-form.tsx";
import type { Previewed, useRegistration } from "./use-registration.ts";

/** A preview in the order of use: what it is, what is there already, what is wrong, what is still needed, register. */
export function PreviewBody({
  previewed: { preview, text },
  registration,
  currentLine,
  onPick,
}: {
  previewed: Previewed;
  registration: ReturnType<typeof useRegistration>;
  currentLine: number | null;
  onPick: (finding: Finding) => void;
}) {
  const { allow } = registration;
  const { manifest, address, existing, commandLine } = preview;
  // A plugin in the box is read without its service: registering it asks.
  const waits = address?.tier === "approval" && preview.origin !== "builtin";
  return (
    <>
      {manifest ? <PreviewSummary manifest={manifest} values={preview.values} calls={preview.calls} /> : null}
      <ReachLadder steps={preview.reach} />
      {existing ? (
        <ExistingPlugin existing={existing} changes={preview.changes} read={manifest !== null} />
      ) : manifest ? (
        <OtherInstances instances={preview.instances} type={manifest.metadata.provider_type} />
      ) : null}
      {commandLine ? <CommandLine parts={commandLine} /> : null}
      <Findings
        findings={preview.findings}
        currentLine={text === undefined ? null : currentLine}
        onPick={text === undefined ? undefined : onPick}
      />
      {waits && !existing && !allow.error ? (
        <AddressConsent place={toPlace(address)} pending={allow.isPending} onAllow={() => allow.mutate()} />
      ) : null}
      {allow.error ? <ReachFailure error={allow.error} onRetry={() => allow.mutate()} /> : null}
      {preview.registrable && !waits ? <RegisterForm preview={preview} registration={registration} /> : null}
    </>
  );
}

function Findings({
  findings,
  currentLine,
  onPick,
}: {
  findings: Finding[];
  currentLine: number | null;
  /** Absent where there is no text the findings point into. */
  onPick: ((finding: Finding) => void) | undefined;
}) {
  if (findings.length === 0) return null;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  return (
    <section aria-label="Findings" className="flex flex-col gap-2">
      <h3 className="font-semibold">
        {errors > 0 ? count(errors, "error") : null}
        {errors > 0 && warnings > 0 ? ", " : null}
        {warnings > 0 ? count(warnings, "warning") : null}
        {errors > 0 ? (
          <span className="font-normal text-muted"> · correct the errors to register</span>
        ) : null}
      </h3>
      <FindingList findings={findings} currentLine={currentLine} {...(onPick && { onPick })} />
    </section>
  );
}

function count(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`;
}
