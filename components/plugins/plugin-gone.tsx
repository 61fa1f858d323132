import { PlugZap } from "lucide-react";
import { ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";

/** No plugin answers to this id or name, or it was removed a moment ago. */
export function PluginGone() {
  return (
    <>
      <h1 className="sr-only">No such plugin</h1>
      <EmptyState
        icon={<PlugZap />}
        title="There is no such plugin"
        action={
          <>
            <ButtonLink href="/plugins">See all plugins</ButtonLink>
            <ButtonLink href="/plugins/new" variant="primary">
              Add a plugin
            </ButtonLink>
          </>
        }
      >
        It was removed or renamed, or the link has a mistake in it.
      </EmptyState>
    </>
  );
}
