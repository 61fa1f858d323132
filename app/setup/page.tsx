import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { SetupFlow } from "@/components/account/setup-flow.tsx";
import { isAppError } from "@/lib/contract/error.ts";
import { serverApi } from "@/lib/client/server.ts";

export const metadata: Metadata = { title: "Set up" };

export default async function SetupPage() {
  const api = serverApi(await headers());
  const isOpen = await api.setupState().then(
    ({ open }) => open,
    (error: unknown) => {
      if (isAppError(error) && error.code === "not_found") return false;
      throw error;
    },
  );
  if (!isOpen) notFound();
  return <SetupFlow />;
}
