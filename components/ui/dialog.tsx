"use client";

import { X } from "lucide-react";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { Button, IconButton } from "./button.tsx";
import { cn } from "./class-names.ts";
import { ErrorNotice } from "./error-notice.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

/**
 * A modal over the platform's own `<dialog>`: it traps and gives back the focus, closes on Escape and makes the page inert.
 * Its content is mounted only while open. Put it outside forms and tables. The first control in it gets the focus.
 */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  size = "md",
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  size?: "sm" | "md" | "lg";
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={description ? `${id}-description` : undefined}
      onClose={() => {
        if (open) onOpenChange(false);
      }}
      onPointerDown={(event) => {
        // Only the backdrop itself: the dialog's own box is filled by its child.
        if (event.target === event.currentTarget) onOpenChange(false);
      }}
      className={cn(
        "m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] overflow-hidden rounded-xl border border-line bg-surface p-0 text-ink shadow-float open:animate-rise",
        { sm: "max-w-md", md: "max-w-xl", lg: "max-w-3xl" }[size],
      )}
    >
      {open ? (
        <div className="relative flex max-h-[calc(100dvh-2rem)] flex-col">
          <header className="border-b border-line py-3 pr-12 pl-4">
            <h2 id={`${id}-title`} className="text-lg font-semibold wrap-anywhere">
              {title}
            </h2>
            {description ? (
              <p id={`${id}-description`} className="text-base text-muted">
                {description}
              </p>
            ) : null}
          </header>
          {children ? <div className="min-h-0 overflow-y-auto p-4">{children}</div> : null}
          {footer ? (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">
              {footer}
            </footer>
          ) : null}
          {/* Last in order, so that the first thing focused is what the dialog is about. */}
          <div className="absolute top-2.5 right-2.5">
            <IconButton label="Close" size="sm" onClick={() => onOpenChange(false)}>
              <X aria-hidden />
            </IconButton>
          </div>
        </div>
      ) : null}
    </dialog>
  );
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  body: ReactNode;
  confirmLabel: string;
  danger?: boolean;
  typeToConfirm?: string;
  onConfirm: () => Promise<void>;
}

/**
 * Asks before something that cannot be undone; `body` says what will be gone. With `typeToConfirm` that text must be typed.
 * Stays open while `onConfirm` runs and shows its error; closes when it resolves.
 */
export function ConfirmDialog(props: ConfirmProps) {
  // The state of one asking does not outlive it.
  return props.open ? <OpenConfirmDialog {...props} /> : null;
}

function OpenConfirmDialog({
  open,
  onOpenChange,
  title,
  body,
  confirmLabel,
  danger = false,
  typeToConfirm,
  onConfirm,
}: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ready = typeToConfirm === undefined || typed.trim() === typeToConfirm.trim();

  async function confirm() {
    if (!ready || pending) return;
    setPending(true);
    setError(null);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (failure) {
      setError(failure);
      setPending(false);
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="sm"
      title={title}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            variant={danger ? "danger" : "primary"}
            disabled={!ready}
            loading={pending}
            onClick={() => void confirm()}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="wrap-anywhere text-muted">{body}</div>
        {typeToConfirm === undefined ? null : (
          <Field label={<TypeLabel text={typeToConfirm} />}>
            {(aria) => (
              <Input
                {...aria}
                value={typed}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setTyped(event.target.value)}
                onKeyDown={(event) => event.key === "Enter" && void confirm()}
              />
            )}
          </Field>
        )}
        {error ? <ErrorNotice error={error} /> : null}
      </div>
    </Dialog>
  );
}

function TypeLabel({ text }: { text: string }) {
  return (
    <span className="wrap-anywhere">
      Type <strong className="font-semibold select-all">{text}</strong> to confirm
    </span>
  );
}
