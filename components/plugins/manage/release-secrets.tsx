import { KeyRound } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import type { Plugin } from "@/lib/contract/plugin.ts";

/** Says which secrets a move would forget, and asks. `refusal` is the `secrets_bound` of the API. */
export function ReleaseSecrets({
  plugin,
  refusal,
  pending,
  onRelease,
}: {
  plugin: Plugin;
  refusal: ErrorInfo;
  pending: boolean;
  onRelease: () => void;
}) {
  const names = refusal.details?.["secrets"];
  const secrets = Array.isArray(names) ? names.map(String) : [];
  return (
    <section
      role="alert"
      aria-label="Secrets that would be forgotten"
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-md border border-line-strong bg-warn-soft px-3 py-3"
    >
      <KeyRound aria-hidden className="size-5 shrink-0 text-warn" />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium wrap-anywhere">
          Moving it forgets{" "}
          {secrets.map((name, index) => (
            <span key={name}>
              {index > 0 ? ", " : ""}
              <code>{name}</code>
            </span>
          ))}
        </p>
        <p className="text-sm wrap-anywhere text-muted">
          {secrets.length === 1 ? "This secret was" : "These secrets were"} given to {plugin.endpoint} and{" "}
          {secrets.length === 1 ? "is" : "are"} never sent to another scheme, host or port. Enter{" "}
          {secrets.length === 1 ? "it" : "them"} again on the Configuration tab afterwards. History, settings
          and everything else stay.
        </p>
      </div>
      <Button variant="primary" loading={pending} onClick={onRelease}>
        Forget and move
      </Button>
    </section>
  );
}
