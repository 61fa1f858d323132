"use client";

import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { ErrorNotice } from "@/components/ui/error-notice.tsx";
import { Field } from "@/components/ui/field.tsx";
import { Input } from "@/components/ui/input.tsx";
import { PASSWORD_LENGTH, SetupRequest } from "@/lib/contract/account.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import { PasswordInput } from "./password-input.tsx";
import type { SetupDraft } from "./setup-draft.ts";

const FIELDS = ["name", "email", "password"] as const;
type FieldName = (typeof FIELDS)[number];

function findProblem(name: FieldName, value: string): string | null {
  const checked = SetupRequest.shape[name].safeParse(name === "password" ? value : value.trim());
  return checked.success ? null : (checked.error.issues[0]?.message ?? "Please check this");
}

/** Step two: the first admin. Says what is wrong when a field is left, and takes it back while it is mended. */
export function SetupAccount({
  draft,
  error,
  onChange,
  onBack,
  onCreate,
}: {
  draft: SetupDraft;
  error: ErrorInfo | null;
  onChange: (change: Partial<Pick<SetupDraft, "name" | "email">>) => void;
  onBack: () => void;
  onCreate: (password: string) => Promise<void>;
}) {
  const [password, setPassword] = useState("");
  const [left, setLeft] = useState<ReadonlySet<FieldName>>(new Set());
  const [pending, setPending] = useState(false);
  const values = { name: draft.name, email: draft.email, password };
  const ownError = FIELDS.find((field) => field === error?.field);
  const problemOf = (field: FieldName) =>
    (left.has(field) ? findProblem(field, values[field]) : null) ??
    (ownError === field ? error?.message : null);
  const leave = (field: FieldName) => () => setLeft((before) => new Set(before).add(field));

  async function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    setLeft(new Set(FIELDS));
    const wrong = FIELDS.find((field) => findProblem(field, values[field]));
    if (wrong) {
      event.currentTarget.querySelector<HTMLInputElement>(`#${wrong}`)?.focus();
      return;
    }
    setPending(true);
    await onCreate(password);
    setPending(false);
  }

  return (
    <form method="post" noValidate className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      {error && !ownError ? <ErrorNotice error={error} /> : null}
      <Field label="Name" id="name" required error={problemOf("name")}>
        {(aria) => (
          <Input
            {...aria}
            autoFocus
            autoComplete="name"
            value={draft.name}
            onBlur={leave("name")}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="E-mail"
        id="email"
        required
        error={problemOf("email")}
        hint="You sign in with it; no mail is sent."
      >
        {(aria) => (
          <Input
            {...aria}
            type="email"
            autoComplete="username"
            value={draft.email}
            onBlur={leave("email")}
            onChange={(event) => onChange({ email: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Password"
        id="password"
        required
        error={problemOf("password")}
        hint={`At least ${PASSWORD_LENGTH.min} characters; a few words work well.`}
      >
        {(aria) => (
          <PasswordInput
            {...aria}
            autoComplete="new-password"
            value={password}
            onBlur={leave("password")}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button onClick={onBack}>Back</Button>
        <Button type="submit" variant="primary" loading={pending} className="flex-1">
          Create account
        </Button>
      </div>
    </form>
  );
}
