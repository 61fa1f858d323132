import { Plug, Power } from "lucide-react";
import { ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";

/** Nobody here to talk to: none registered, or none switched on. Says what to do about it. */
export function NoPlugin({ registered }: { registered: number }) {
  if (registered === 0) {
    return (
      <EmptyState
        icon={<Plug />}
        title="Nobody to talk to yet"
        command="npm --prefix examples/plugins/example-nodejs ci && npm --prefix examples/plugins/example-nodejs start"
        action={
          <ButtonLink variant="primary" href="/plugins/new">
            Add a plugin
          </ButtonLink>
        }
      >
        Add the built-in ELIZA with one click, or any plugin by its address. No plugin at hand? This runs ours
        on http://127.0.0.1:8090:
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Power />}
      title="No plugin is switched on"
      action={
        <ButtonLink variant="primary" href="/plugins">
          Open plugins
        </ButtonLink>
      }
    >
      {registered === 1 ? "Your plugin is" : `All ${registered} plugins are`} disabled. Enable one in the
      list, then come back to talk to it.
    </EmptyState>
  );
}
