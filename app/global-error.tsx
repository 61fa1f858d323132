"use client";

import { AccountFrame } from "@/components/account/account-frame.tsx";
import { PageError, type PageErrorProps } from "@/components/shell/page-error.tsx";
import "./globals.css";

/** Stands in for the whole document when the root layout itself fails. */
export default function GlobalError(props: PageErrorProps) {
  return (
    <html lang="en">
      <body>
        <AccountFrame title="Something went wrong">
          <PageError {...props} />
        </AccountFrame>
      </body>
    </html>
  );
}
