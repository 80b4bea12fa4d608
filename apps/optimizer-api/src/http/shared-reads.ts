interface Line {
  /** Resolves when the read under way is over, however it ended. */
  readonly over: Promise<void>;
  /** What those share who came meanwhile. */
  next: Promise<string> | undefined;
}

/** Reads a text once for all who ask for it at the same time. Nobody gets what was read before they asked: whoever comes while a read is
 *  under way shares the next one, with everybody else who came meanwhile, its failure too. Nothing is kept. */
export class SharedReads {
  readonly #lines = new Map<string, Line>();

  /** @param key all that the text depends on, the tenant included */
  read(key: string, load: () => Promise<string>): Promise<string> {
    const line = this.#lines.get(key);
    if (line === undefined) return this.#begin(key, load);
    line.next ??= line.over.then(() => this.#begin(key, load));
    return line.next;
  }

  #begin(key: string, load: () => Promise<string>): Promise<string> {
    const reading = load();
    const end = () => {
      if (line.next === undefined) this.#lines.delete(key);
    };
    const line: Line = { over: reading.then(end, end), next: undefined };
    this.#lines.set(key, line);
    return reading;
  }
}
