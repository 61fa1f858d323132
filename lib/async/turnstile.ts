/** Admits one at a time, first come first served. */
export interface Turnstile {
  /** Resolves when it is the caller's turn; what it resolves to ends the turn and may be called twice. */
  enter(): Promise<() => void>;
}

export function createTurnstile(): Turnstile {
  let last = Promise.resolve();
  return {
    async enter() {
      const before = last;
      let leave = (): void => undefined;
      last = new Promise((resolve) => {
        leave = resolve;
      });
      await before;
      return leave;
    },
  };
}
