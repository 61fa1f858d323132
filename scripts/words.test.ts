import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { WORDS, type WordRow } from "./word-table.ts";

const ROOT = dirname(import.meta.dirname);
const PROGRAMS = new Set([".ts", ".tsx", ".mjs", ".js"]);
const DOCUMENTS = new Set([".md", ".yaml", ".yml", ".prisma"]);
/** What is installed, generated, written by the console or by tests; decisions and changelog are history; the table names all of it. */
const SKIPPED =
  /^(\.(?!github)|node_modules$|dist$|data$|plugins$|test-results|lib\/data\/generated$|docs\/decisions$|CHANGELOG\.md$|scripts\/word(s\.test|-table)\.ts$|next-env\.d\.ts$)|\/(node_modules|dist|data\/generated)$/;

/** One name, where in its text it stands, and whether it is said of an object: `a.look()`, `{ look() {} }`. */
type Named = readonly [name: string, at: number, isMember: boolean];

/** Not from `git ls-files`: a copy of the sources without its repository is held to the same words. */
function listFiles(folder = ""): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.test(path)) return [];
    if (entry.isDirectory()) return listFiles(path);
    return PROGRAMS.has(extname(path)) || DOCUMENTS.has(extname(path)) ? [path] : [];
  });
}

/** Every identifier and every member of a union of texts, and what comments quote. */
function listNames(path: string, text: string): Named[] {
  if (!PROGRAMS.has(extname(path))) return listQuoted(text, 0);
  const names: Named[] = [];
  const comments = new Map<number, number>();
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  function visit(node: ts.Node): void {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))
      names.push([node.text, node.getStart(source), isMember(node)]);
    if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal))
      names.push([node.literal.text, node.getStart(source), false]);
    const isFirst = node.parent?.pos === node.pos;
    for (const { pos, end } of (isFirst ? null : ts.getLeadingCommentRanges(text, node.pos)) ?? [])
      comments.set(pos, end);
    ts.forEachChild(node, visit);
  }
  visit(source);
  for (const [start, end] of comments) names.push(...listQuoted(text.slice(start, end), start));
  return names;
}

function isMember(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  return (
    (ts.isPropertyAccessExpression(parent) ||
      ts.isClassElement(parent) ||
      ts.isTypeElement(parent) ||
      ts.isObjectLiteralElement(parent)) &&
    parent.name === node
  );
}

/** Names between backticks: documents and comments quote code. */
function listQuoted(text: string, offset: number): Named[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].flatMap(({ 1: code = "", index }) =>
    [...code.matchAll(/[\w$]+/g)].map(({ 0: name }): Named => [name, offset + index, false]),
  );
}

const wordsOf = new Map<string, string>();

/** `createPowerSwitch`, `create-power-switch` and `CREATE_POWER_SWITCH` are the same three words. */
function toWords(name: string): string {
  const known = wordsOf.get(name);
  if (known !== undefined) return known;
  const apart = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2");
  const words = ` ${
    apart
      .toLowerCase()
      .match(/[a-z\d]+/g)
      ?.join(" ") ?? ""
  } `;
  wordsOf.set(name, words);
  return words;
}

function hasName({ names = [], members = [] }: WordRow, name: string, isMember: boolean): boolean {
  const words = toWords(name);
  return names.some((word) => words.includes(` ${word} `)) || (isMember && members.includes(words.trim()));
}

/** Where the row is found in a file: 1-based lines, each once; 0 is the file's own name. */
function findLines(row: WordRow, path: string, text: string, names: readonly Named[]): number[] {
  const exceptions = (row.except ?? []).filter(({ files }) => files?.test(path) ?? true);
  if (exceptions.some(({ names: some }) => !some)) return [];
  const isExcepted = (name: string) => exceptions.some(({ names: some }) => some?.test(name));
  const isHere = row.within?.test(path) ?? true;
  const spots = isHere
    ? names.filter(([name, , isMember]) => hasName(row, name, isMember) && !isExcepted(name))
    : [];
  const lineAt = (at: number) => text.slice(0, at).split("\n").length;
  const fileName = basename(path).replace(/\..*$/, "");
  return [
    ...(isHere && hasName(row, fileName, true) && !isExcepted(fileName) ? [0] : []),
    ...new Set(
      [
        ...spots.map(([, at]) => at),
        ...(row.phrases ?? []).flatMap((phrase) =>
          [...text.matchAll(toPattern(phrase))].map(({ index }) => index),
        ),
      ].map(lineAt),
    ),
  ].sort((a, b) => a - b);
}

const patterns = new Map<string, RegExp>();

/** A phrase as prose has it: at the edges of words, also across a line break and the marks of a comment. */
function toPattern(phrase: string): RegExp {
  const known = patterns.get(phrase);
  if (known) return known;
  const source = phrase.replaceAll(" ", String.raw`[ \t]*(?:\s|\n[ \t]*(?:\*|//|#|>)[ \t]*)\s*`);
  const made = new RegExp(String.raw`(?<![\w])(?:${source})(?!\w)`, "gim");
  patterns.set(phrase, made);
  return made;
}

function findWords(path: string, text: string): string[] {
  const names = listNames(path, text);
  const lines = text.split("\n");
  return WORDS.flatMap((row) =>
    findLines(row, path, text, names).map((line) => {
      const shown = lines[line - 1]?.trim().slice(0, 100) ?? "the name of the file";
      return `${path}:${line}  ${row.ours} → ${row.fields}:  ${shown}`;
    }),
  );
}

it("our own words for what the field has a word for are gone from names, documents and the interface", () => {
  const files = listFiles();
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((path) => findWords(path, readFileSync(join(ROOT, path), "utf8")));
  expect(found, `${found.length} places`).toEqual([]);
});

describe.each(WORDS.map((row) => [row.ours, row] as const))("the row of %s", (ours, row) => {
  it.each(row.caught)("catches it in %s: %j", (path, text) => {
    const found = findWords(path, text);
    expect(found.some((line) => line.includes(`  ${ours} → `))).toBe(true);
  });

  it.each(row.left ?? [])("leaves %s alone: %j", (path, text) => expect(findWords(path, text)).toEqual([]));
});
