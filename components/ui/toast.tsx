"use client";

import { X } from "lucide-react";
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { Button, IconButton } from "./button.tsx";
import { cn } from "./class-names.ts";

/** Time to read two lines. Bad news and offers to act stay until they are dismissed or replaced. */
const VISIBLE_MS = 6_000;
const MOST = 3;

export interface ToastInput {
  title: string;
  body?: string | undefined;
  tone?: "ok" | "bad" | "info";
  action?: { label: string; onClick: () => void };
}

interface Shown extends ToastInput {
  id: number;
}

const ToastContext = createContext<((toast: ToastInput) => void) | null>(null);

/** `toast({ title, body?, tone?, action? })` says something briefly at the edge of the screen. */
export function useToast(): (toast: ToastInput) => void {
  const toast = useContext(ToastContext);
  if (!toast) throw new Error("useToast needs a ToastProvider above it");
  return toast;
}

/** Holds and announces notices. At most three at once, the oldest gives way. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown[]>([]);
  const lastId = useRef(0);
  const toast = useCallback((input: ToastInput) => {
    lastId.current += 1;
    const next = { ...input, id: lastId.current };
    setShown((before) => [...before.filter(({ title }) => title !== next.title), next].slice(-MOST));
  }, []);
  const dismiss = useCallback((id: number) => {
    setShown((before) => before.filter((one) => one.id !== id));
  }, []);
  const list = useMemo(
    () => shown.map((one) => <Toast key={one.id} toast={one} onDismiss={dismiss} />),
    [shown, dismiss],
  );

  return (
    <ToastContext value={toast}>
      {children}
      <section
        aria-label="Notices"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-end gap-2 sm:left-auto sm:w-96"
      >
        {list}
      </section>
    </ToastContext>
  );
}

function Toast({ toast, onDismiss }: { toast: Shown; onDismiss: (id: number) => void }) {
  const { id, title, body, tone = "info", action } = toast;
  const [held, setHeld] = useState(false);
  const stays = held || tone === "bad" || action !== undefined;

  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => onDismiss(id), VISIBLE_MS);
    return () => clearTimeout(timer);
  }, [stays, id, onDismiss]);

  return (
    <div
      role={tone === "bad" ? "alert" : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      className="pointer-events-auto flex w-full animate-rise items-start gap-3 rounded-lg border border-line-strong bg-surface py-2.5 pr-2 pl-3 shadow-float"
    >
      <span
        aria-hidden
        className={cn("mt-1.5 size-2 shrink-0 rounded-full", {
          "bg-ok": tone === "ok",
          "bg-bad": tone === "bad",
          "bg-info": tone === "info",
        })}
      />
      <div className="min-w-0 flex-1 wrap-anywhere">
        <p className="font-medium">{title}</p>
        {body ? <p className="text-sm text-muted">{body}</p> : null}
      </div>
      {action ? (
        <Button
          size="sm"
          onClick={() => {
            action.onClick();
            onDismiss(id);
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <IconButton label="Dismiss" size="sm" onClick={() => onDismiss(id)}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}
