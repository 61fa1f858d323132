import { redirect } from "next/navigation";

/** Settings open on their first tab. */
export default function SettingsPage() {
  redirect("/settings/addresses");
}
