import { parseMarkdown } from "./parse-markdown.ts";
import type { MarkdownAnswer, MarkdownJob } from "./markdown-parser.ts";

self.onmessage = ({ data }: MessageEvent<MarkdownJob>) => {
  const answer: MarkdownAnswer = { tree: parseMarkdown(data.text, data.isPartial) };
  self.postMessage(answer);
};
