import { AccountFrame } from "@/components/account/account-frame.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";

export default function NotFound() {
  return (
    <AccountFrame
      title="There is nothing at this address"
      description="It may have been removed, or the link has a mistake in it."
    >
      <ButtonLink href="/" variant="primary">
        Go to overview
      </ButtonLink>
    </AccountFrame>
  );
}
