import type { Metadata } from "next";
import { RegisterPlugin } from "@/components/plugins/register/register-plugin.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Add a plugin" };

export default function NewPluginPage() {
  return (
    <>
      <PageHeader
        back={{ href: "/plugins", label: "Plugins" }}
        title="Add a plugin"
        description="See what the console makes of it first. Nothing is stored and nothing is started before you register."
      />
      <RegisterPlugin />
    </>
  );
}
