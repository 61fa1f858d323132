import { TableSkeleton } from "@/components/plugins/plugin-skeleton.tsx";

export default function Loading() {
  return <TableSkeleton />;
}
