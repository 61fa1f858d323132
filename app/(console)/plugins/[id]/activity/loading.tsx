import { ActivitySkeleton } from "@/components/activity/activity-skeleton.tsx";

export default function Loading() {
  return <ActivitySkeleton />;
}
