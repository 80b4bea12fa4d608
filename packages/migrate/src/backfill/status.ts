import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection, sqlStateOf } from '../errors/from-driver.ts';
import { historyPresence } from '../history/ensure.ts';
import { holderOf, type LockHolder, lockName } from '../lock/try-lock.ts';
import type { Backfill } from './backfill.ts';
import { countBy } from './count.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Where a backfill stands. */
export interface BackfillStatus {
  readonly name: string;
  readonly rule: string;
  /** `not begun`; `begun`: it was cut, or has failed, and goes on at its cursor; `running`: somebody is at it; `done`. */
  readonly state: 'not begun' | 'begun' | 'running' | 'done';
  readonly runner: LockHolder | null;
  /** Rows changed so far, by all runs. */
  readonly rowsDone: number;
  /** Rows that a run would still change. NULL: its tables are not there (yet), or counting takes too long. */
  readonly rowsLeft: number | null;
  /** Key up to which all is committed. NULL: the next run begins at the first one. */
  readonly cursor: string | null;
  /** True where its statements are not those that came to the cursor: the next run is refused. */
  readonly edited: boolean;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

interface Row {
  readonly name: string;
  readonly state: 'running' | 'done';
  readonly checksum: string | null;
  readonly cursor: string | null;
  readonly rowsDone: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** Counting all rows of a large table is no reason to wait. */
const COUNT_TIMEOUT = '10s';
/** No such table, schema or column; cancelled by the timeout. */
const UNCOUNTABLE = new Set(['42P01', '3F000', '42703', '57014']);

/** Where the backfills of a domain stand, in declared order. Read-only.
 *  @param name only this one */
export async function backfillStatus(
  domain: DomainConfig,
  target: Target,
  name: string | undefined,
): Promise<readonly BackfillStatus[]> {
  try {
    const { backfills } = await domain.load();
    const asked = backfills.filter((backfill) => name === undefined || backfill.name === name);
    if (asked.length === 0) return [];
    await using session = await openSession(target, { app: `db backfill ${domain.name}`, readOnly: true });
    try {
      return await read(session, domain.name, asked);
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

async function read(session: Session, domain: string, asked: readonly Backfill[]): Promise<readonly BackfillStatus[]> {
  const present = (await historyPresence(session)) === 'present';
  const rows = present
    ? await session.sql<Row[]>`
      SELECT name, state, checksum, cursor, rows_done::float8 AS "rowsDone", started_at AS "startedAt", finished_at AS "finishedAt"
      FROM migrations.backfills WHERE domain = ${domain}`
    : [];
  await session.sql`SELECT set_config('statement_timeout', ${COUNT_TIMEOUT}, false)`;
  const byName = new Map(rows.map((row) => [row.name, row]));
  const states: BackfillStatus[] = [];
  for (const backfill of asked) states.push(await stateOf(session, domain, backfill, byName.get(backfill.name)));
  return states;
}

async function stateOf(
  session: Session,
  domain: string,
  backfill: Backfill,
  row: Row | undefined,
): Promise<BackfillStatus> {
  const runner = (await holderOf(session.sql, lockName.backfill(domain, backfill.name))) ?? null;
  const cursor = row?.cursor ?? null;
  const fingerprint = fingerprintOf(backfill);
  const recorded = row?.state === 'running' ? 'begun' : (row?.state ?? 'not begun');
  return {
    name: backfill.name,
    rule: backfill.rule,
    state: runner === null ? recorded : 'running',
    runner,
    rowsDone: row?.rowsDone ?? 0,
    rowsLeft: await countLeft(session, backfill),
    cursor,
    edited: cursor !== null && (row?.checksum ?? fingerprint) !== fingerprint,
    startedAt: row?.startedAt ?? null,
    finishedAt: row?.finishedAt ?? null,
  };
}

async function countLeft(session: Session, backfill: Backfill): Promise<number | null> {
  return await countBy(session, backfill, backfill.remaining).catch((error: unknown) => {
    if (UNCOUNTABLE.has(sqlStateOf(error) ?? '')) return null;
    throw error;
  });
}
