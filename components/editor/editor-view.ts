import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionStatus,
} from "@codemirror/autocomplete";
import type { CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { linter, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { Finding } from "@/lib/contract/manifest.ts";
import { EDITOR_LOOKS } from "./editor-theme.ts";
import { isShallow } from "./text-depth.ts";
import { FINDING_KEYS, toDiagnostics } from "./editor-findings.ts";
import { toOffset, toReplacement, toUnixLines } from "./text-position.ts";

export type EditorLanguage = "yaml" | "json";

export interface EditorOptions {
  text: string;
  selection: { anchor: number; head: number };
  language: EditorLanguage;
  readOnly: boolean;
  /** Attributes of the text itself: its name, its description. */
  attributes: Record<string, string>;
  nonce: string;
  complete: CompletionSource | null;
  /** Every change people made; not what `replace` did. */
  onChange: (text: string) => void;
  /** The line of the caret, 1-based, whenever it moved to another one. */
  onLine: (line: number) => void;
}

/** An open editor. Owns its element's content until `close()`. */
export interface Editor {
  text(): string;
  hasFocus(): boolean;
  focus(): void;
  /** Takes over a text from outside, as a change that can be undone. Caret and history stay. */
  replace(text: string): void;
  setFindings(findings: readonly Finding[]): void;
  setLanguage(language: EditorLanguage): void;
  setAttributes(attributes: Record<string, string>): void;
  /** Whether Tab indents. Otherwise it leaves the editor, as everywhere on the page. */
  setTabIndents(indents: boolean): void;
  /** Shows a place (1-based), puts the caret there and takes the focus. */
  reveal(line: number, column: number): void;
  close(): void;
}

/** Marks what came from outside, so that it is not reported back. */
const FromOutside = Annotation.define<true>();

/** Opens an editor in `element` and fills it. */
export function createEditor(element: HTMLElement, options: EditorOptions): Editor {
  const [language, tab, attributes] = [new Compartment(), new Compartment(), new Compartment()];
  let wanted = options.language;
  let plain = !isShallow(options.text);
  const view = new EditorView({
    parent: element,
    state: EditorState.create({
      doc: options.text,
      selection: options.selection,
      extensions: [
        options.nonce === "" ? [] : EditorView.cspNonce.of(options.nonce),
        EDITOR_LOOKS,
        baseExtensions(options),
        language.of(toLanguage(wanted, plain)),
        EditorState.transactionExtender.of((transaction) => {
          const isPlain = transaction.docChanged && !isShallow(transaction.newDoc.toString());
          if (!transaction.docChanged || isPlain === plain) return null;
          plain = isPlain;
          return { effects: language.reconfigure(toLanguage(wanted, plain)) };
        }),
        tab.of([]),
        attributes.of(EditorView.contentAttributes.of(options.attributes)),
        reports(options),
      ],
    }),
  });
  const set = (part: Compartment, to: Extension) => view.dispatch({ effects: part.reconfigure(to) });
  return {
    text: () => view.state.doc.toString(),
    hasFocus: () => view.hasFocus,
    focus: () => view.focus(),
    replace(text) {
      const changes = toReplacement(view.state.doc.toString(), toUnixLines(text));
      if (changes) view.dispatch({ changes, annotations: FromOutside.of(true) });
    },
    setFindings(findings) {
      view.dispatch(setDiagnostics(view.state, toDiagnostics(view.state.doc.toString(), findings)));
    },
    setLanguage(next) {
      wanted = next;
      set(language, toLanguage(wanted, plain));
    },
    setAttributes: (next) => set(attributes, EditorView.contentAttributes.of(next)),
    setTabIndents: (indents) => set(tab, indents ? keymap.of([indentWithTab]) : []),
    reveal(line, column) {
      const anchor = toOffset(view.state.doc.toString(), line, column);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

/** What is nested so deep that highlighting it would run out of stack is shown without colours. */
function toLanguage(language: EditorLanguage, plain: boolean): Extension {
  if (plain) return [];
  return language === "json" ? json() : yaml();
}

function baseExtensions({ readOnly, complete }: EditorOptions): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    linter(null),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    bracketMatching(),
    EditorView.lineWrapping,
    indentUnit.of("  "),
    EditorState.tabSize.of(2),
    EditorState.readOnly.of(readOnly),
    readOnly ? [] : [history(), indentOnInput(), closeBrackets()],
    complete ? completion(complete) : [],
    keymap.of([...closeBracketsKeymap, ...FINDING_KEYS, ...historyKeymap, ...defaultKeymap]),
    // Files belong to the page around the editor, which checks them first.
    EditorView.domEventHandlers({ drop: (event) => (event.dataTransfer?.files.length ?? 0) > 0 }),
  ];
}

/** What is offered stays as it is when it is asked for again: looking anew, it would not take the Enter that follows at once. */
function completion(complete: CompletionSource): Extension {
  return [
    Prec.highest(
      keymap.of([{ key: "Ctrl-Space", run: ({ state }) => completionStatus(state) === "active" }]),
    ),
    autocompletion({ override: [complete], icons: false, interactionDelay: 0 }),
  ];
}

function reports({ onChange, onLine }: EditorOptions): Extension {
  return EditorView.updateListener.of((update) => {
    const isOurs = update.transactions.every((one) => one.annotation(FromOutside));
    if (update.docChanged && !isOurs) onChange(update.state.doc.toString());
    const lineOf = (state: EditorState) => state.doc.lineAt(state.selection.main.head).number;
    const line = lineOf(update.state);
    if (line !== lineOf(update.startState)) onLine(line);
  });
}
