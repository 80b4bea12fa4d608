import type { TransactionSql } from 'postgres';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { checksum } from '../files/normalize.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { type AppliedBy, finishAppliedText, insertApplied } from '../history/write.ts';
import { giveWay, LOCK_BUDGET_SECONDS } from '../lock/give-way.ts';
import type { Statement } from '../sql/parse.ts';
import { needsNoTransaction } from '../sql/transactional.ts';
import { nameIsTaken } from './concurrent-index.ts';
import type { ApplyObserver } from './observer.ts';
import type { ApplyWatch } from './report.ts';
import { settle } from './settle.ts';
import { statementError } from './statement-error.ts';
import { updateInBatches } from './update-in-batches.ts';
import { watchProgress } from './watch-progress.ts';

/** One statement of a no-transaction migration, with what an earlier run recorded of it. */
interface Step {
  readonly migration: ParsedMigration;
  readonly domain: string;
  /** 0-based. */
  readonly number: number;
  readonly statement: Statement;
  /** True where an earlier run began it and did not record its end. */
  readonly begun: boolean;
  readonly watch: ApplyWatch;
}

/** Applies a `-- db: no-transaction` migration statement by statement with a durable journal: a statement that is done is never
 *  repeated, one that was cut is found in the catalog and finished. Statements that can run in a transaction do, with their journal
 *  row in it.
 *  @throws {DbError} DB_STEP, DB_STEP_EDITED, DB_LOCK_TIMEOUT, DB_CONNECTION_LOST */
export async function applyInSteps(
  session: Session,
  migration: ParsedMigration,
  by: AppliedBy,
  watch: ApplyWatch = {},
): Promise<void> {
  const started = performance.now();
  await runSteps(session, migration, by.domain, watch);
  await session.sql.begin(async (tx) => {
    await insertApplied(tx, migration, by);
    await tx`DELETE FROM migrations.steps WHERE domain = ${by.domain} AND name = ${migration.name}`;
    await tx.unsafe(finishAppliedText(migration, by, Math.round(performance.now() - started)));
  });
}

/** Runs the statements that no earlier run has finished, up or down; whoever calls records the outcome and clears the steps, in one
 *  transaction. Steps of an applied migration are those of its down: an up clears its own when it is applied.
 *  @throws {DbError} DB_STEP, DB_STEP_EDITED, DB_LOCK_TIMEOUT, DB_CONNECTION_LOST */
export async function runSteps(
  session: Session,
  migration: ParsedMigration,
  domain: string,
  watch: ApplyWatch = {},
): Promise<void> {
  const states = await readSteps(session, migration, domain);
  for (const [number, statement] of migration.statements.entries()) {
    const state = states.get(number);
    if (state === 'done') continue;
    session.alive();
    const step: Step = { migration, domain, number, statement, begun: state === 'started', watch };
    const run = wayOf(statement, migration);
    await run(session, step).catch((error: unknown) => {
      throw statementError(error, migration, statement, `statements before number ${number + 1} are done and recorded`);
    });
  }
}

function wayOf(statement: Statement, { header }: ParsedMigration): (session: Session, step: Step) => Promise<void> {
  if (needsNoTransaction(statement)) return runAlone;
  return header.inBatches && statement.kind === 'UpdateStmt' ? runInBatches : runInTransaction;
}

type StepState = 'started' | 'done';

/** What an earlier run recorded. A file that was edited since it began is refused: its steps are no longer those that are done. */
async function readSteps(
  { sql }: Session,
  migration: ParsedMigration,
  domain: string,
): Promise<ReadonlyMap<number, StepState>> {
  const rows = await sql<{ statement: number; checksum: string; state: StepState }[]>`
    SELECT statement, checksum, state FROM migrations.steps WHERE domain = ${domain} AND name = ${migration.name}`;
  const edited = rows.find(
    (row) => row.state === 'done' && row.checksum !== checksum(migration.statements[row.statement]?.text ?? ''),
  );
  if (edited !== undefined) {
    throw new DbError('DB_STEP_EDITED', {
      why: `statement ${edited.statement + 1} is done with another text than the file has now`,
      at: migration.path,
      changed: 'nothing was changed by this run',
    });
  }
  return new Map(rows.map((row) => [row.statement, row.state]));
}

async function runInTransaction(
  session: Session,
  { migration, domain, number, statement, watch }: Step,
): Promise<void> {
  const budgetSeconds = migration.header.lockBudgetSeconds ?? LOCK_BUDGET_SECONDS;
  await giveWay(session, [statement], { budgetSeconds, at: migration.path, onBlocked: watch.onBlocked }, (takeLocks) =>
    session.sql.begin(async (tx) => {
      const { count } = await tx`
        INSERT INTO migrations.steps AS s (domain, name, statement, checksum, state, done_at)
        VALUES (${domain}, ${migration.name}, ${number}, ${checksum(statement.text)}, 'done', clock_timestamp())
        ON CONFLICT (domain, name, statement) DO UPDATE SET state = 'done', checksum = excluded.checksum, done_at = clock_timestamp()
        WHERE s.state <> 'done'`;
      // Done by another session meanwhile, where the lock was lost: never twice.
      if (count === 0) return;
      await tx.unsafe(takeLocks);
      await ask(tx, watch.observer, number);
      await tx.unsafe(statement.text);
      await ask(tx, watch.observer, number + 1);
    }),
  );
  watch.observer?.committed();
}

async function ask(tx: TransactionSql, observer: ApplyObserver | undefined, number: number): Promise<void> {
  if (observer === undefined) return;
  await tx.unsafe(observer.around(number)).forEach((row) => {
    observer.row(row);
  });
}

/** A run that was cut goes on behind its last batch. */
async function runInBatches(session: Session, { migration, domain, number, statement, watch }: Step): Promise<void> {
  const name = `${migration.name}.${number + 1}`;
  const body = () => updateInBatches(session, domain, { name, statement, at: migration.path, watch });
  await (watch.observer?.alone(session, number, body) ?? body());
  await session.sql`
    INSERT INTO migrations.steps (domain, name, statement, checksum, state, done_at)
    VALUES (${domain}, ${migration.name}, ${number}, ${checksum(statement.text)}, 'done', clock_timestamp())
    ON CONFLICT (domain, name, statement) DO UPDATE SET state = 'done', checksum = excluded.checksum, done_at = clock_timestamp()`;
}

/** No lock_timeout here: it would cut the waiting phase of a concurrent build and leave an INVALID index. */
async function runAlone(session: Session, { migration, domain, number, statement, begun, watch }: Step): Promise<void> {
  const { sql } = session;
  const done = await settle(sql, statement, begun);
  // Somebody else's object of that name: the server says so, and nothing is recorded that a later run would take for our work.
  if (!done && !begun && (await nameIsTaken(sql, statement))) {
    await sql.unsafe(statement.text);
    return;
  }
  await sql`
    INSERT INTO migrations.steps (domain, name, statement, checksum, state)
    VALUES (${domain}, ${migration.name}, ${number}, ${checksum(statement.text)}, 'started')
    ON CONFLICT (domain, name, statement) DO UPDATE SET checksum = excluded.checksum`;
  const body = () => watchProgress(session, watch.onProgress, () => sql.unsafe(statement.text));
  if (!done) await (watch.observer?.alone(session, number, body) ?? body());
  await sql`
    UPDATE migrations.steps SET state = 'done', done_at = clock_timestamp()
    WHERE domain = ${domain} AND name = ${migration.name} AND statement = ${number}`;
}
