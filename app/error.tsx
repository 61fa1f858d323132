"use client";

import { AccountFrame } from "@/components/account/account-frame.tsx";
import { PageError, type PageErrorProps } from "@/components/shell/page-error.tsx";

export default function RootError(props: PageErrorProps) {
  return (
    <AccountFrame title="Something went wrong">
      <PageError {...props} />
    </AccountFrame>
  );
}
