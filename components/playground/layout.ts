/**
 * Fills the window below the shell: its paddings, and on a phone its bar (3 rem and a line). Not smaller than a thread with a composer,
 * so that a very low window scrolls instead.
 */
export const PAGE =
  "flex h-[calc(100dvh-5.5rem-1px)] min-h-[30rem] flex-col gap-4 shell:h-[calc(100dvh-3.5rem)]";

/** One conversation with its head and its thread. Several stand side by side. */
export const PANE = "flex min-h-0 min-w-0 flex-1 flex-col rounded-lg border border-line bg-surface";
