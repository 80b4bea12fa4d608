interface Line<T> {
  /** Resolves when the read under way is over, however it ended. */
  readonly over: Promise<void>;
  /** What those share who came meanwhile. */
  next: Promise<T> | undefined;
}

/** Who waits longer for a read that others began, begins a new one: a connection that hangs is one read's, not everybody's. */
const PATIENCE_MS = 1_000;

/** Reads once for all who ask for it at the same time. Nobody gets what was read before they asked: whoever comes while a read is
 *  under way shares the next one, with everybody else who came meanwhile, its failure too. Nothing is kept. */
export class SharedReads<T> {
  readonly #lines = new Map<string, Line<T>>();
  readonly #patienceMs: number;

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  /** Keys that are being read. */
  get size(): number {
    return this.#lines.size;
  }

  /** @param key all that the answer depends on, the tenant included */
  read(key: string, load: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key);
    if (line === undefined) return this.#begin(key, load);
    line.next ??= this.#soon(line.over).then(() => this.#begin(key, load));
    return line.next;
  }

  #begin(key: string, load: () => Promise<T>): Promise<T> {
    // what `load` throws at once is a read that failed, as what it throws later
    const reading = new Promise<T>((resolve) => resolve(load()));
    const end = () => {
      if (line.next === undefined) this.#lines.delete(key);
    };
    const line: Line<T> = { over: reading.then(end, end), next: undefined };
    this.#lines.set(key, line);
    return reading;
  }

  /** When `over` resolves, or patience ends. */
  #soon(over: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#patienceMs);
      void over.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
