import type { Backfill } from '../backfill/backfill.ts';
import { findKey } from '../backfill/find-key.ts';
import { runBackfill } from '../backfill/run.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { batchedUpdate } from '../sql/batched-update.ts';
import type { Statement } from '../sql/parse.ts';
import type { ApplyWatch } from './report.ts';

export interface BatchedStep {
  /** By which its cursor is kept. */
  readonly name: string;
  readonly statement: Statement;
  /** File, for errors. */
  readonly at: string;
  readonly watch: ApplyWatch;
}

/** For another runner of the same step, whose session is about to end. */
const WAIT_MS = 60_000;

/** Runs an UPDATE of a `-- db: in-batches` file as a backfill: by ranges of its table's key, each in a transaction with the cursor, from
 *  the last committed one where an earlier run was cut, over every row that was there when it began.
 *  @throws {DbError} DB_FILE_BATCHES where the table has no key to walk; what `runBackfill` throws */
export async function updateInBatches(
  session: Session,
  domain: string,
  { name, statement, at, watch }: BatchedStep,
): Promise<void> {
  const batched = batchedUpdate(statement);
  if (!batched.ok) throw new DbError('DB_FILE_BATCHES', { why: batched.why, at });
  const { table, remaining, batch } = batched.update;
  const key = await findKey(session.sql, table);
  if (key === null) {
    throw new DbError('DB_FILE_BATCHES', { why: `${table} has no index by whose first column it could be walked`, at });
  }
  const backfill: Backfill = { name, rule: statement.text, table, key, batch: batch(key), remaining };
  const lock = { waitMs: WAIT_MS, onWait: () => {} };
  const done = await runBackfill(session, domain, backfill, { lock, onePass: true, onProgress: watch.onBackfill });
  if (done !== null) watch.onBackfilled?.(done);
}
