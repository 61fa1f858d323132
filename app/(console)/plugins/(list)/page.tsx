import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { FolderProblems } from "@/components/plugins/list/folder-problems.tsx";
import { PluginList } from "@/components/plugins/list/plugin-list.tsx";
import { ReloadFolders } from "@/components/plugins/list/reload-folders.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";
import { PageHeader } from "@/components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Plugins" };

export default function PluginsPage() {
  return (
    <>
      <PageHeader
        title="Plugins"
        actions={
          <>
            <ReloadFolders />
            <ButtonLink href="/plugins/new" variant="primary" icon={<Plus aria-hidden />}>
              Add plugin
            </ButtonLink>
          </>
        }
      />
      <Prefetch
        load={(client, query) => [client.prefetchQuery(query.plugins), client.prefetchQuery(query.folders)]}
      >
        <FolderProblems />
        <PluginList />
      </Prefetch>
    </>
  );
}
