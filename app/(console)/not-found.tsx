import { SearchX } from "lucide-react";
import { ButtonLink } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";

export default function NotFound() {
  return (
    <EmptyState
      icon={<SearchX />}
      title="There is nothing at this address"
      action={<ButtonLink href="/plugins">See all plugins</ButtonLink>}
    >
      It may have been removed, or the link has a mistake in it.
    </EmptyState>
  );
}
