import { HealthSkeleton } from "@/components/plugins/plugin-skeleton.tsx";

export default function Loading() {
  return <HealthSkeleton />;
}
