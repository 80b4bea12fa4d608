import { PoolExhausted, QueryFailed } from '../errors/index.ts';
import { publishPoolMetrics } from '../telemetry/pool-metrics.ts';
import { callSite } from './call-site.ts';

/** How a pool is used at this moment. */
export interface PoolGauges {
  /** Connections that it may open. */
  readonly max: number;
  /** Connections that it has opened. */
  readonly open: number;
  /** Those at work for a transaction or a query. */
  readonly inUse: number;
  readonly idle: number;
  /** Transactions that wait for a connection, and queries that wait or were sent behind another's. */
  readonly waiting: number;
}

/** Who wants a connection. */
export interface Caller {
  readonly tags: string;
  readonly place: () => string | undefined;
}

/** A transaction that waits for a connection, or holds one. */
interface Checkout {
  since: number;
  readonly caller: Caller;
}

/** Who uses a pool: the driver does not tell. */
export class PoolUse {
  readonly max: number;
  readonly #sockets: ReadonlySet<unknown>;
  readonly #checkoutMs: number;
  readonly #tags: () => string;
  readonly #waiting = new Set<Checkout>();
  readonly #holding = new Set<Checkout>();
  #inCourse = 0;
  #queries = 0;
  #closing: PromiseWithResolvers<void> | undefined;
  #unpublish: (() => void) | undefined;

  /** checkoutMs: 0 waits for ever. */
  constructor(max: number, sockets: ReadonlySet<unknown>, checkoutMs: number, tags: () => string) {
    this.max = max;
    this.#sockets = sockets;
    this.#checkoutMs = checkoutMs;
    this.#tags = tags;
  }

  get gauges(): PoolGauges {
    const wanted = this.#holding.size + this.#queries;
    const open = this.#sockets.size;
    const inUse = Math.min(wanted, open);
    return { max: this.max, open, inUse, idle: open - inUse, waiting: this.#waiting.size + wanted - inUse };
  }

  /** Whether transactions want all connections, so that a query has to wait for the end of one. */
  get isFull(): boolean {
    return this.#holding.size + this.#waiting.size >= this.max;
  }

  /** While the client is being closed, transactions that are at work, and their hooks, may still ask.
   *  @throws {QueryFailed} */
  requireOpen(): void {
    if (this.#closing === undefined || this.#inCourse > 0) return;
    this.#refuse();
  }

  #refuse(): never {
    throw new QueryFailed('this database client was closed', { sqlState: 'CONNECTION_ENDED' });
  }

  queryBegan(): void {
    this.#queries += 1;
  }

  queryEnded(): void {
    this.#queries -= 1;
    this.#settle();
  }

  /** Runs a transaction with all its attempts, or a pool's first query; while it lasts the client is not closed.
   *  @throws {QueryFailed} once the client is being closed */
  async during<T>(work: (caller: Caller) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) this.#refuse();
    this.#inCourse += 1;
    try {
      return await work({ tags: this.#tags(), place: callSite() });
    } finally {
      this.#inCourse -= 1;
      this.#settle();
    }
  }

  /** Runs one attempt: `begin` calls `taken` when it has a connection.
   *  @throws {PoolExhausted} where none comes free in time; `taken` then throws it, too */
  async checkout<T>(caller: Caller, begin: (taken: () => void) => Promise<T>): Promise<T> {
    const checkout = { since: performance.now(), caller };
    this.#waiting.add(checkout);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const stopWaiting = this.whenExhausted((error) => {
      this.#waiting.delete(checkout);
      reject(error);
    });
    const taken = () => {
      stopWaiting();
      if (!this.#waiting.delete(checkout)) throw this.#exhausted();
      checkout.since = performance.now();
      this.#holding.add(checkout);
    };
    try {
      return await Promise.race([begin(taken), late]);
    } finally {
      stopWaiting();
      this.#waiting.delete(checkout);
      this.#holding.delete(checkout);
    }
  }

  /** Tells once a wait has been as long as it may be and transactions hold all connections. A server that does not answer is none
   *  of that: the connecting fails by itself.
   *  @returns what takes the call back */
  whenExhausted(tell: (error: PoolExhausted) => void): () => void {
    if (this.#checkoutMs === 0) return () => {};
    const timer = setInterval(() => {
      if (this.#holding.size < this.max) return;
      clearInterval(timer);
      tell(this.#exhausted());
    }, this.#checkoutMs);
    return () => clearInterval(timer);
  }

  /** Makes the gauges metrics under this name, until close, where the program measures. */
  publish(name: string): void {
    this.#unpublish = publishPoolMetrics(name, () => this.gauges);
  }

  /** Refuses what is new. Resolves when all that runs has ended. */
  close(): Promise<void> {
    this.#closing ??= Promise.withResolvers<void>();
    this.#unpublish?.();
    this.#settle();
    return this.#closing.promise;
  }

  #settle(): void {
    if (this.#queries === 0 && this.#inCourse === 0) this.#closing?.resolve();
  }

  #exhausted(): PoolExhausted {
    const now = performance.now();
    const holders = [...this.#holding].map(({ since, caller: { tags, place } }) => {
      const seconds = ((now - since) / 1_000).toFixed(1);
      return `${place() ?? 'a transaction'}${tags} for ${seconds} s`;
    });
    return new PoolExhausted(this.max, this.#checkoutMs, holders);
  }
}
