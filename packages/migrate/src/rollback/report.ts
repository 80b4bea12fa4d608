import type { StatementProgress } from '../apply/watch-progress.ts';
import type { Blocker } from '../lock/blockers.ts';
import type { LockHolder } from '../lock/try-lock.ts';
import type { DownSource } from './choose-down.ts';

/** What happens while rolling back, for people and logs. */
export type RollbackEvent =
  | { readonly type: 'waiting'; readonly domain: string; readonly holder: LockHolder | undefined }
  | { readonly type: 'rolling back'; readonly domain: string; readonly name: string }
  | ({ readonly type: 'rolled back'; readonly domain: string } & RolledBackNow)
  | { readonly type: 'blocked'; readonly domain: string; readonly name: string; readonly blocker: Blocker }
  | ({ readonly type: 'progress'; readonly domain: string; readonly name: string } & StatementProgress);

export interface RolledBackNow {
  readonly name: string;
  /** Wall time in whole milliseconds. */
  readonly ms: number;
}

/** A step of a plan, for people and programs. */
export interface PlannedRollback {
  readonly name: string;
  readonly source: DownSource;
  /** The whole text, comments included. */
  readonly sql: string;
}

export interface RollbackResult {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  /** What this run undid, in its order; none on a dry run. */
  readonly rolledBack: readonly RolledBackNow[];
}
