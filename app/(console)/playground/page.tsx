import type { Metadata } from "next";
import { Playground } from "@/components/playground/playground.tsx";
import { Prefetch } from "@/components/shell/prefetch.tsx";

export const metadata: Metadata = { title: "Playground" };

export default function PlaygroundPage() {
  return (
    <Prefetch load={(client, query) => [client.prefetchQuery(query.plugins)]}>
      <Playground />
    </Prefetch>
  );
}
