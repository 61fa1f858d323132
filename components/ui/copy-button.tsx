"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./button.tsx";
import { copyText } from "./clipboard.ts";

/** How long the tick stays. */
const TICK_MS = 1_600;

/** Copies `value` with one press. `label` says what: "Copy endpoint". */
export function CopyButton({ value, label }: { value: string; label: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);

  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), TICK_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const said =
    outcome === "copied"
      ? "Copied"
      : outcome === "refused"
        ? "The browser refused: select and copy by hand"
        : label;
  return (
    <>
      <IconButton
        label={said}
        size="sm"
        onClick={() => void copyText(value).then((done) => setOutcome(done ? "copied" : "refused"))}
      >
        {outcome === "copied" ? <Check aria-hidden className="text-ok" /> : <Copy aria-hidden />}
      </IconButton>
      <span role="status" className="sr-only">
        {outcome ? said : ""}
      </span>
    </>
  );
}
