"use client";

import { LogIn } from "lucide-react";
import { useRef, useState, type SyntheticEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice, toErrorInfo } from "@/components/ui/error-notice.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import { api } from "@/lib/client/browser.ts";
import { claimDrafts, useDraft } from "@/lib/client/draft.ts";
import { toAddress } from "@/lib/client/path.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import { PasswordInput } from "./password-input.tsx";

/** Says what a refused sign-in means for the person at the form; other errors speak for themselves. */
function explain(error: unknown): ErrorInfo {
  const info = toErrorInfo(error);
  if (info.code === "invalid_credentials" || info.code === "unauthenticated") {
    // Without the request id: nobody has to look into the log for a wrong password.
    return {
      code: info.code,
      message: "That e-mail and password do not belong together.",
      hint: "Check both and try again.",
    };
  }
  return info;
}

/** E-mail and password. On success a full load of `next`, so that nothing of an earlier reader stays in memory. */
export function SignInForm({ next }: { next: string }) {
  const [email, setEmail] = useDraft("sign-in-email", "");
  const [password, setPassword] = useState("");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const passwordField = useRef<HTMLInputElement>(null);

  async function submit(event: SyntheticEvent) {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setError(null);
    try {
      await api.signIn({ email: email.trim(), password });
      claimDrafts((await api.me()).id);
      window.location.assign(toAddress(next));
    } catch (failure) {
      setError(explain(failure));
      setPending(false);
      passwordField.current?.select();
    }
  }

  return (
    <form method="post" className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      {error ? <ErrorNotice error={error} /> : null}
      <Field label="E-mail" id="email">
        {(aria) => (
          <Input
            {...aria}
            type="email"
            name="email"
            autoComplete="username"
            autoFocus
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password" id="password">
        {(aria) => (
          <PasswordInput
            {...aria}
            ref={passwordField}
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button
        type="submit"
        variant="primary"
        loading={pending}
        icon={<LogIn aria-hidden />}
        className="w-full"
      >
        Sign in
      </Button>
    </form>
  );
}
