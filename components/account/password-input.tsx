"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState, type ComponentProps } from "react";
import { IconButton } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/input.tsx";

/** A password that its writer may look at. */
export function PasswordInput(props: Omit<ComponentProps<"input">, "type">) {
  const [shown, setShown] = useState(false);
  return (
    <div className="flex gap-1">
      <Input {...props} type={shown ? "text" : "password"} spellCheck={false} autoCapitalize="none" />
      <IconButton
        label={shown ? "Hide password" : "Show password"}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
      </IconButton>
    </div>
  );
}
