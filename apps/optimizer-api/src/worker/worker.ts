import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '@repo/db';
import type { Logger } from '../log.ts';
import { type ClaimedItem, exchangeItems, extendLeases, type ItemResult, notifyProgress } from '../queries/queue.ts';
import type { OptimizerDb } from '../queries/tx.ts';
import type { ProcessItem } from './optimize-item.ts';

/** An item that was begun so often is not begun again. */
const ATTEMPTS_MAX = 3;
/** Pause before an item is tried again, times the number of tries. */
const RETRY_MS = 5_000;
/** Round trips at once, each on a connection of its own: while one waits for the database, another has its answer worked off. */
export const EXCHANGES = 4;
/** Items of one round trip. */
const BATCH = 50;
/** Progress of a job is told at most this often. */
const PROGRESS_MS = 300;

export interface WorkerOptions {
  readonly db: OptimizerDb;
  readonly process: ProcessItem;
  readonly log: Logger;
  /** Items in work at once. */
  readonly concurrency: number;
  /** Items of one shop in work at once, of all workers together. */
  readonly perShopMax: number;
  readonly leaseMs: number;
  /** Round trips to the queue at once, and items that one claims and hands in at most; 4 and 50 unless said. */
  readonly exchanges?: number;
  readonly batch?: number;
  /** How often to look for work that nobody told of; 5 s unless said. */
  readonly pollMs?: number;
  readonly retryMs?: number;
  /** Told of each result that was handed in. */
  readonly onResult?: (status: ItemResult['status']) => void;
  /** Told how long each round trip took. */
  readonly onExchange?: (seconds: number) => void;
}

interface InFlight {
  readonly item: ClaimedItem;
  readonly abort: AbortController;
}

/** Claims items, works on them and hands results in, results and claims in one round trip. Any number of workers share the queue. While it works it prolongs its leases; whoever dies loses them, and others take over. */
export class Worker {
  readonly #options: WorkerOptions & Required<Pick<WorkerOptions, 'pollMs' | 'retryMs' | 'exchanges' | 'batch'>>;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #changedJobs = new Set<string>();
  readonly #timers: NodeJS.Timeout[] = [];
  #results: ItemResult[] = [];
  /** Whether the queue may hold something for us, and how often we were told so: a look that began before the last time proves nothing. */
  #mayFind = true;
  #toldToLook = 0;
  #stopping = false;
  #willPump = false;
  readonly #exchanges = new Set<Promise<void>>();
  /** Items that exchanges under way have asked for. */
  #asked = 0;

  constructor(options: WorkerOptions) {
    this.#options = { pollMs: 5_000, retryMs: RETRY_MS, exchanges: EXCHANGES, batch: BATCH, ...options };
  }

  start(): void {
    const { leaseMs, pollMs } = this.#options;
    this.#every(pollMs, () => this.wake());
    this.#every(leaseMs / 3, () => this.#beat());
    this.#every(PROGRESS_MS, () => this.#tellProgress());
    this.wake();
  }

  /** Looks for work now: a notification came. */
  wake(): void {
    this.#lookAgain();
    this.#pump();
  }

  /** Items in work. */
  get size(): number {
    return this.#inFlight.size;
  }

  /** Claims nothing more, lets items in work end for `drainMs`, gives the rest back untried, and hands everything in. */
  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    const until = performance.now() + drainMs;
    while (this.#inFlight.size > 0 && performance.now() < until) await sleep(Math.min(20, drainMs));
    for (const { item, abort } of this.#inFlight.values()) {
      abort.abort(new Error('the worker stops'));
      this.#results.push(givenBack(item));
    }
    this.#inFlight.clear();
    await this.#drain();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#tellProgress();
  }

  #every(ms: number, act: () => unknown): void {
    this.#timers.push(setInterval(() => void act(), ms));
  }

  #lookAgain(): void {
    this.#mayFind = true;
    this.#toldToLook += 1;
  }

  /** Once everything that ends in this turn has ended, so that its results go together. */
  #pumpSoon(): void {
    if (this.#willPump) return;
    this.#willPump = true;
    setImmediate(() => this.#pump());
  }

  /** Begins as many exchanges as there is something for. */
  #pump(): void {
    this.#willPump = false;
    while (this.#exchanges.size < this.#options.exchanges && (this.#results.length > 0 || this.#wanted() > 0)) {
      const exchange = this.#exchange().then((goesOn) => {
        this.#exchanges.delete(exchange);
        if (goesOn) this.#pumpSoon();
      });
      this.#exchanges.add(exchange);
    }
  }

  /** Hands in what there is, until nothing is left or the database does not answer. */
  async #drain(): Promise<void> {
    await Promise.all(this.#exchanges);
    while (this.#results.length > 0 && (await this.#exchange()));
    await Promise.all(this.#exchanges);
  }

  #wanted(): number {
    if (this.#stopping || !this.#mayFind) return 0;
    const { concurrency, batch } = this.#options;
    return Math.min(batch, concurrency - this.#inFlight.size - this.#asked);
  }

  /** One round trip. false: the database did not answer; the results are kept for the next try, which the poll begins. Handing one in
   *  twice does no harm, since its fence is over. */
  async #exchange(): Promise<boolean> {
    const { db, log, leaseMs, perShopMax, batch, onResult, onExchange } = this.#options;
    const [results, wanted, toldToLook] = [this.#results.splice(0, batch), this.#wanted(), this.#toldToLook];
    this.#asked += wanted;
    const begun = performance.now();
    try {
      const claimed = await exchangeItems(db, results, { wanted, leaseMs, perShopMax });
      onExchange?.((performance.now() - begun) / 1_000);
      if (claimed.length < wanted && toldToLook === this.#toldToLook) this.#mayFind = false;
      for (const { item, status } of results) {
        this.#changedJobs.add(item.jobId);
        onResult?.(status);
      }
      // what was finished made room in its shop, which others that looked meanwhile have passed over
      if (results.length > 0) this.#lookAgain();
      if (this.#stopping) this.#results.push(...claimed.map(givenBack));
      else for (const item of claimed) void this.#work(item);
      return true;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      log.error({ error }, 'the queue did not answer');
      this.#results.push(...results);
      return false;
    } finally {
      this.#asked -= wanted;
    }
  }

  async #work(item: ClaimedItem): Promise<void> {
    const abort = new AbortController();
    this.#inFlight.set(item.id, { item, abort });
    const result = await this.#resultOf(item, abort.signal);
    // given back, or lost to somebody else: its result is nobody's
    if (this.#inFlight.get(item.id)?.abort !== abort) return;
    this.#inFlight.delete(item.id);
    this.#results.push(result);
    this.#pumpSoon();
  }

  async #resultOf(item: ClaimedItem, signal: AbortSignal): Promise<ItemResult> {
    if (item.attempts > ATTEMPTS_MAX)
      return { item, status: 'FAILED', error: `${ATTEMPTS_MAX} workers in turn died at it` };
    try {
      return { item, status: 'DONE', ...(await this.#options.process(item, signal)) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.log.warn({ jobId: item.jobId, itemId: item.id, attempt: item.attempts, error }, 'an item failed');
      if (item.attempts >= ATTEMPTS_MAX) return { item, status: 'FAILED', error: why };
      return { item, status: 'PENDING', error: why, delayMs: this.#options.retryMs * item.attempts };
    }
  }

  async #beat(): Promise<void> {
    const held = [...this.#inFlight.values()];
    if (held.length === 0) return;
    try {
      const items = held.map(({ item }) => item);
      const lost = await extendLeases(this.#options.db, items, this.#options.leaseMs);
      for (const { item, abort } of held) {
        if (!lost.has(item.id) || this.#inFlight.get(item.id)?.abort !== abort) continue;
        abort.abort(new Error('the claim is over'));
        this.#inFlight.delete(item.id);
      }
      if (lost.size > 0) this.wake();
    } catch (error) {
      this.#options.log.error({ error }, 'leases were not prolonged');
    }
  }

  async #tellProgress(): Promise<void> {
    if (this.#changedJobs.size === 0) return;
    const jobIds = [...this.#changedJobs];
    this.#changedJobs.clear();
    await notifyProgress(this.#options.db, jobIds).catch((error: unknown) => {
      this.#options.log.warn({ error }, 'progress was not told');
    });
  }
}

const givenBack = (item: ClaimedItem): ItemResult => ({ item, status: 'PENDING', untried: true });
