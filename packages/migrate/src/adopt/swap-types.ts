import { runSteps } from '../apply/in-steps.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import type { AdoptRun } from './adopt-domain.ts';
import { inOneTransaction, keyOf, workingPath } from './apply-adoption.ts';
import { asMigration } from './as-migration.ts';
import { fillColumn } from './fill-column.ts';
import type { Look } from './look.ts';
import { type StoredAdoption, type StoredSwap, updateText } from './store.ts';
import { swapWork } from './swap-work.ts';
import { watched } from './watched.ts';

/** Gives columns of large tables their declared types beside reads and writes, one after another, and looks again after each: what reads
 *  a column is made anew by what the others have become. Cut at any moment, the column at work is gone on with.
 *  @throws {DbError} DB_ADOPT, DB_STEP, DB_LOCK_TIMEOUT, DB_BACKFILL… */
export async function swapTypes(
  run: AdoptRun,
  stored: StoredAdoption,
  lookAgain: (now: StoredAdoption) => Promise<Look>,
): Promise<StoredAdoption> {
  let now = stored.work.swap === undefined ? stored : await carryOut(run, stored, stored.work.swap);
  const done = new Set<string>();
  for (;;) {
    const [next] = (await lookAgain(now)).plan.swaps;
    if (next === undefined) return now;
    const name = `${next.table}.${next.column}`;
    if (done.has(name)) throw new DbError('DB_BUG', { why: `${name} has changed its type, and would change it again` });
    done.add(name);
    const work = await swapWork(run, now, next);
    await run.session.sql.unsafe(updateText(run.domain.name, { work: JSON.stringify({ ...now.work, swap: work }) }));
    now = await carryOut(run, now, work);
  }
}

async function carryOut(run: AdoptRun, stored: StoredAdoption, swap: StoredSwap): Promise<StoredAdoption> {
  const { session, domain, options } = run;
  const name = `type of ${swap.name}`;
  options.onEvent?.({ type: 'doing', about: name });
  await inStage(run, stored, { name: `${name}: new column`, texts: swap.expand });
  if (swap.fill !== null) await fillColumn(run, name, swap.fill);
  if (swap.build.length > 0) {
    await session.sql.unsafe(`SET search_path = ${pathOf(run, stored)}; SET timezone = 'UTC'`);
    const steps = { ...asMigration(swap.build), name: `${name}: beside` };
    const onProgress = ({ phase }: { readonly phase: string }) => options.onEvent?.({ type: 'doing', about: phase });
    const body = () => runSteps(session, steps, keyOf(domain.name), { onProgress, observer: options.observer });
    await watched(session, options, `${name}, beside the application`, body, steps);
    await session.sql.unsafe('RESET search_path; RESET timezone');
  }
  await inStage(run, stored, { name: `${name}: swap`, texts: swap.swap });
  const { swap: _, ...work } = stored.work;
  const key = sqlLiteral(keyOf(domain.name));
  const forget = [
    ...['steps', 'backfills'].map(
      (table) => `DELETE FROM migrations.${table} WHERE domain = ${key} AND starts_with(name, ${sqlLiteral(name)})`,
    ),
    updateText(domain.name, { work: JSON.stringify(work) }),
  ];
  await inStage(run, stored, { name: `${name}: old column`, texts: swap.drop, after: forget.join('; ') });
  return { ...stored, work };
}

interface Stage {
  readonly name: string;
  readonly texts: readonly string[];
  readonly after?: string;
}

/** One transaction with a durable row: what an earlier run has done is not done again. */
async function inStage(
  run: AdoptRun,
  stored: StoredAdoption,
  { name, texts, after = 'SELECT 1' }: Stage,
): Promise<void> {
  const { session, domain, options } = run;
  if (await isDone(session, domain.name, name)) return;
  await inOneTransaction(session, texts, {
    path: pathOf(run, stored),
    before: `INSERT INTO migrations.steps (domain, name, statement, checksum, state, done_at) VALUES (${[keyOf(domain.name), name].map(sqlLiteral).join(', ')}, 0, '', 'done', clock_timestamp())`,
    after,
    at: name,
    observer: options.observer,
  });
}

async function isDone({ sql }: Session, domain: string, name: string): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    SELECT EXISTS (SELECT FROM migrations.steps WHERE domain = ${keyOf(domain)} AND name = ${name}) AS done`;
  return row?.done === true;
}

function pathOf({ domain }: AdoptRun, { fromSchema }: StoredAdoption): string {
  return workingPath(domain.schema, fromSchema);
}
