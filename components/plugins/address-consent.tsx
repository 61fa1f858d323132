import { ShieldQuestion } from "lucide-react";
import type { ReactNode } from "react";
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
    <Question
      title={
        <>
          This plugin runs on your machine or network, at <code>{place}</code>
        </>
      }
      text={`${RULE} Allowing it is written to the activity trail; nothing has been contacted yet.`}
    >
      <Button variant="primary" loading={pending} onClick={onAllow}>
        Allow and check
      </Button>
    </Question>
  );
}

/** Says, before a preset is registered, that its service is on this machine or network, and what registering without consent means. */
export function ServiceConsent({ place, mayAllow }: { place: string; mayAllow: boolean }) {
  const without = mayAllow
    ? "Without it the plugin is registered too, and waits for it when you enable it."
    : "You can register the plugin; enabling it waits until an admin allowed the address.";
  return (
    <Question
      title={
        <>
          Its service is on your machine or network, at <code>{place}</code>
        </>
      }
      text={`${RULE} ${without}`}
    />
  );
}

const RULE = "The console talks to private addresses only after an admin allowed that exact host and port.";

function Question({ title, text, children }: { title: ReactNode; text: string; children?: ReactNode }) {
  return (
    <section
      aria-label="Permission to connect"
      className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-md border border-line-strong bg-info-soft px-3 py-3"
    >
      <ShieldQuestion aria-hidden className="size-5 shrink-0 text-info" />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium wrap-anywhere">{title}</p>
        <p className="text-sm text-muted">{text}</p>
      </div>
      {children}
    </section>
  );
}
