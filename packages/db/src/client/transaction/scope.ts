import { AfterCommitFailed, TransactionOver } from '../errors/index.ts';
import type { TransactionNote } from './commit-status.ts';

/** One attempt of one transaction, for all its savepoints. Once it is over no query may go out any more: the driver would send it on
 *  a connection that belongs to somebody else by then. */
export class TransactionScope {
  /** Set when the callback is done and COMMIT goes out next. */
  committing = false;
  /** What to ask the server by, should COMMIT's answer not come. undefined: read only. */
  note: TransactionNote | undefined;
  /** What the callback returned. */
  value: unknown;
  readonly #hooks: (() => unknown)[] = [];
  #over: { readonly cause: unknown } | undefined;

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** The first cause stays. */
  end(cause?: unknown): void {
    this.#over ??= { cause };
  }

  /** @throws {TransactionOver} */
  requireOpen(): void {
    if (this.#over !== undefined) throw new TransactionOver(this.#over.cause);
  }

  get hookCount(): number {
    return this.#hooks.length;
  }

  afterCommit(hook: () => unknown): void {
    this.#hooks.push(hook);
  }

  dropHooksFrom(count: number): void {
    this.#hooks.length = count;
  }

  /** Runs every hook even where one fails.
   *  @throws {AfterCommitFailed} */
  async runHooks(): Promise<void> {
    const failures: unknown[] = [];
    for (const hook of this.#hooks) {
      try {
        await hook();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AfterCommitFailed(failures);
  }
}
