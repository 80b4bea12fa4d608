import type { BackfillDone, BackfillProgress } from '../backfill/report.ts';
import type { HeldContract } from '../contract/hold-back.ts';
import type { RecordedLate } from '../drift/with-recorded-catalog.ts';
import type { Blocker } from '../lock/blockers.ts';
import type { LockHolder } from '../lock/try-lock.ts';
import type { Answer, NotAnswered } from '../preflight/requirement.ts';
import type { ApplyObserver } from './observer.ts';
import type { StatementProgress } from './watch-progress.ts';

/** What happens while migrating, for people and logs. */
export type ApplyEvent =
  | { readonly type: 'waiting'; readonly domain: string; readonly holder: LockHolder | undefined }
  | { readonly type: 'applying'; readonly domain: string; readonly name: string }
  | {
      readonly type: 'applied';
      readonly domain: string;
      readonly name: string;
      readonly ms: number;
      readonly late: boolean;
    }
  | { readonly type: 'blocked'; readonly domain: string; readonly name: string; readonly blocker: Blocker }
  | ({ readonly type: 'progress'; readonly domain: string; readonly name: string } & StatementProgress)
  | ({ readonly type: 'backfilling'; readonly domain: string } & BackfillProgress)
  | ({ readonly type: 'backfilled'; readonly domain: string } & BackfillDone)
  | ({ readonly type: 'not answered'; readonly domain: string } & NotAnswered)
  | { readonly type: 'recorded'; readonly domain: string; readonly why: RecordedLate }
  | ({ readonly type: 'held'; readonly domain: string } & HeldContract)
  | { readonly type: 'abandoned'; readonly domain: string; readonly names: readonly string[] }
  | { readonly type: 'ahead'; readonly domain: string; readonly names: readonly string[] };

/** What an applying step tells while it runs. */
export interface ApplyWatch {
  readonly onBlocked?: ((blocker: Blocker) => void) | undefined;
  readonly onProgress?: ((progress: StatementProgress) => void) | undefined;
  readonly onBackfill?: ((progress: BackfillProgress) => void) | undefined;
  readonly onBackfilled?: ((done: BackfillDone) => void) | undefined;
  readonly observer?: ApplyObserver | undefined;
}

export interface AppliedNow {
  readonly name: string;
  /** Wall time in whole milliseconds. */
  readonly ms: number;
  readonly late: boolean;
}

/** A migration that a dry run has checked and not applied. */
export interface PlannedApply {
  readonly name: string;
  readonly late: boolean;
  readonly how: 'transaction' | 'statement by statement';
  /** Backfills that run before it, where they are not done. */
  readonly afterBackfills: readonly string[];
  /** The whole text, comments included. */
  readonly sql: string;
}

export interface MigrateResult {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  /** What this run applied, in its order; none on a dry run. */
  readonly applied: readonly AppliedNow[];
  /** On a dry run only: nothing was changed. */
  readonly dryRun?: true;
  /** On a dry run only: what a run would apply, in its order. */
  readonly wouldApply?: readonly PlannedApply[];
  /** On a dry run only: the rows that are in the way, and what was not answered in time. */
  readonly rows?: Answer;
  /** Pending migrations that were left, because of `--to`. */
  readonly left: readonly string[];
  /** Contract migrations that wait for older builds to end; a later run applies them. */
  readonly held: readonly HeldContract[];
  /** Applied migrations that only a newer build knows. */
  readonly ahead: readonly string[];
  /** Half done, and their files are gone. */
  readonly abandoned: readonly string[];
}
