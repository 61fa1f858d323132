import { PluginGone } from "@/components/plugins/plugin-gone.tsx";

export default function PluginNotFound() {
  return <PluginGone />;
}
