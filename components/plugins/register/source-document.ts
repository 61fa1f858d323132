import { useState } from "react";
import type { Reading } from "./register-source.ts";

/** A line break, a brace or `key: ` at the beginning: from here on it cannot become an address any more. */
const DOCUMENT = /\n|^\s*[{#]|^\s*\[(?![\da-f:])|^\s*[\w-]+:\s/i;

/** Whether a text asks for an editor. */
export function isDocument(reading: Reading): boolean {
  return reading.kind === "manifest" && DOCUMENT.test(reading.text);
}

/** As `isDocument`, but once an editor is open it stays until the text is gone or is an address. */
export function useIsDocument(reading: Reading): boolean {
  const [open, setOpen] = useState(false);
  const wanted = isDocument(reading) || (open && reading.kind === "manifest");
  if (wanted !== open) setOpen(wanted);
  return wanted;
}
