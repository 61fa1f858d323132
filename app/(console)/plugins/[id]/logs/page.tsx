import type { Metadata } from "next";
import { PluginLogs } from "@/components/processes/plugin-logs.tsx";

export const metadata: Metadata = { title: "Logs" };

export default function LogsPage() {
  return <PluginLogs />;
}
