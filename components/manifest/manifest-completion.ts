import {
  pickedCompletion,
  snippet,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { findKnownKeys, type KnownKey } from "./manifest-keys.ts";
import type { ManifestPlace } from "./block-place.ts";
import { findPlace } from "./manifest-place.ts";

/** Completes keys and values of a plugin manifest, YAML or JSON, by where the caret stands. */
export function completeManifest(context: CompletionContext): CompletionResult | null {
  const text = context.state.doc.toString();
  const place = findPlace(text, context.pos);
  if (place === null || (!context.explicit && !isWorthOffering(text, place, context.pos))) return null;
  const quotes = text.trimStart().startsWith("{");
  const options = place.key === null ? toKeys(place, quotes) : toValues(place, place.key, quotes);
  if (options.length === 0) return null;
  return { from: place.from, options, validFor: /^["']?[\w.-]*$/ };
}

/** Unasked only once a word was begun, or where a known value is to follow. */
function isWorthOffering(text: string, place: ManifestPlace, at: number): boolean {
  return place.from < at || (place.key !== null && /: $/.test(text.slice(0, at)));
}

function toKeys(place: ManifestPlace, quotes: boolean): Completion[] {
  if (place.path.endsWith("config_schema")) return [toNewField(place.flow, quotes)];
  const known = findKnownKeys(place.path);
  if (known === null) return [];
  return Object.entries(known)
    .filter(([key]) => !place.siblings.includes(key))
    .map(([key, about], index) => ({
      label: key,
      detail: about.values?.join(" · ") ?? "",
      info: about.explains,
      // In the order of the guide, not of the alphabet.
      sortText: String(index).padStart(2, "0"),
      apply: applyKey(key, about, place.flow, quotes),
    }));
}

function applyKey(key: string, { holds, values }: KnownKey, flow: boolean, quotes: boolean) {
  const name = quotes ? `"${key}"` : key;
  const written = {
    text: quotes && !values ? `${name}: "\${}"` : `${name}: \${}`,
    number: `${name}: \${}`,
    anything: `${name}: \${}`,
    flag: `${name}: \${}`,
    map: flow ? `${name}: { \${} }` : `${name}:\n\t\${}`,
    list: flow ? `${name}: [\${}]` : `${name}:\n\t\${}`,
  }[holds];
  return (view: EditorView, completion: Completion, from: number, to: number) => {
    // Beside a dash the next line goes one step further in than the line itself.
    const isBesideDash = /^\s*- /.test(view.state.doc.lineAt(from).text);
    const insert = snippet(isBesideDash ? written.replace("\n\t", "\n\t\t") : written);
    insert(view, completion, from, withClosingQuote(view, from, to));
    // The value comes next, and where there is a short list of values it is offered at once.
    if (values || holds === "map" || key === "config_schema") startCompletion(view);
  };
}

/** The editor closes quotes by itself; a completion that writes its own takes that one along. */
function withClosingQuote(view: EditorView, from: number, to: number): number {
  const [first, next] = [view.state.sliceDoc(from, from + 1), view.state.sliceDoc(to, to + 1)];
  return (first === '"' || first === "'") && next === first ? to + 1 : to;
}

const NEW_FIELD = "- name: ${name}\n  type: ${string}\n  required: ${false}\n  description: ${What to enter}";
const NEW_FIELD_FLOW = "{ name: ${name}, type: ${string}, required: ${false} }";
const NEW_FIELD_JSON = '{ "name": "${name}", "type": "${string}", "required": ${false} }';

function toNewField(flow: boolean, quotes: boolean): Completion {
  const insert = snippet(quotes ? NEW_FIELD_JSON : flow ? NEW_FIELD_FLOW : NEW_FIELD);
  return {
    label: "field",
    detail: "a new setting",
    info: "A setting people fill in: its key, type and description. Tab goes from one part to the next.",
    apply: (view, completion, from, to) => insert(view, completion, from, to),
  };
}

function toValues({ path }: ManifestPlace, key: string, quotes: boolean): Completion[] {
  const about = findKnownKeys(path)?.[key];
  return (about?.values ?? []).map((value, index) => {
    const written = quotes && about?.holds === "text" && !value.startsWith('"') ? `"${value}"` : value;
    return {
      label: value,
      sortText: String(index),
      info: about?.explains ?? "",
      apply: (view: EditorView, completion: Completion, from: number, to: number) => {
        const end = withClosingQuote(view, from, to);
        view.dispatch({
          changes: { from, to: end, insert: written },
          selection: { anchor: from + written.length },
          annotations: pickedCompletion.of(completion),
          userEvent: "input.complete",
        });
      },
    };
  });
}
