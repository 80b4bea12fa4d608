import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { journal } from '../history/write.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import type { Backfill } from './backfill.ts';

const BATCH_SIZE = 5_000;
/** A row may wait for another row's result (a child for its parent): the table is walked again while that helps. */
const PASSES_MAX = 50;

export interface BackfillProgress {
  readonly backfill: string;
  /** Rows that this run has changed so far. */
  readonly rowsDone: number;
  /** Rows that were left when this run began. */
  readonly rowsTotal: number;
}

/** What a run has done. */
export interface BackfillDone {
  readonly backfill: string;
  readonly rows: number;
  /** Wall time in whole milliseconds. */
  readonly ms: number;
}

/** Runs a backfill to its end, from the last committed key where an earlier run was cut. Each batch is a transaction that also
 *  holds the new cursor. One that is recorded as done is run again only where an old writer has left rows since: else a migration
 *  that waits for it could never succeed. NULL: it was done already.
 *  @throws {DbError} DB_BACKFILL where rows are left that no further pass changes. */
export async function runBackfill(
  session: Session,
  domain: string,
  backfill: Backfill,
  onProgress: (progress: BackfillProgress) => void,
): Promise<BackfillDone | null> {
  const started = performance.now();
  const [row] = await session.sql<{ state: string; cursor: string | null }[]>`
    INSERT INTO migrations.backfills AS b (domain, name, state) VALUES (${domain}, ${backfill.name}, 'running')
    ON CONFLICT (domain, name) DO UPDATE SET state = b.state RETURNING state, cursor`;
  let left = await remaining(session, backfill);
  if (row?.state === 'done' && left === 0n) return null;
  const rowsTotal = Number(left);
  let rowsDone = 0;
  const count = (rows: number) => {
    rowsDone += rows;
    onProgress({ backfill: backfill.name, rowsDone, rowsTotal });
  };
  let cursor = row?.cursor ?? null;
  for (let pass = 0; left > 0n; pass += 1) {
    await walk(session, domain, backfill, cursor, count);
    cursor = null;
    const before = left;
    left = await remaining(session, backfill);
    if (left >= before && pass > 0) throw stuck(backfill, left, `the last pass changed nothing`);
    if (pass === PASSES_MAX) throw stuck(backfill, left, `after ${PASSES_MAX} passes`);
  }
  const ms = Math.round(performance.now() - started);
  await session.sql.begin(async (tx) => {
    await tx`
      UPDATE migrations.backfills SET state = 'done', cursor = NULL, finished_at = clock_timestamp()
      WHERE domain = ${domain} AND name = ${backfill.name}`;
    await journal(tx, domain, backfill.name, 'backfilled', { rows: rowsDone, durationMs: ms });
  });
  return { backfill: backfill.name, rows: rowsDone, ms };
}

/** One pass over the table by upper keys, from `cursor` (exclusive; NULL: from the beginning). */
async function walk(
  session: Session,
  domain: string,
  backfill: Backfill,
  cursor: string | null,
  onBatch: (rows: number) => void,
): Promise<void> {
  let lower = cursor;
  for (;;) {
    session.alive();
    const upper = await upperKey(session, backfill, lower);
    if (upper === null) break;
    const rows = await commitBatch(session, domain, backfill, lower, upper).catch((error: unknown) => {
      throw batchError(error, backfill, lower, upper);
    });
    onBatch(rows);
    lower = upper;
  }
  await session.sql`UPDATE migrations.backfills SET cursor = NULL WHERE domain = ${domain} AND name = ${backfill.name}`;
}

/** One batch and its cursor in one transaction; the rows that it changed. */
async function commitBatch(
  session: Session,
  domain: string,
  backfill: Backfill,
  lower: string | null,
  upper: string,
): Promise<number> {
  return await session.sql.begin(async (tx) => {
    const { count } = await tx.unsafe(backfill.batch, [lower, upper, ...parametersOf(session, backfill)]);
    await tx`
      UPDATE migrations.backfills SET cursor = ${upper}, rows_done = rows_done + ${count}
      WHERE domain = ${domain} AND name = ${backfill.name}`;
    return count;
  });
}

/** The key that ends the next batch, or null at the end of the table. */
async function upperKey({ sql }: Session, backfill: Backfill, lower: string | null): Promise<string | null> {
  const { column, type } = backfill.key;
  const key = quoteIdentifier(column);
  const page = `SELECT ${key} AS k FROM ${backfill.table} WHERE ($1::${type} IS NULL OR ${key} > $1::${type}) ORDER BY ${key} LIMIT ${backfill.batchSize ?? BATCH_SIZE}`;
  const [row] = await sql.unsafe(`SELECT k::text AS k FROM (${page}) AS page ORDER BY page.k DESC LIMIT 1`, [lower]);
  return row === undefined ? null : String(row['k']);
}

async function remaining(session: Session, backfill: Backfill): Promise<bigint> {
  const [row] = await session.sql.unsafe(backfill.remaining, parametersOf(session, backfill));
  return BigInt(Object.values(row ?? {})[0] ?? 0);
}

/** Objects go out as jsonb; the driver would send a string of JSON as a JSON string. */
function parametersOf({ sql }: Session, { parameters = [] }: Backfill) {
  return parameters.map((value) => (typeof value === 'object' && value !== null ? sql.json(value) : value));
}

function batchError(error: unknown, backfill: Backfill, lower: string | null, upper: string): unknown {
  if (connectionCode(error) !== undefined) return error;
  const why = `the batch of keys after ${lower ?? 'the beginning'} up to ${upper}: ${error instanceof Error ? error.message : String(error)}`;
  return new DbError(
    'DB_BACKFILL',
    { at: backfill.name, why, sqlState: sqlStateOf(error), changed: 'finished batches are kept' },
    { cause: error },
  );
}

function stuck(backfill: Backfill, left: bigint, why: string): DbError {
  return new DbError('DB_BACKFILL', {
    at: backfill.name,
    why: `${left} rows are left, ${why}`,
    changed: 'finished batches are kept',
  });
}
