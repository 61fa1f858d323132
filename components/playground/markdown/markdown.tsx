"use client";

import type { Element, ElementContent, Root } from "hast";
import { toJsxRuntime, type Components } from "hast-util-to-jsx-runtime";
import { memo, type ReactNode } from "react";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";
import { CodeBlock } from "../code-block.tsx";
import { OutsideLink, RemoteImage } from "../outside-link.tsx";

const PROSE = [
  "flex flex-col gap-3 wrap-anywhere",
  "[&_a]:text-accent [&_a]:underline",
  "[&_:is(h3,h4,h5,h6)]:font-semibold [&_h3]:text-lg",
  "[&_:is(ul,ol)]:flex [&_:is(ul,ol)]:flex-col [&_:is(ul,ol)]:gap-1 [&_:is(ul,ol)]:pl-6 [&_ol]:list-decimal [&_ul]:list-disc",
  "[&_li_:is(ul,ol)]:mt-1 [&_.contains-task-list]:list-none [&_.contains-task-list]:pl-1 [&_input]:mr-1.5",
  "[&_blockquote]:flex [&_blockquote]:flex-col [&_blockquote]:gap-2 [&_blockquote]:border-l-2 [&_blockquote]:border-line-strong [&_blockquote]:pl-3 [&_blockquote]:text-muted",
  "[&_:not(pre)>code]:rounded [&_:not(pre)>code]:bg-sunken [&_:not(pre)>code]:px-1 [&_:not(pre)>code]:py-0.5",
  "[&_:is(th,td)]:border [&_:is(th,td)]:border-line [&_:is(th,td)]:px-2.5 [&_:is(th,td)]:py-1 [&_th]:bg-sunken [&_th]:text-left [&_th]:font-medium",
].join(" ");

/**
 * Parsed text from a model. It is not trusted: HTML in it is shown as text, nothing is loaded from anywhere, and a link leads to where
 * it says.
 */
export const Markdown = memo(function Markdown({ tree }: { tree: Root }) {
  const options = {
    Fragment,
    jsx,
    jsxs,
    components: COMPONENTS as Components,
    ignoreInvalidStyle: true,
    passKeys: true,
    passNode: true,
  };
  return <div className={PROSE}>{toJsxRuntime(tree, options)}</div>;
});

/** What an element of the tree is drawn with; the library's own type knows React's elements no more. */
interface DrawnProps {
  node?: Element;
  children?: ReactNode;
  href?: string;
  src?: string;
  alt?: string;
}

const COMPONENTS: Record<string, string | ((props: DrawnProps) => ReactNode)> = {
  // The page's own headings stand above those of an answer.
  h1: "h3",
  h2: "h4",
  h3: "h5",
  h4: "h6",
  h5: "h6",
  a: ({ href, children, node }) => (
    <OutsideLink href={href} shown={textOf(node)}>
      {children}
    </OutsideLink>
  ),
  img: ({ src, alt }) => <RemoteImage src={src} alt={alt ?? ""} />,
  pre: ({ children, node }) => (
    <CodeBlock language={languageOf(node)} text={textOf(node)}>
      {children}
    </CodeBlock>
  ),
  table: ({ children }) => (
    <div role="region" aria-label="Table" tabIndex={0} className="relative overflow-x-auto">
      <table>{children}</table>
    </div>
  ),
};

function textOf(node: Element | ElementContent | undefined): string {
  if (!node) return "";
  if (node.type === "text") return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}

function languageOf(node: Element | undefined): string | null {
  const code = node?.children[0];
  const names = code?.type === "element" ? code.properties["className"] : undefined;
  const name = Array.isArray(names)
    ? names.map(String).find((one) => one.startsWith("language-"))
    : undefined;
  return name?.slice("language-".length) ?? null;
}
