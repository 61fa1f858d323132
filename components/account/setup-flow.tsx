"use client";

import { useEffect, useState } from "react";
import { toErrorInfo } from "@/components/ui/error-notice.tsx";
import { api } from "@/lib/client/browser.ts";
import { useDraft } from "@/lib/client/draft.ts";
import { toAddress } from "@/lib/client/path.ts";
import type { ErrorInfo } from "@/lib/contract/error.ts";
import { AccountFrame } from "./account-frame.tsx";
import { SetupAccount } from "./setup-account.tsx";
import { SetupDone } from "./setup-done.tsx";
import { EMPTY_DRAFT, readTokenFromFragment, type SetupDraft } from "./setup-draft.ts";
import { SetupToken } from "./setup-token.tsx";
import { Steps } from "./steps.tsx";

const LABELS = ["Token", "Account", "Ready"] as const;
const TITLES = ["Welcome to Loom Console", "Make your account", "Everything is set up"] as const;

/** The first start in three steps. Everything but the password survives a reload. */
export function SetupFlow() {
  const [draft, setDraft, clearDraft] = useDraft<SetupDraft>("setup", EMPTY_DRAFT);
  const [done, setDone] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);

  useEffect(() => {
    if (done) return;
    function takeFromAddress() {
      const token = readTokenFromFragment(window.location.hash);
      if (!token) return;
      setError(null);
      setDraft((before) => ({ ...before, token, tokenGiven: true }));
      // The token has done its work in the address: out of it, and out of the history.
      window.history.replaceState(null, "", window.location.pathname);
    }
    takeFromAddress();
    // A link pasted into a tab that is here already changes nothing but the fragment.
    window.addEventListener("hashchange", takeFromAddress);
    return () => window.removeEventListener("hashchange", takeFromAddress);
  }, [done, setDraft]);

  async function prove() {
    setError(null);
    try {
      await api.checkSetupToken(draft.token.trim());
      setDraft((before) => ({ ...before, tokenGiven: true }));
    } catch (failure) {
      setError(toErrorInfo(failure));
    }
  }

  async function create(password: string) {
    const { token, name, email } = draft;
    setError(null);
    try {
      await api.setup({ token: token.trim(), name: name.trim(), email: email.trim(), password });
    } catch (failure) {
      const info = toErrorInfo(failure);
      setError(info);
      if (info.code === "invalid_setup_token") setDraft((before) => ({ ...before, tokenGiven: false }));
      return;
    }
    clearDraft();
    setDone(true);
    // From here on a reload is the overview: this page does not exist any more.
    window.history.replaceState(null, "", toAddress("/"));
  }

  const step = done ? 2 : draft.tokenGiven ? 1 : 0;
  return (
    <AccountFrame title={TITLES[step]}>
      <Steps labels={LABELS} current={step} />
      {step === 0 ? (
        <SetupToken
          draft={draft}
          error={error}
          onChange={(token) => {
            setError(null);
            setDraft((before) => ({ ...before, token }));
          }}
          onContinue={prove}
        />
      ) : step === 1 ? (
        <SetupAccount
          draft={draft}
          error={error}
          onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
          onBack={() => {
            setError(null);
            setDraft((before) => ({ ...before, tokenGiven: false }));
          }}
          onCreate={create}
        />
      ) : (
        <SetupDone />
      )}
    </AccountFrame>
  );
}
