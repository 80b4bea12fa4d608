import type { Session } from '../connect/session.ts';
import { countOf } from '../errors/count-of.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { describeBlocker, findBlockers } from '../lock/blockers.ts';
import { LOCK_BUDGET_SECONDS } from '../lock/give-way.ts';
import type { Backfill } from './backfill.ts';
import type { KeyRange } from './key-range.ts';
import type { FailedRow } from './report.ts';
import type { Run } from './run-state.ts';

const KEPT = 'finished batches are kept';

/** A statement that no row is to blame for; a broken connection stays what it is. */
export function statementFailed(error: unknown, { name }: Backfill, what: string): unknown {
  if (error instanceof DbError || connectionCode(error) !== undefined) return error;
  const why = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  return new DbError('DB_BACKFILL', { at: name, why, sqlState: sqlStateOf(error), changed: KEPT }, { cause: error });
}

export function nameOf({ lower, upper }: KeyRange): string {
  return `keys after ${lower ?? 'the beginning'} up to ${upper}`;
}

/** A row that stops its backfill. */
export function rowFailed({ name, table, key }: Backfill, at: string, error: Error): DbError {
  const why = `${table}, ${key.column} ${at}: ${error.message}`;
  const data: { readonly failed: readonly FailedRow[] } = { failed: [{ key: at, why: error.message }] };
  return new DbError(
    'DB_BACKFILL_ROW',
    { at: name, why, sqlState: sqlStateOf(error), changed: KEPT, data },
    { cause: error },
  );
}

const NAMED_MAX = 20;

/** At the end of a run that went on behind failing rows. */
export function rowsFailed({ name, table, key }: Backfill, failed: readonly FailedRow[]): DbError {
  const named = failed.slice(0, NAMED_MAX).map((row) => `\n  ${key.column} ${row.key}: ${row.why}`);
  const more = failed.length > NAMED_MAX ? `\n  and ${failed.length - NAMED_MAX} more` : '';
  const why = `${countOf(failed.length, 'row')} of ${table} could not be changed:${named.join('')}${more}`;
  const fix = `mend ${failed.length === 1 ? 'it' : 'them'}, or what refuses ${failed.length === 1 ? 'it' : 'them'}, and run again`;
  return new DbError('DB_BACKFILL_ROW', { at: name, why, fix, changed: 'all other rows are done', data: { failed } });
}

export function stuck({ name }: Backfill, why: string): DbError {
  return new DbError('DB_BACKFILL', { at: name, why, changed: KEPT });
}

export function edited({ name }: Backfill, cursor: string): DbError {
  const why = `its statements are not those with which it came to key ${cursor}`;
  return new DbError('DB_BACKFILL_EDITED', { at: name, why, changed: 'nothing was changed by this run' });
}

/** Where the lock that was not free is a backfill's. */
export function busy(error: unknown, { name }: Backfill): unknown {
  if (!(error instanceof DbError && error.code === 'DB_MIGRATOR_BUSY')) return error;
  return new DbError('DB_BACKFILL_BUSY', { ...error.facts, at: name }, { cause: error });
}

/** Names who has written to the table longest: one of them has locked the row. */
export async function lockedOut(
  { session, backfill }: Pick<Run, 'session' | 'backfill'>,
  range: KeyRange,
): Promise<DbError> {
  const lockers = (await lockersOf(session, backfill.table)).map(describeBlocker);
  const who = lockers.length === 0 ? 'nobody is in the way now' : lockers.join('\n  ');
  const why = `${nameOf(range)}: locked for ${LOCK_BUDGET_SECONDS} s:\n  ${who}`;
  return new DbError('DB_LOCK_TIMEOUT', { at: backfill.name, why, changed: KEPT });
}

/** EXCLUSIVE is what every writer is in the way of, and whoever has locked a row only. */
async function lockersOf({ sql }: Session, table: string) {
  const [row] = await sql<{ oid: string }[]>`SELECT ${table}::regclass::oid::text AS oid`;
  return row === undefined ? [] : await findBlockers(sql, [{ oid: row.oid, table, mode: 'EXCLUSIVE' }]);
}
