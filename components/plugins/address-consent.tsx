import { ShieldQuestion } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";

/** Asks once before the console talks to something on this machine or network. */
export function AddressConsent({
  place,
  pending,
  onAllow,
}: {
  place: string;
  pending: boolean;
  onAllow: () => void;
}) {
  return (
    <section
      aria-label="Permission to connect"
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-md border border-line-strong bg-info-soft px-3 py-3"
    >
      <ShieldQuestion aria-hidden className="size-5 shrink-0 text-info" />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium wrap-anywhere">
          This plugin runs on your machine or network, at <code>{place}</code>
        </p>
        <p className="text-sm text-muted">
          The console talks to private addresses only after an admin allowed that exact host and port.
          Allowing it is written to the activity trail; nothing has been contacted yet.
        </p>
      </div>
      <Button variant="primary" loading={pending} onClick={onAllow}>
        Allow and check
      </Button>
    </section>
  );
}
