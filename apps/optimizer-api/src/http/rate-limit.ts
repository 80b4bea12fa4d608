/** Buckets from which on full ones are looked for. */
const MANY = 10_000;

/** A token bucket for each key: a minute's requests may come at once, and trickle afterwards. One process' own count. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #buckets = new Map<string, { left: number; at: number }>();
  #sweepAt = MANY;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.#buckets.size;
  }

  /** 0: go on. Else: seconds until the next request is taken. */
  take(key: string, now = performance.now()): number {
    const perMs = this.#perMinute / 60_000;
    const bucket = this.#buckets.get(key) ?? { left: this.#perMinute, at: now };
    const left = Math.min(this.#perMinute, bucket.left + (now - bucket.at) * perMs);
    if (this.#buckets.size >= this.#sweepAt) this.#forgetFull(now);
    this.#buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now });
    return left >= 1 ? 0 : Math.ceil((1 - left) / perMs / 1_000);
  }

  /** A bucket that nobody took from for a minute is full, and so like none. Looked for again when there are twice as many, so that a take
   *  costs the same however many shops there are. */
  #forgetFull(now: number): void {
    for (const [key, { at }] of this.#buckets) if (now - at > 60_000) this.#buckets.delete(key);
    this.#sweepAt = Math.max(MANY, 2 * this.#buckets.size);
  }
}
