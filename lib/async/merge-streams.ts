type Source<T> = () => AsyncGenerator<T, void, undefined>;

/**
 * Everything the sources yield, as it comes. Each source is asked for its next value only after the last one was taken, so a slow
 * reader slows all of them down. Leaving the loop ends every source.
 */
export async function* merge<T>(sources: Array<Source<T>>): AsyncGenerator<T, void, undefined> {
  const running = sources.map((source) => source());
  const pending = new Map(running.map((source) => [source, next(source)]));
  try {
    while (pending.size > 0) {
      const { source, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(source);
      } else {
        yield result.value;
        pending.set(source, next(source));
      }
    }
  } finally {
    await Promise.allSettled(running.map((source) => source.return()));
  }
}

/** One source after the other. */
export async function* inSequence<T>(sources: Array<Source<T>>): AsyncGenerator<T, void, undefined> {
  for (const source of sources) yield* source();
}

async function next<T>(source: AsyncGenerator<T, void, undefined>) {
  return { source, result: await source.next() };
}
