"use client";

import { ButtonLink } from "@/components/ui/button.tsx";
import type { Finding } from "@/lib/contract/manifest.ts";
import { AddressConsent } from "./address-consent.tsx";
import { FindingList } from "./finding-list.tsx";
import { ManifestExcerpt } from "./manifest-excerpt.tsx";
import { toPluginPath } from "./plugin-path.ts";
import { PreviewSummary } from "./preview-summary.tsx";
import { ReachFailure, ReachLadder } from "./reach-ladder.tsx";
import { RegisterForm } from "./register-form.tsx";
import type { Previewed, useRegistration } from "./use-registration.ts";

/** A preview in the order of use: what it is, what is wrong, what is still needed, register. */
export function PreviewBody({
  previewed: { preview, text },
  registration,
  onPick,
}: {
  previewed: Previewed;
  registration: ReturnType<typeof useRegistration>;
  onPick: (finding: Finding) => void;
}) {
  const { allow } = registration;
  const { manifest, address, existing } = preview;
  return (
    <>
      {manifest ? <PreviewSummary manifest={manifest} calls={preview.calls} /> : null}
      <ReachLadder steps={preview.reach} />
      <Findings findings={preview.findings} text={text} onPick={onPick} />
      {existing ? <Existing existing={existing} /> : null}
      {address?.tier === "approval" && !existing ? (
        <AddressConsent
          place={`${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`}
          pending={allow.isPending}
          onAllow={() => allow.mutate()}
        />
      ) : null}
      {allow.error ? <ReachFailure error={allow.error} onRetry={() => allow.mutate()} /> : null}
      {preview.registrable && address?.tier !== "approval" ? (
        <RegisterForm preview={preview} registration={registration} />
      ) : null}
    </>
  );
}

function Findings({
  findings,
  text,
  onPick,
}: {
  findings: Finding[];
  text: string | undefined;
  onPick: (finding: Finding) => void;
}) {
  if (findings.length === 0) return null;
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const placed = text === undefined ? [] : findings.filter(({ line }) => line !== undefined);
  const loose = findings.filter((finding) => !placed.includes(finding));
  return (
    <section aria-label="Findings" className="flex flex-col gap-3">
      <h3 className="font-semibold">
        {errors > 0 ? count(errors, "error") : null}
        {errors > 0 && warnings > 0 ? ", " : null}
        {warnings > 0 ? count(warnings, "warning") : null}
        {errors > 0 ? (
          <span className="font-normal text-muted"> · correct the errors to register</span>
        ) : null}
      </h3>
      {loose.length > 0 ? <FindingList findings={loose} /> : null}
      {text === undefined ? null : <ManifestExcerpt text={text} findings={placed} onPick={onPick} />}
    </section>
  );
}

function count(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`;
}

function Existing({ existing }: { existing: { id: string; name: string } }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line bg-info-soft px-3 py-2.5">
      <p className="min-w-0 wrap-anywhere">
        This address is registered already, as <strong className="font-semibold">{existing.name}</strong>.
      </p>
      <ButtonLink size="sm" href={toPluginPath(existing.id)}>
        Open {existing.name}
      </ButtonLink>
    </div>
  );
}
