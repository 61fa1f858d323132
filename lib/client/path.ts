import { withoutBasePath } from "../core/base-path.mjs";

/** Set by next.config.ts when the code is compiled: LOOM_BASE_PATH, or "". */
declare const LOOM_COMPILED_BASE_PATH: string;

/**
 * The address in the browser of a path of the console. Next's links and router do this by themselves;
 * `fetch`, `window.location`, the history and plain `<a href>` do not.
 */
export function toAddress(path: string): string {
  return `${LOOM_COMPILED_BASE_PATH}${path}`;
}

/** The other way: the path of the console in what `window.location` says. */
export function fromAddress(address: string): string {
  return withoutBasePath(address, LOOM_COMPILED_BASE_PATH);
}
