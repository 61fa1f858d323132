import type { Metadata } from "next";
import { ApprovalList } from "@/components/settings/approval-list.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";

export const metadata: Metadata = { title: "Addresses" };

export default function AddressesPage() {
  return (
    <Prefetch load={(client, query) => [client.prefetchQuery(query.approvals)]}>
      <ApprovalList />
    </Prefetch>
  );
}
