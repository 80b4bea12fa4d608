import type { Session } from '../connect/session.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import type { Backfill } from './backfill.ts';
import type { KeyRange } from './key-range.ts';

/** How a batch ended; where it was not committed, somebody is in its way, or a row in it cannot be changed so. */
export type BatchEnd =
  | { readonly as: 'committed'; readonly rows: number; readonly ms: number }
  | { readonly as: 'in the way' }
  | { readonly as: 'row at fault'; readonly error: Error };

/** lock_not_available, deadlock_detected, serialization_failure: the same batch may succeed a moment later. */
const IN_THE_WAY = new Set(['55P03', '40P01', '40001']);
/** Classes of SQLSTATEs that a row's content gives: data exception, integrity violation, WITH CHECK OPTION, an error that a trigger or
 *  function raises. Others are the statement's, whatever the rows are. */
const OF_A_ROW = /^(22|23|44|P0)/;

/** Prepares the batch of a backfill on a session, for `runBatch`. A plan for any range would not know that ranges are short. */
export async function prepareBatch({ sql }: Session, { batch }: Backfill): Promise<void> {
  await sql`SELECT set_config('plan_cache_mode', 'force_custom_plan', false)`;
  // As a tagged template, for the simple protocol of `unsafe` would run what follows a semicolon.
  await sql`PREPARE backfill AS ${sql.unsafe(batch)}`;
}

/** Runs one batch and moves the cursor in the same transaction, in two round trips: its row locks are held no longer.
 *  @param cursor key up to which all is committed once this batch is
 *  @throws the driver's error where the statement or the connection is at fault, not a row */
export async function runBatch(
  { sql }: Session,
  domain: string,
  backfill: Backfill,
  { lower, upper }: KeyRange,
  cursor: () => string | null,
): Promise<BatchEnd> {
  const started = performance.now();
  const values = [lower, upper, ...(backfill.parameters ?? [])].map(literal).join(', ');
  try {
    const [, { count }] = await Promise.all([sql.unsafe('BEGIN'), sql.unsafe(`EXECUTE backfill (${values})`)]);
    await sql.unsafe(`
      UPDATE migrations.backfills SET cursor = ${literal(cursor())}, rows_done = rows_done + ${count}
      WHERE domain = ${literal(domain)} AND name = ${literal(backfill.name)} AND state = 'running';
      COMMIT`);
    return { as: 'committed', rows: count, ms: performance.now() - started };
  } catch (error) {
    // On a dead session this fails too, and the server has rolled back already.
    await sql.unsafe('ROLLBACK').catch(() => {});
    const state = sqlStateOf(error) ?? '';
    if (IN_THE_WAY.has(state)) return { as: 'in the way' };
    if (connectionCode(error) === undefined && OF_A_ROW.test(state) && error instanceof Error)
      return { as: 'row at fault', error };
    throw error;
  }
}

/** In quotes whatever it is: so it takes the type of its parameter. */
function literal(value: NonNullable<Backfill['parameters']>[number]): string {
  if (value === null) return 'NULL';
  return sqlLiteral(typeof value === 'object' ? JSON.stringify(value) : String(value));
}
