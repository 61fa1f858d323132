import { PlaygroundSkeleton } from "@/components/playground/playground-skeleton.tsx";

export default function Loading() {
  return <PlaygroundSkeleton />;
}
