"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { useState, type ReactNode } from "react";
import { createQueryClient } from "@/components/shell/query-client.ts";
import { useThemeClass } from "@/components/shell/theme.ts";
import { NowProvider } from "@/components/ui/now.tsx";
import { ToastProvider } from "@/components/ui/toast.tsx";

/** What every page stands on: the query cache, URL state, notices, the instant of the render. */
export function Providers({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  const [client] = useState(createQueryClient);
  useThemeClass();
  return (
    <QueryClientProvider client={client}>
      <NuqsAdapter>
        <NowProvider renderedAt={renderedAt}>
          <ToastProvider>{children}</ToastProvider>
        </NowProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  );
}
