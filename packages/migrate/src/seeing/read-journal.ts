import type { Session } from '../connect/session.ts';
import { holderOf, lockName } from '../lock/try-lock.ts';

/** One row of the journal. */
export interface JournalEntry {
  readonly at: Date;
  /** Migration or backfill; `*` for a run as a whole. */
  readonly name: string;
  readonly event: string;
  /** Database user. */
  readonly by: string;
  /** Whole milliseconds. NULL: the event has no duration, or it is unknown. */
  readonly durationMs: number | null;
  /** NULL: unknown. */
  readonly appVersion: string | null;
  /** Of a `started` run: whether it recorded its end. NULL for every other event. */
  readonly outcome: 'finished' | 'failed' | 'cut' | 'going on' | null;
  /** Further facts of the event: an error's code, `late`, … */
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Row extends Omit<JournalEntry, 'durationMs' | 'appVersion' | 'outcome'> {
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The journal of a domain, newest first, at most `limit` rows; the history tables must be there. */
export async function readJournal({ sql }: Session, domain: string, limit: number): Promise<readonly JournalEntry[]> {
  const rows = await sql<Row[]>`
    SELECT at, name, event, by, coalesce(detail, '{}') AS detail
    FROM migrations.journal WHERE domain IN (${domain}, '*') ORDER BY id DESC LIMIT ${limit}`;
  const holder = await holderOf(sql, lockName.domain(domain));
  return withOutcomes(rows, holder !== undefined);
}

/** Tells of each started run how it ended: a run that another one followed without recording its end was cut. Rows are newest first.
 *  `isLocked`: a migrator holds the domain's lock now. Pure. */
export function withOutcomes(rows: readonly Row[], isLocked: boolean): readonly JournalEntry[] {
  let next: JournalEntry['outcome'] = isLocked ? 'going on' : 'cut';
  return rows.map((row) => {
    const { durationMs, appVersion, ...detail } = row.detail;
    const outcome = row.event === 'started' ? next : null;
    if (row.event === 'started') next = 'cut';
    if (row.event === 'finished') next = detail['ok'] === false ? 'failed' : 'finished';
    return {
      ...row,
      durationMs: typeof durationMs === 'number' ? durationMs : null,
      appVersion: typeof appVersion === 'string' ? appVersion : null,
      outcome,
      detail,
    };
  });
}
