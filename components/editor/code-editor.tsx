"use client";

import type { CompletionSource } from "@codemirror/autocomplete";
import {
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from "react";
import { flushSync } from "react-dom";
import type { Finding } from "@/lib/contract/manifest.ts";
import { cn } from "../ui/class-names.ts";
import type { FieldAria } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import type { createEditor, Editor, EditorLanguage } from "./editor-view.ts";
import { readPageNonce } from "./page-nonce.ts";
import { toOffset, toUnixLines } from "./text-position.ts";

/** What a page may ask of an editor it shows. */
export interface CodeEditorHandle {
  /** Shows a place (1-based) and puts the caret there. */
  reveal(line: number, column: number): void;
  focus(): void;
}

export interface CodeEditorProps {
  ref?: Ref<CodeEditorHandle>;
  /** The accessible name, the visible label's words. */
  label: string;
  aria?: FieldAria;
  value: string;
  /** Absent: the text can be read and copied, not changed. */
  onChange?: (text: string) => void;
  language: EditorLanguage;
  /** While true there is only a plain text field; the focus moves between the two. */
  plain?: boolean;
  /** What is noticed in `text`; shown once the editor holds exactly that text. */
  findings?: { text: string; list: readonly Finding[] } | undefined;
  /** Loads what completes words; a constant. */
  loadCompletion?: () => Promise<CompletionSource>;
  /** The line of the caret, 1-based. */
  onLine?: (line: number) => void;
  tabIndents?: boolean;
  autoFocus?: boolean;
  placeholder?: string;
  onKeyDown?: (event: KeyboardEvent) => void;
  /** A height: the box keeps it while the editor is loaded. */
  className?: string;
}

/** A text editor for YAML and JSON. Until it is loaded, and without JavaScript, a plain text field with the same text. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, aria, value, onChange, plain = false, autoFocus, placeholder, onKeyDown, className } = props;
  const { box, area, ready } = useEditor(props);
  const shown = ready && !plain;
  return (
    <>
      {shown ? null : (
        <Textarea
          {...aria}
          ref={area}
          aria-label={label}
          mono
          autoFocus={autoFocus}
          value={value}
          readOnly={!onChange}
          placeholder={placeholder}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          className={plain ? undefined : cn("field-sizing-fixed max-h-none resize-none", className)}
          onChange={(event) => onChange?.(event.target.value)}
          onKeyDown={onKeyDown}
        />
      )}
      <div
        ref={box}
        hidden={!shown}
        className={cn(
          "min-w-0 overflow-hidden rounded-md border border-line-control bg-surface focus-within:outline-2 focus-within:outline-focus",
          aria?.["aria-invalid"] && "border-bad",
          className,
        )}
      />
    </>
  );
}

/** Loads the editor when it is first needed and keeps it in step with the text, its findings and its settings. */
function useEditor(props: CodeEditorProps) {
  const { ref, value, language, plain = false, findings, tabIndents = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<Editor>(null);
  const takeFocus = useRef(false);
  const [ready, setReady] = useState(false);

  const change = useEffectEvent((text: string) => props.onChange?.(text));
  const move = useEffectEvent((line: number) => props.onLine?.(line));
  const mount = useEffectEvent(
    (element: HTMLElement, create: typeof createEditor, complete: CompletionSource | null) => {
      const text = toUnixLines(props.value);
      const typed = area.current;
      takeFocus.current = typed !== null && document.activeElement === typed;
      editor.current = create(element, {
        text,
        selection: {
          anchor: Math.min(typed?.selectionStart ?? 0, text.length),
          head: Math.min(typed?.selectionEnd ?? 0, text.length),
        },
        language: props.language,
        readOnly: !props.onChange,
        attributes: toAttributes(props),
        nonce: readPageNonce(),
        complete,
        onChange: (next) => change(next),
        onLine: (line) => move(line),
      });
      editor.current.setTabIndents(props.tabIndents ?? false);
      // At once: two fields of one name and id must never be there together.
      flushSync(() => setReady(true));
    },
  );
  const open = useEffectEvent(async (element: HTMLElement, closed: AbortSignal) => {
    const [module, complete] = await Promise.all([
      import("./editor-view.ts"),
      props.loadCompletion?.() ?? null,
    ]);
    if (!closed.aborted) mount(element, module.createEditor, complete);
  });

  // Before anything else sees the page: the plain field is back by now, and the editor has to be gone.
  useLayoutEffect(() => {
    if (plain || !box.current) return;
    const closed = new AbortController();
    void open(box.current, closed.signal);
    return () => {
      closed.abort();
      takeFocus.current = editor.current?.hasFocus() ?? false;
      editor.current?.close();
      editor.current = null;
      setReady(false);
    };
  }, [plain]);

  useEffect(() => {
    if (!takeFocus.current) return;
    takeFocus.current = false;
    if (ready) editor.current?.focus();
    else area.current?.focus();
  }, [ready]);

  const attributes = JSON.stringify(toAttributes(props));
  useEffect(() => {
    editor.current?.setAttributes(JSON.parse(attributes) as Record<string, string>);
  }, [attributes]);
  useEffect(() => editor.current?.setLanguage(language), [language]);
  useEffect(() => editor.current?.setTabIndents(tabIndents), [tabIndents]);
  useEffect(() => editor.current?.replace(value), [value]);
  useEffect(() => {
    const now = editor.current;
    if (now && (!findings || toUnixLines(findings.text) === now.text()))
      now.setFindings(findings?.list ?? []);
  }, [findings, value, ready]);

  useImperativeHandle(ref, () => ({
    reveal: (line, column) => {
      if (editor.current) editor.current.reveal(line, column);
      else revealIn(area.current, line, column);
    },
    focus: () => (editor.current ?? area.current)?.focus(),
  }));
  return { box, area, ready };
}

function toAttributes({ label, aria }: CodeEditorProps): Record<string, string> {
  return {
    "aria-label": label,
    // Focusable as it is; this says so to those who only look for the attribute.
    tabindex: "0",
    spellcheck: "false",
    autocorrect: "off",
    autocapitalize: "off",
    ...(aria && { id: aria.id }),
    ...(aria?.["aria-describedby"] && { "aria-describedby": aria["aria-describedby"] }),
    ...(aria?.["aria-invalid"] && { "aria-invalid": "true" }),
  };
}

function revealIn(area: HTMLTextAreaElement | null, line: number, column: number): void {
  if (!area) return;
  const offset = toOffset(area.value, line, column);
  area.focus();
  area.setSelectionRange(offset, offset);
}
