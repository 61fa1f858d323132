import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { AccountFrame } from "@/components/account/account-frame.tsx";
import { toReturnPath } from "@/components/account/return-path.ts";
import { SignInForm } from "@/components/account/sign-in-form.tsx";
import { serverApi } from "@/lib/client/server.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { next: raw, reason } = await searchParams;
  const next = toReturnPath(Array.isArray(raw) ? raw[0] : raw);
  const api = serverApi(await headers());
  // Both questions answer by failing: no session is the normal case, and a console that is set up knows no setup.
  const [isSignedIn, needsSetup] = await Promise.all([
    api.me().then(
      () => true,
      () => false,
    ),
    api.setupState().then(
      ({ open }) => open,
      () => false,
    ),
  ]);
  if (isSignedIn) redirect(next);
  if (needsSetup) redirect("/setup");
  return (
    <AccountFrame
      title="Sign in"
      description={
        reason === "expired" ? "You were signed out; sign in to continue where you were." : undefined
      }
    >
      <SignInForm next={next} />
    </AccountFrame>
  );
}
