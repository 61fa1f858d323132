/** What is wanted of one plugin. */
export interface Wish {
  kind: "enabled" | "disabled" | "removed";
  /** Go through all steps even if it already runs. */
  restart: boolean;
  /** Start its process anew first, if the console keeps one. */
  process: boolean;
}

/** Brings reality to the newest wish, one piece of work at a time. */
export interface Convergence {
  wish(): Wish;
  isBusy(): boolean;
  /**
   * A wish that says what is being worked on already joins that work; any other one interrupts it and takes its place.
   * Resolves when reality has met the newest wish, whoever uttered it.
   * Rejects only when `apply` does, which would be a mistake of ours.
   */
  want(wish: Wish): Promise<void>;
  /** Another attempt at the present wish; joins one under way. */
  again(): Promise<void>;
  /**
   * Runs something else about the plugin when nothing runs any more. A wish uttered meanwhile interrupts it, unless it says what is
   * wished already, and is met afterwards. Rejects like `work`.
   */
  exclusively<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Interrupts what is under way and takes no more wishes. Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/**
 * @param apply makes one wish true. Should not reject, may be called for a wish that is true already, and returns soon
 *   after its signal aborts, leaving a state from which any wish can be applied.
 * @param onBusyChange after `isBusy` has changed.
 */
export function createConvergence(
  initial: Wish,
  apply: (wish: Wish, signal: AbortSignal) => Promise<void>,
  onBusyChange: () => void,
): Convergence {
  let wish = initial;
  let interrupt = new AbortController();
  let running: Promise<void> | null = null;
  let stopped = false;

  /** Between the last comparison and `running = null` nothing can come in: both happen in one turn. */
  async function converge(): Promise<void> {
    let applied: Wish;
    try {
      do {
        applied = wish;
        interrupt = new AbortController();
        await apply(applied, interrupt.signal);
      } while (applied !== wish && !stopped);
    } finally {
      running = null;
      onBusyChange();
    }
  }

  function settle(): Promise<void> {
    if (stopped) return running ?? Promise.resolve();
    if (running) return running;
    running = converge();
    onBusyChange();
    return running;
  }

  return {
    wish: () => wish,
    isBusy: () => running !== null,
    want(next) {
      const joins = running !== null && next.kind === wish.kind && !next.restart;
      if (!joins && !stopped) {
        wish = running === null ? next : withOwed(next, wish);
        interrupt.abort();
      }
      return settle();
    },
    again() {
      if (running === null) wish = { ...wish, restart: false, process: false };
      return settle();
    },
    async exclusively(work) {
      while (running) await running.catch(() => undefined);
      const before = wish;
      interrupt = new AbortController();
      const done = work(interrupt.signal);
      running = done.then(ignore, ignore).then(async () => {
        if (wish !== before && !stopped) return converge();
        running = null;
        onBusyChange();
      });
      onBusyChange();
      return done;
    },
    stop() {
      stopped = true;
      interrupt.abort();
      return running ?? Promise.resolve();
    },
  };
}

/** What is interrupted before it was done is still to be done, once the plugin is to run again. */
function withOwed(next: Wish, { restart, process }: Wish): Wish {
  return { ...next, restart: next.restart || restart, process: next.process || process };
}

function ignore(): void {
  // Whoever asked for the work hears how it ended.
}
