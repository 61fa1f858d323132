import type { ReactNode } from "react";
import { PageHeader } from "@/components/ui/page-header.tsx";
import { TabLinks } from "@/components/ui/tabs.tsx";

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHeader title="Settings" description="What concerns the console itself." />
      <TabLinks label="Settings" items={[{ href: "/settings/addresses", label: "Addresses" }]} />
      {children}
    </>
  );
}
