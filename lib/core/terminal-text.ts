/**
 * What a terminal acts on instead of printing: control sequences (ECMA-48: CSI, also as one C1 character), strings for the terminal
 * itself such as titles and links (OSC, DCS, APC, PM, SOS), other escapes, and control characters but the tab. One that was cut off at
 * the end of the text counts as well. No string reaches over the beginning of another one: that keeps reading linear.
 */
const SOURCE = [
  "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*(?:[@-~]|$)",
  "(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u0090\\u0098\\u009c-\\u009f]*(?:\\u0007|\\u001b\\\\|\\u009c|$)",
  "\\u001b[ -/]*(?:[0-~]|$)",
  "[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f]",
].join("|");

const INVISIBLE = new RegExp(SOURCE, "g");
const ANY = new RegExp("[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f]");

/** The text as a reader of a terminal sees it, without colours. */
export function toPlainText(text: string): string {
  return ANY.test(text) ? text.replace(INVISIBLE, "") : text;
}
