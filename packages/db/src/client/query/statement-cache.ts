/** Decides which SQL texts are sent as prepared statements. A text is prepared from its second use on, so one-off texts cost the
 *  server nothing. At most `max` texts are prepared at a time: a place is given to another text only when its own was unused for
 *  `idleMs`, by when every connection that prepared it has been renewed, so that no connection ever holds more than `max`. */
export class StatementCache {
  readonly #max: number;
  readonly #idleMs: number;
  readonly #now: () => number;
  readonly #prepared = new Map<string, { usedAt: number }>();
  #seenOnce = new Set<string>();
  #nextEvictionAt = 0;

  constructor(max: number, idleMs: number, now: () => number = () => performance.now()) {
    this.#max = max;
    this.#idleMs = idleMs;
    this.#now = now;
  }

  /** Whether to send this use of `text` as a prepared statement. */
  use(text: string): boolean {
    const place = this.#prepared.get(text);
    if (place !== undefined) {
      place.usedAt = this.#now();
      return true;
    }
    if (this.#max === 0 || text.length > TEXT_MAX) return false;
    if (!this.#seenOnce.delete(text)) {
      this.#remember(text);
      return false;
    }
    return this.#admit(text);
  }

  get size(): number {
    return this.#prepared.size;
  }

  #remember(text: string): void {
    if (this.#seenOnce.size >= this.#max * 2) this.#seenOnce = new Set();
    this.#seenOnce.add(text);
  }

  #admit(text: string): boolean {
    if (this.#prepared.size >= this.#max && !this.#evictIdle()) return false;
    this.#prepared.set(text, { usedAt: this.#now() });
    return true;
  }

  /** At most once a second: it looks at every place. */
  #evictIdle(): boolean {
    const now = this.#now();
    if (now < this.#nextEvictionAt) return false;
    this.#nextEvictionAt = now + 1_000;
    for (const [text, { usedAt }] of this.#prepared) if (usedAt < now - this.#idleMs) this.#prepared.delete(text);
    return this.#prepared.size < this.#max;
  }
}

/** Longer texts, such as inserts of many rows, are hardly sent twice. */
const TEXT_MAX = 20_000;
