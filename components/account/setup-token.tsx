"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import { SetupRequest } from "@/lib/contract/account.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import { readTokenFromText, type SetupDraft } from "./setup-draft.ts";

/** Step one: proof that whoever is here can read the start log. */
export function SetupToken({
  draft,
  error,
  onChange,
  onContinue,
}: {
  draft: SetupDraft;
  error: ErrorInfo | null;
  onChange: (token: string) => void;
  onContinue: () => Promise<void>;
}) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const wrongToken = error?.code === "invalid_setup_token" ? error : null;
  return (
    <form
      method="post"
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (pending) return;
        const checked = SetupRequest.shape.token.safeParse(draft.token.trim());
        if (!checked.success) {
          return setProblem(checked.error.issues[0]?.message ?? "Paste the token from the start log");
        }
        setPending(true);
        void onContinue().finally(() => setPending(false));
      }}
    >
      <p className="text-muted">
        The console printed a one-time token where it was started. It proves that this console is yours.
      </p>
      {error && !wrongToken ? <ErrorNotice error={error} /> : null}
      <Field
        label="Setup token"
        id="token"
        error={problem ?? (wrongToken ? `${wrongToken.message} ${wrongToken.hint ?? ""}` : null)}
        hint="Look for “one-time setup token” in the terminal. A restart prints a new one."
      >
        {(aria) => (
          <Input
            {...aria}
            mono
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={draft.token}
            onChange={(event) => {
              setProblem(null);
              onChange(readTokenFromText(event.target.value));
            }}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" loading={pending} className="w-full">
        Continue
      </Button>
    </form>
  );
}
