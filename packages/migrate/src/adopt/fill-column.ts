import type { Backfill } from '../backfill/backfill.ts';
import { runBackfill } from '../backfill/run.ts';
import type { AdoptRun } from './adopt-domain.ts';
import { keyOf, QUIET } from './apply-adoption.ts';
import { q } from './names.ts';
import type { StoredFill } from './store.ts';
import { watchedRows } from './watched.ts';

/** Gives the new column its value in every row that is there, in batches: the trigger that keeps it equal is told of each row, triggers of
 *  others are not, where we may keep them quiet.
 *  @throws {DbError} DB_BACKFILL… */
export async function fillColumn(
  { session, domain, options }: AdoptRun,
  name: string,
  fill: StoredFill,
): Promise<void> {
  const { table, key, column, fresh, quiet } = fill;
  const [own, now, by] = [column, fresh, key.column].map((one) => `t.${q(one)}`);
  const open = `${now} IS NULL AND ${own} IS NOT NULL`;
  const backfill: Backfill = {
    name,
    rule: 'the same value in its declared type',
    table,
    key,
    batch: `${quiet ? QUIET : ''}UPDATE ${table} AS t SET ${q(column)} = ${own}${quiet ? ' FROM quiet' : ''} WHERE ($1::${key.type} IS NULL OR ${by} > $1) AND ${by} <= $2 AND ${open}`,
    remaining: `SELECT count(*) FROM ${table} AS t WHERE ${open}`,
  };
  const body = () => runBackfill(session, keyOf(domain.name), backfill, { lock: options.lock });
  await watchedRows(session, options, name, body);
}
