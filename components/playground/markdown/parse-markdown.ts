import type { Element, Root, RootContent } from "hast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import remend from "remend";
import { unified } from "unified";

/** Longer texts are not formatted, UTF-16 units: a book has more, an answer has not. */
const MAX_LENGTH = 200_000;
/** So is a text of more elements and texts, which would hold up the page while they are drawn … */
const MAX_NODES = 10_000;
/** … and one that is nested deeper, whose boxes do. */
const MAX_DEPTH = 40;

const PROCESSOR = unified().use(remarkParse).use(remarkGfm).use(remarkRehype, { allowDangerousHtml: true });

/**
 * Markdown from a model as the elements to draw; HTML in it stays text. `isPartial` closes what is still being written, such as a code
 * block without its end. Null for a text that is too long, too large or too deep to be drawn. May take any time for a hostile text: run
 * it where that holds nobody up.
 */
export function parseMarkdown(text: string, isPartial: boolean): Root | null {
  if (text.length > MAX_LENGTH) return null;
  try {
    const closed = isPartial ? remend(text, { linkMode: "text-only" }) : text;
    const tree = PROCESSOR.runSync(PROCESSOR.parse(closed));
    return isDrawable(tree) ? withoutHtml(tree) : null;
  } catch (error) {
    // A text nested thousands deep is too much for whoever walks it.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** HTML as the text that it is. */
function withoutHtml<T extends Root | Element>(node: T): T {
  const children = node.children.map((child) => {
    if ((child.type as string) === "raw")
      return { type: "text" as const, value: (child as { value: string }).value };
    return child.type === "element" ? withoutHtml(child) : child;
  });
  return { ...node, children };
}

function isDrawable(tree: Root): boolean {
  let count = 0;
  const open: Array<[node: Root | RootContent, depth: number]> = [[tree, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    count += 1;
    if (count > MAX_NODES || depth > MAX_DEPTH) return false;
    if ("children" in node) for (const child of node.children) open.push([child, depth + 1]);
  }
  return true;
}
