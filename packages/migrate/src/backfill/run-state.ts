import type { Session } from '../connect/session.ts';
import type { Backfill } from './backfill.ts';
import { type BatchSize, createBatchSize } from './batch-size.ts';
import { createPace, type Pace } from './pace.ts';
import { createProgressMeter, type ProgressMeter } from './progress.ts';
import type { BackfillProgress, FailedRow } from './report.ts';

/** How a run shall go; what the command line sets. */
export interface RunWishes {
  readonly onProgress?: ((progress: BackfillProgress) => void) | undefined;
  /** Batches at a time. Absent: as the backfill says. */
  readonly connections?: 1 | 2 | undefined;
  /** Rows a second at most. Absent: as fast as it goes. */
  readonly rowsPerSecond?: number | undefined;
  /** Goes on behind rows that cannot be changed, and names them at the end. */
  readonly keepGoing?: boolean;
  /** Begins at the first key although an earlier run came further: for one that was edited since. */
  readonly restart?: boolean;
  /** Walks the table once: rows that come after it has begun are nobody's business, as they are not of an UPDATE. */
  readonly onePass?: boolean;
  /** Bytes of WAL that a standby may be behind. Absent: 64 MB; 0: nobody looks. */
  readonly lagBytesMax?: number | undefined;
}

/** One run of a backfill, as its parts see it. */
export interface Run {
  /** Holds the backfill's lock and watches; the batches have sessions of their own. */
  readonly session: Session;
  readonly domain: string;
  readonly backfill: Backfill;
  readonly wishes: RunWishes;
  readonly size: BatchSize;
  readonly pace: Pace;
  readonly progress: ProgressMeter;
  /** Rows that could not be changed, by key. */
  readonly failed: Map<string, FailedRow>;
  /** Why no batch may begin now. NULL: it may. */
  hold: string | null;
  vacuums: number;
}

export function createRun(session: Session, domain: string, backfill: Backfill, wishes: RunWishes): Run {
  const perSecond = wishes.rowsPerSecond ?? null;
  return {
    ...{ session, domain, backfill, wishes, hold: null, vacuums: 0 },
    size: createBatchSize(backfill, perSecond),
    pace: createPace(perSecond),
    progress: createProgressMeter(backfill.name, wishes.onProgress),
    failed: new Map(),
  };
}
