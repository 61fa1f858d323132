import type { Findings } from "./findings.ts";

/** White space, and a comment of any language; each way to read a text is the only one, so that none takes long. */
const BLANK = String.raw`(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|#[^\n]*\n)*`;

/** What a text is that is meant as JSON: its first name stands in double quotes. Comments before it are looked past. */
const IS_JSON = new RegExp(`^${BLANK}\\{${BLANK}["}]`);

/** A text, which may never end, a comment of any language, or a comma with nothing after it. */
const TOKEN = /"(?:[^"\\]|\\.)*\\?(?:"|$)|\/\/[^\n]*|\/\*|(?<=^|\s)#[^\n]*|,(?=\s*[}\]])/gs;

export function isJsonText(source: string): boolean {
  return IS_JSON.test(source.slice(0, 4_000));
}

/**
 * What the YAML parser forgives in a `plugin.json` and a reader of JSON does not. False when it cannot be read as it is: a comment was
 * found.
 */
export function checkJsonDialect(source: string, findings: Findings): boolean {
  let hasComment = false;
  let hasComma = false;
  for (const { 0: token, index } of source.matchAll(TOKEN)) {
    if (token.startsWith('"')) continue;
    findings.locate("", index);
    if (token === "," && !hasComma) {
      hasComma = true;
      const message = "A comma stands before a closing bracket; Loom, which reads this as JSON, refuses it.";
      findings.warning("trailing_comma", "", message, "Remove the comma.", { refusedByLoom: true });
    } else if (token !== "," && !hasComment) {
      hasComment = true;
      const { line } = findings.positionOf("") ?? { line: 1 };
      const fix = "Remove it, or save the manifest as plugin.yaml, which has comments after #.";
      findings.error("json_comment", "", `JSON has no comments, line ${line}.`, fix);
    }
  }
  return !hasComment;
}
