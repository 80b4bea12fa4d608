import type { Subscription } from '@repo/db';
import { PROGRESS_CHANNEL } from '../queries/queue.ts';
import type { OptimizerDb } from '../queries/tx.ts';

/** Hands notifications of progress to those who watch a job; one listening connection a process, opened for the first watcher. */
export class ProgressHub {
  readonly #db: OptimizerDb;
  readonly #watchers = new Map<string, Set<() => void>>();
  #listening: Promise<Subscription> | undefined;
  #isClosed = false;

  constructor(db: OptimizerDb) {
    this.#db = db;
  }

  /** Whether the process stops: nobody is told any more, and streams end. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Calls `onChange` when the job may have moved on, and when the hub is closed. @returns how to end it */
  async watch(jobId: string, onChange: () => void): Promise<() => void> {
    const watchers = this.#watchers.get(jobId) ?? new Set();
    this.#watchers.set(jobId, watchers.add(onChange));
    await this.#listen();
    return () => {
      watchers.delete(onChange);
      if (watchers.size === 0 && this.#watchers.get(jobId) === watchers) this.#watchers.delete(jobId);
    };
  }

  /** Tells all watchers a last time, and listens no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tellAll();
    const listening = await this.#listening?.catch(() => undefined);
    await listening?.unlisten();
  }

  /** Without notifications the watchers' own poll goes on, and the next one tries again. */
  async #listen(): Promise<void> {
    if (this.#isClosed) return;
    this.#listening ??= this.#db.listen(PROGRESS_CHANNEL, (id) => this.#tell(id), { onGap: () => this.#tellAll() });
    const listening = this.#listening;
    await listening.catch(() => {
      if (this.#listening === listening) this.#listening = undefined;
    });
  }

  #tell(jobId: string): void {
    for (const onChange of this.#watchers.get(jobId) ?? []) onChange();
  }

  #tellAll(): void {
    for (const jobId of this.#watchers.keys()) this.#tell(jobId);
  }
}
