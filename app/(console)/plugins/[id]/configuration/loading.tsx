import { ConfigurationSkeleton } from "@/components/plugins/plugin-skeleton.tsx";

export default function Loading() {
  return <ConfigurationSkeleton />;
}
