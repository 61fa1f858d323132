/** Hands events from whoever makes them to one reader, who may be slower or leave: the maker never waits. */
export interface Relay<T> {
  push(event: T): void;
  /** Nothing follows after this one. */
  end(event: T): void;
  /** Every event in order, those before the call included. To be read once. */
  events(): AsyncGenerator<T, void, undefined>;
}

export function createRelay<T>(): Relay<T> {
  const waiting: T[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  return {
    push(event) {
      waiting.push(event);
      wake();
    },
    end(event) {
      waiting.push(event);
      isOver = true;
      wake();
    },
    async *events() {
      for (;;) {
        for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event;
        if (isOver) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
          // Something may have come while the reader was busy.
          if (waiting.length > 0 || isOver) resolve();
        });
      }
    },
  };
}
