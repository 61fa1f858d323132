import { forEachDiagnostic, nextDiagnostic, previousDiagnostic, type Diagnostic } from "@codemirror/lint";
import { EditorView, type Command, type KeyBinding } from "@codemirror/view";
import type { Finding } from "@/lib/contract/manifest.ts";
import { toMarkedRange } from "./text-position.ts";

/** Findings with a place in the text, as what the editor underlines. Those without a place are left out. */
export function toDiagnostics(text: string, findings: readonly Finding[]): Diagnostic[] {
  return findings.flatMap((finding): Diagnostic[] => {
    if (finding.line === undefined) return [];
    return [
      {
        ...toMarkedRange(text, finding.line, finding.column ?? 1),
        severity: finding.severity,
        message: [finding.message, finding.fix].filter(Boolean).join(" "),
        renderMessage: () => render(finding),
      },
    ];
  });
}

function render({ message, fix, refusedByLoom }: Finding): Node {
  const box = document.createElement("span");
  box.append(message);
  const add = (className: string, text: string) => {
    const part = document.createElement("span");
    part.className = className;
    part.textContent = text;
    box.append(part);
  };
  if (fix) add("cm-finding-fix", fix);
  if (refusedByLoom) add("cm-finding-chip", "Loom refuses this");
  return box;
}

/** Moves to a finding and reads it out: the hint beside it is only seen. */
function goTo(move: Command): Command {
  return (view) => {
    if (!move(view)) return false;
    const { from, to } = view.state.selection.main;
    const messages: string[] = [];
    forEachDiagnostic(view.state, ({ message }, start, end) => {
      if (start === from && end === to) messages.push(message);
    });
    const line = view.state.doc.lineAt(from).number;
    view.dispatch({ effects: EditorView.announce.of(`Line ${line}: ${messages.join(" ")}`) });
    return true;
  };
}

export const FINDING_KEYS: readonly KeyBinding[] = [
  { key: "F8", run: goTo(nextDiagnostic), shift: goTo(previousDiagnostic), preventDefault: true },
];
