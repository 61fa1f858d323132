import { ApprovalSkeleton } from "@/components/settings/approval-skeleton.tsx";

export default function Loading() {
  return <ApprovalSkeleton />;
}
