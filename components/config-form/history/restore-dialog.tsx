"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/lib/client/browser.ts";
import type { ConfigRestored, ConfigRevision } from "@/lib/contract/config-revision.ts";
import { NO_SECRET, type PluginConfig, type SecretState, type SecretWrite } from "@/lib/contract/config.ts";
import type { ConfigField } from "@/lib/contract/manifest.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { toErrorInfo } from "../../ui/error-info.ts";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { Field } from "../../ui/field.tsx";
import { toFieldMessages } from "../config-resolver.ts";
import { NoteField } from "../note-field.tsx";
import { boundSecrets, diffRevisions, goneSecrets, originOfRevision } from "./revision-diff.ts";
import { SecretInput } from "../secret/secret-input.tsx";
import { ValueDiff } from "../value-diff.tsx";

/** What restoring a revision changes, and which of its secrets have to be entered again because they are gone. */
export function RestoreDialog({
  pluginId,
  config,
  revision,
  now,
  onClose,
  onRestored,
}: {
  pluginId: string;
  config: PluginConfig;
  revision: ConfigRevision;
  now: ConfigRevision;
  onClose: () => void;
  onRestored: (restored: ConfigRestored) => void;
}) {
  const [note, setNote] = useState("");
  const [typed, setTyped] = useState<Record<string, string>>({});
  // Without variables: the cache of mutations would keep the secrets.
  const restore = useMutation({
    mutationFn: () =>
      api.restoreConfig(pluginId, {
        version: config.version,
        revision: revision.revision,
        secrets: toWrites(typed),
        ...(note.trim() ? { note: note.trim() } : {}),
      }),
    onSuccess: onRestored,
  });
  const told = restore.error ? toFieldMessages(config.schema, toErrorInfo(restore.error)) : [];
  const origin = originOfRevision(config, revision);
  const bound = boundSecrets(config, origin);
  const lost = new Set([...goneSecrets(revision, origin), ...bound, ...told.map(({ name }) => name)]);
  const gone = config.schema.filter(({ name, sensitive }) => sensitive && lost.has(name));
  // What becomes of the secrets that are gone is said, and chosen, at their inputs.
  const changes = diffRevisions(now, revision).filter(
    ({ field, secret }) => secret === undefined || !gone.some(({ name }) => name === field),
  );
  const submit = () => {
    if (!restore.isPending) restore.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title={`Restore revision ${revision.revision}`}
      description="Its values become the newest revision. The ones in between stay in the history."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" loading={restore.isPending} onClick={submit}>
            Restore
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {restore.error ? <ErrorNotice title="Not restored" error={restore.error} /> : null}
        {gone.map((field) => (
          <GoneSecret
            key={field.name}
            field={field}
            state={config.secrets[field.name] ?? NO_SECRET}
            isBound={bound.includes(field.name)}
            origin={origin}
            text={typed[field.name] ?? ""}
            error={told.find(({ name }) => name === field.name)?.message}
            onText={(text) => setTyped({ ...typed, [field.name]: text })}
          />
        ))}
        {changes.length === 0 ? (
          <p className="text-muted">Its values are the ones in force.</p>
        ) : (
          <ValueDiff changes={changes} schema={config.schema} />
        )}
        <NoteField note={note} onNote={setNote} onEnter={submit} />
      </div>
    </Dialog>
  );
}

function GoneSecret({
  field,
  state,
  isBound,
  origin,
  text,
  error,
  onText,
}: {
  field: ConfigField;
  /** Of the one that is set now. */
  state: SecretState;
  /** That one belongs elsewhere than where the revision leads. */
  isBound: boolean;
  origin: string | null;
  text: string;
  error: string | undefined;
  onText: (text: string) => void;
}) {
  return (
    <Field
      label={
        <>
          <code>{field.name}</code>{" "}
          {state.configured && !isBound ? "of that time is not kept" : "has to be entered again"}
        </>
      }
      required={isBound || (field.required && !state.configured)}
      error={error}
      hint={describeGone(state, isBound, origin)}
    >
      {(aria) => (
        <SecretInput aria={aria} text={text} autoFocus={false} onChange={onText} onBlur={() => undefined} />
      )}
    </Field>
  );
}

function describeGone(state: SecretState, isBound: boolean, origin: string | null): string {
  if (isBound)
    return `The one that is set now belongs to ${state.origin ?? "no address"} and is not sent to ${origin ?? "another"}.`;
  return state.configured
    ? "Enter it again, or leave this empty to stay with the one that is set now."
    : "Old secrets are not kept, and none is set now.";
}

function toWrites(typed: Record<string, string>): Record<string, SecretWrite> {
  const entered = Object.entries(typed).filter(([, text]) => text !== "");
  return Object.fromEntries(entered.map(([name, text]) => [name, { set: text }]));
}
