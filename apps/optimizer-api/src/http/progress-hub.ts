import type { Subscription } from '@repo/db';
import { PROGRESS_CHANNEL } from '../queries/queue.ts';
import type { OptimizerDb } from '../queries/tx.ts';

/** Hands notifications of progress to those who watch a job; one listening connection a process, opened for the first watcher. */
export class ProgressHub {
  readonly #db: OptimizerDb;
  readonly #watchers = new Map<string, Set<() => void>>();
  #listening: Promise<Subscription> | undefined;

  constructor(db: OptimizerDb) {
    this.#db = db;
  }

  /** Calls `onChange` when the job may have moved on. @returns how to end it */
  async watch(jobId: string, onChange: () => void): Promise<() => void> {
    const watchers = this.#watchers.get(jobId) ?? new Set();
    this.#watchers.set(jobId, watchers.add(onChange));
    this.#listening ??= this.#db.listen(PROGRESS_CHANNEL, (id) => this.#tell(id), { onGap: () => this.#tellAll() });
    await this.#listening.catch(() => {
      // without notifications the watchers' own poll goes on
      this.#listening = undefined;
    });
    return () => {
      watchers.delete(onChange);
      if (watchers.size === 0) this.#watchers.delete(jobId);
    };
  }

  async close(): Promise<void> {
    const listening = await this.#listening?.catch(() => undefined);
    await listening?.unlisten();
  }

  #tell(jobId: string): void {
    for (const onChange of this.#watchers.get(jobId) ?? []) onChange();
  }

  #tellAll(): void {
    for (const jobId of this.#watchers.keys()) this.#tell(jobId);
  }
}
