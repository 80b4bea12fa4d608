import type { Session } from '../connect/session.ts';
import { countOf } from '../errors/count-of.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { journal } from '../history/write.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import type { Backfill } from './backfill.ts';
import { countBy } from './count.ts';
import { busy, edited, rowsFailed, stuck } from './failures.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { BackfillDone } from './report.ts';
import { createRun, type Run, type RunWishes } from './run-state.ts';
import { walk } from './walk.ts';
import { openWorker, type Worker } from './worker.ts';

/** A row may wait for another row's result (a child for its parent): the table is walked again while that helps. */
const PASSES_MAX = 50;
const ANALYZE_WAIT = '5s';
const LOCK_NOT_AVAILABLE = '55P03';

export interface RunOptions extends RunWishes {
  /** For the backfill's own lock: one runner at a time. */
  readonly lock: LockOptions;
}

/** Runs a backfill to its end, from the last committed key where an earlier run was cut. Each batch is a transaction that also
 *  holds the new cursor. One that is recorded as done is run again only where an old writer has left rows since: else a migration
 *  that waits for it could never succeed. NULL: it was done already.
 *  @throws {DbError} DB_BACKFILL_BUSY and DB_BACKFILL_EDITED with nothing changed; DB_BACKFILL_ROW, DB_LOCK_TIMEOUT; DB_BACKFILL where
 *  rows are left that no further pass changes, or that contradict the rule */
export async function runBackfill(
  session: Session,
  domain: string,
  backfill: Backfill,
  { lock, ...wishes }: RunOptions,
): Promise<BackfillDone | null> {
  const run = createRun(session, domain, backfill, wishes);
  const alone = withLock(session, lockName.backfill(domain, backfill.name), lock, async () => {
    const begun = await begin(run);
    return begun === null ? null : await toTheEnd(run, begun);
  });
  return await alone.catch((error: unknown) => {
    throw busy(error, backfill);
  });
}

interface Begun {
  readonly cursor: string | null;
  readonly left: number;
}

/** Opens the backfill's row. @returns null where it is done already */
async function begin({ session, domain, backfill, wishes, progress }: Run): Promise<Begun | null> {
  const fingerprint = fingerprintOf(backfill);
  const [row] = await session.sql<{ state: string; cursor: string | null; checksum: string | null }[]>`
    INSERT INTO migrations.backfills AS b (domain, name, state, checksum) VALUES (${domain}, ${backfill.name}, 'running', ${fingerprint})
    ON CONFLICT (domain, name) DO UPDATE SET state = b.state RETURNING state, cursor, checksum`;
  const cursor = wishes.restart === true ? null : (row?.cursor ?? null);
  // Behind no cursor there is nothing that another text has done in half.
  if (cursor !== null && (row?.checksum ?? fingerprint) !== fingerprint) throw edited(backfill, cursor);
  const left = await countBy(session, backfill, backfill.remaining);
  if (row?.state === 'done' && left === 0) return null;
  await session.sql`
    UPDATE migrations.backfills SET state = 'running', cursor = ${cursor}, checksum = ${fingerprint}, finished_at = NULL
    WHERE domain = ${domain} AND name = ${backfill.name}`;
  progress.begin(left);
  return { cursor, left };
}

async function toTheEnd(run: Run, begun: Begun): Promise<BackfillDone> {
  const { backfill, failed, progress } = run;
  if (begun.left > 0) {
    await using opened = new AsyncDisposableStack();
    const left = await passes(run, await crew(run, begun.left, opened), begun);
    if (left > 0) throw rowsFailed(backfill, [...failed.values()]);
  }
  await verify(run);
  if (begun.left > 0) await analyze(run);
  const { rows } = progress;
  const done = { backfill: backfill.name, rows, ms: Math.round(progress.ms()), vacuums: run.vacuums };
  await finish(run, done);
  return done;
}

/** What fits into one batch needs no second worker. */
async function crew(run: Run, left: number, opened: AsyncDisposableStack): Promise<readonly Worker[]> {
  const { session, domain, backfill, wishes, size } = run;
  const count = left > size.keys ? (wishes.connections ?? backfill.connections ?? 1) : 1;
  const workers: Worker[] = [];
  while (workers.length < count) workers.push(opened.use(await openWorker(session, domain, backfill)));
  return workers;
}

/** Walks the table until nothing is left. @returns the rows left where none but failed ones are; else 0 */
async function passes(run: Run, workers: readonly Worker[], { cursor, left: first }: Begun): Promise<number> {
  const { session, domain, backfill, failed, progress } = run;
  let left = first;
  for (let pass = 0; left > 0; pass += 1) {
    const before = progress.rows;
    await walk(run, workers, pass === 0 ? cursor : null, left);
    await session.sql`UPDATE migrations.backfills SET cursor = NULL WHERE domain = ${domain} AND name = ${backfill.name}`;
    left = await countBy(session, backfill, backfill.remaining);
    // What is left then was written since, as behind a plain UPDATE.
    if (run.wishes.onePass === true) return failed.size > 0 ? left : 0;
    const helped = progress.rows > before;
    if (failed.size > 0 && (left <= failed.size || !helped)) return left;
    if (!helped && pass > 0) throw stuck(backfill, `${countOf(left, 'row')} left, the last pass changed nothing`);
    if (pass === PASSES_MAX) throw stuck(backfill, `${countOf(left, 'row')} left, after ${PASSES_MAX} passes`);
  }
  return 0;
}

async function verify({ session, backfill }: Run): Promise<void> {
  if (backfill.verify === undefined) return;
  const wrong = await countBy(session, backfill, backfill.verify);
  if (wrong > 0) throw stuck(backfill, `${countOf(wrong, 'row')} against the rule, by its verify query`);
}

/** The planner knows the rows as they were. Whoever maintains the table just now does it for us. */
async function analyze({ session, backfill }: Run): Promise<void> {
  const analyzed = session.sql.begin(async (tx) => {
    await tx`SELECT set_config('lock_timeout', ${ANALYZE_WAIT}, true)`;
    await tx.unsafe(`ANALYZE ${backfill.table}`);
  });
  await analyzed.catch((error: unknown) => {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
  });
}

async function finish({ session, domain, backfill }: Run, { rows, ms, vacuums }: BackfillDone): Promise<void> {
  await session.sql.begin(async (tx) => {
    await tx`
      UPDATE migrations.backfills SET state = 'done', cursor = NULL, finished_at = clock_timestamp()
      WHERE domain = ${domain} AND name = ${backfill.name}`;
    await journal(tx, domain, backfill.name, 'backfilled', {
      rows,
      durationMs: ms,
      ...(vacuums > 0 ? { vacuums } : {}),
    });
  });
}
