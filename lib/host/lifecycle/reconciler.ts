/** What is wanted of one plugin. */
export interface DesiredState {
  kind: "enabled" | "disabled" | "removed";
  /** Go through all steps even if it already runs. */
  restart: boolean;
  /** Start its process anew first, if the console keeps one. */
  process: boolean;
}

/** Applies the latest desired state of one plugin, one piece of work at a time. */
export class Reconciler {
  readonly #apply: (desired: DesiredState, signal: AbortSignal) => Promise<void>;
  readonly #onBusyChange: () => void;
  #desired: DesiredState;
  #interrupt = new AbortController();
  #running: Promise<void> | null = null;
  #stopped = false;

  /**
   * @param apply brings the plugin to one desired state. Should not reject, may be called for a state it is in already, and returns
   *   soon after its signal aborts, leaving a state from which any other can be applied.
   * @param onBusyChange called after `isBusy` has changed.
   */
  constructor(
    initial: DesiredState,
    apply: (desired: DesiredState, signal: AbortSignal) => Promise<void>,
    onBusyChange: () => void,
  ) {
    this.#desired = initial;
    this.#apply = apply;
    this.#onBusyChange = onBusyChange;
  }

  desired(): DesiredState {
    return this.#desired;
  }

  isBusy(): boolean {
    return this.#running !== null;
  }

  /**
   * A request for what is being applied already joins that work; any other one interrupts it and takes its place.
   * Resolves once the latest desired state is applied, including one requested while this call ran.
   * Rejects only when `apply` does, which would be a mistake of ours.
   */
  request(next: DesiredState): Promise<void> {
    const joins = this.#running !== null && next.kind === this.#desired.kind && !next.restart;
    if (!joins && !this.#stopped) {
      this.#desired = this.#running === null ? next : withPending(next, this.#desired);
      this.#interrupt.abort();
    }
    return this.#ensureRunning();
  }

  /** Applies the present desired state once more, without its restart; joins an attempt under way. */
  retry(): Promise<void> {
    if (this.#running === null) this.#desired = { ...this.#desired, restart: false, process: false };
    return this.#ensureRunning();
  }

  /**
   * Runs something else about the plugin once nothing runs any more. A request made meanwhile interrupts it, unless it asks for what
   * is desired already, and is applied afterwards. Rejects like `work`.
   */
  async runExclusively<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    while (this.#running) await this.#running.catch(() => undefined);
    const before = this.#desired;
    this.#interrupt = new AbortController();
    const done = work(this.#interrupt.signal);
    this.#running = done.then(ignore, ignore).then(async () => {
      if (this.#desired !== before && !this.#stopped) return this.#reconcile();
      this.#running = null;
      this.#onBusyChange();
    });
    this.#onBusyChange();
    return done;
  }

  /** Interrupts what is under way and takes no more requests. Resolves when nothing runs any more. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#interrupt.abort();
    return this.#running ?? Promise.resolve();
  }

  #ensureRunning(): Promise<void> {
    if (this.#stopped) return this.#running ?? Promise.resolve();
    if (this.#running) return this.#running;
    this.#running = this.#reconcile();
    this.#onBusyChange();
    return this.#running;
  }

  /** Between the last comparison and `#running = null` nothing can come in: both happen in one turn. */
  async #reconcile(): Promise<void> {
    let applied: DesiredState;
    try {
      do {
        applied = this.#desired;
        this.#interrupt = new AbortController();
        await this.#apply(applied, this.#interrupt.signal);
      } while (applied !== this.#desired && !this.#stopped);
    } finally {
      this.#running = null;
      this.#onBusyChange();
    }
  }
}

/** A restart that was interrupted before it was done is still to be done, once the plugin is to run again. */
function withPending(next: DesiredState, { restart, process }: DesiredState): DesiredState {
  return { ...next, restart: next.restart || restart, process: next.process || process };
}

function ignore(): void {
  // Whoever asked for the work is told how it ended.
}
