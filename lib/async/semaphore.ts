/** Lets at most `limit` pieces of work run at once; the others wait in line, first come, first served. */
export interface Semaphore {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** For work that does not end where it begins: resolves once there is a place, to what gives it back, which may be called twice. */
  acquire(): Promise<() => void>;
}

export function createSemaphore(limit: number): Semaphore {
  const waiting: Array<() => void> = [];
  let running = 0;

  async function acquire(): Promise<() => void> {
    if (running < limit) running += 1;
    // Whoever leaves hands the place over: nobody can slip in between.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    let isHeld = true;
    return () => {
      if (isHeld) release();
      isHeld = false;
    };
  }

  function release(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  return {
    acquire,
    async run(work) {
      const leave = await acquire();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
