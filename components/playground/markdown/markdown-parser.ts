import type { Root } from "hast";

export interface MarkdownJob {
  text: string;
  isPartial: boolean;
}

/** `tree` is null for a text that is better shown as it is. */
export interface MarkdownAnswer {
  tree: Root | null;
}

/** A text that takes longer is hostile, and never done; plenty for an honest one on a busy machine. */
const DEADLINE_MS = 5_000;

let worker: Worker | null = null;
let queue: Promise<unknown> = Promise.resolve();

/** Parses off the page's thread, one text after the other. Resolves with a null tree for what takes too long or cannot be parsed. */
export function parseOffThread(job: MarkdownJob): Promise<MarkdownAnswer> {
  // A browser that starts no worker shows the text as it is.
  const answer = queue.then(() => run(job)).catch((): MarkdownAnswer => ({ tree: null }));
  queue = answer;
  return answer;
}

function run(job: MarkdownJob): Promise<MarkdownAnswer> {
  return new Promise((resolve) => {
    const current = (worker ??= new Worker(new URL("./markdown-worker.ts", import.meta.url), {
      type: "module",
    }));
    const end = (answer: MarkdownAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    const giveUp = () => {
      current.terminate();
      worker = null;
      end({ tree: null });
    };
    const timer = setTimeout(giveUp, DEADLINE_MS);
    current.onmessage = ({ data }: MessageEvent<MarkdownAnswer>) => end(data);
    current.onerror = giveUp;
    current.postMessage(job);
  });
}
