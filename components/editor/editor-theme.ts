import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Squiggle and gutter mark of one severity. */
const severity = (name: string, color: string) => ({
  [`.cm-lintRange-${name}`]: {
    backgroundImage: "none",
    paddingBottom: "0",
    textDecoration: `underline wavy ${color}`,
    textDecorationThickness: "1px",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  [`.cm-lintPoint-${name}:after`]: { borderBottomColor: color },
  [`.cm-lint-marker-${name}`]: { content: "none", backgroundColor: color },
  [`.cm-diagnostic-${name}`]: { borderLeft: `3px solid ${color}` },
});

/** The editor in the colours of the page, both moods at once: every colour is a variable of `app/globals.css`. */
const LOOKS = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-gutters": {
    backgroundColor: "var(--surface)",
    color: "var(--faint)",
    border: "none",
    paddingLeft: "4px",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "1.75rem", padding: "0 6px 0 2px" },
  ".cm-gutter-lint": { width: "12px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0", display: "flex", alignItems: "flex-start" },
  ".cm-lint-marker": { width: "7px", height: "7px", margin: "0.5em auto 0", borderRadius: "50%" },
  ...severity("error", "var(--bad)"),
  ...severity("warning", "var(--warn)"),
  ".cm-lint-marker-warning": {
    content: "none",
    backgroundColor: "var(--warn)",
    borderRadius: "0",
    clipPath: "polygon(50% 0, 100% 100%, 0 100%)",
  },
  ".cm-lintRange-active": { backgroundColor: "var(--accent-soft)" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--sunken)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLineGutter": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", color: "inherit" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)", color: "inherit" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "0.5rem",
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    boxShadow: "var(--shade)",
    fontFamily: "var(--font-sans)",
    fontSize: "0.8125rem",
    zIndex: "30",
  },
  ".cm-tooltip-lint": { maxWidth: "min(26rem, 88vw)", overflow: "hidden" },
  ".cm-diagnostic": { padding: "6px 10px", margin: "0", whiteSpace: "normal", overflowWrap: "anywhere" },
  ".cm-diagnostic + .cm-diagnostic": { borderTop: "1px solid var(--line)" },
  ".cm-finding-fix": { display: "block", color: "var(--muted)" },
  ".cm-finding-chip": { display: "block", color: "var(--warn)", fontWeight: "500" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--font-mono)",
    maxHeight: "15rem",
    maxWidth: "min(24rem, 88vw)",
    padding: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: "3px 8px",
    lineHeight: "1.25rem",
    borderRadius: "0.25rem",
    color: "var(--ink)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)", fontWeight: "600" },
  ".cm-completionDetail": {
    fontFamily: "var(--font-sans)",
    fontStyle: "normal",
    fontSize: "0.75rem",
    color: "var(--muted)",
    marginLeft: "0.75rem",
  },
  ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", maxWidth: "18rem", color: "var(--muted)" },
  ".cm-snippetField": { backgroundColor: "var(--accent-soft)", borderRadius: "2px" },
});

const HIGHLIGHTS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--info)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--faint)", fontStyle: "italic" },
  {
    tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace],
    color: "var(--muted)",
  },
  { tag: [tags.typeName, tags.labelName, tags.meta], color: "var(--warn)" },
]);

/** Looks and syntax colours. */
export const EDITOR_LOOKS: Extension = [LOOKS, syntaxHighlighting(HIGHLIGHTS)];
