import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { Overview } from "@/components/overview/overview.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <ButtonLink href="/plugins/new" icon={<Plus aria-hidden />} className="shell:hidden">
            Add plugin
          </ButtonLink>
        }
      />
      <Prefetch
        load={(client, query) => [
          client.prefetchQuery(query.plugins),
          client.prefetchQuery(query.overview),
          client.prefetchQuery(query.folders),
        ]}
      >
        <Overview />
      </Prefetch>
    </>
  );
}
