import type { Session } from '../connect/session.ts';
import { checksum } from '../files/normalize.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { type AppliedBy, insertApplied, journal, setDuration } from '../history/write.ts';
import type { Statement } from '../sql/parse.ts';
import { needsNoTransaction } from '../sql/transactional.ts';
import { concurrentIndex, settleConcurrentIndex } from './concurrent-index.ts';
import { LOCK_BUDGET_SECONDS, LOCK_TRY_MS, withLockRetry } from './lock-retry.ts';
import { statementError } from './statement-error.ts';

/** Applies a `-- db: no-transaction` migration statement by statement with a durable journal: a statement that is done is never
 *  repeated, one that was cut is found and finished. Statements that can run in a transaction do, together with their journal row.
 *  @throws {DbError} DB_STEP, DB_LOCK_TIMEOUT, DB_CONNECTION_LOST */
export async function applyInSteps(session: Session, migration: ParsedMigration, by: AppliedBy): Promise<void> {
  const started = performance.now();
  const states = await readSteps(session, migration, by.domain);
  for (const [number, statement] of migration.statements.entries()) {
    const state = states.get(number);
    if (state === 'done') continue;
    session.alive();
    const run = needsNoTransaction(statement) ? runAlone : runInTransaction;
    await run(session, migration, by.domain, number, statement, state === 'started').catch((error: unknown) => {
      throw statementError(error, migration, statement, `statements before number ${number + 1} are done and recorded`);
    });
  }
  await session.sql.begin(async (tx) => {
    await insertApplied(tx, migration, by);
    await setDuration(tx, by.domain, migration.name, performance.now() - started);
    await tx`DELETE FROM migrations.steps WHERE domain = ${by.domain} AND name = ${migration.name}`;
    await journal(tx, by.domain, migration.name, 'applied', { late: by.late });
  });
}

type StepState = 'started' | 'done';

/** The steps that an earlier run recorded for exactly these statements. */
async function readSteps(
  { sql }: Session,
  migration: ParsedMigration,
  domain: string,
): Promise<ReadonlyMap<number, StepState>> {
  const rows = await sql<{ statement: number; checksum: string; state: StepState }[]>`
    SELECT statement, checksum, state FROM migrations.steps WHERE domain = ${domain} AND name = ${migration.name}`;
  return new Map(
    rows
      .filter((row) => row.checksum === checksum(migration.statements[row.statement]?.text ?? ''))
      .map((row) => [row.statement, row.state]),
  );
}

async function runInTransaction(
  session: Session,
  migration: ParsedMigration,
  domain: string,
  number: number,
  statement: Statement,
): Promise<void> {
  await withLockRetry(migration.header.lockBudgetSeconds ?? LOCK_BUDGET_SECONDS, migration.path, () =>
    session.sql.begin(async (tx) => {
      await tx`
        INSERT INTO migrations.steps (domain, name, statement, checksum, state, done_at)
        VALUES (${domain}, ${migration.name}, ${number}, ${checksum(statement.text)}, 'done', clock_timestamp())
        ON CONFLICT (domain, name, statement) DO UPDATE SET state = 'done', checksum = excluded.checksum, done_at = clock_timestamp()`;
      await tx.unsafe(`SET LOCAL lock_timeout = ${LOCK_TRY_MS}`);
      await tx.unsafe(statement.text);
    }),
  );
}

/** No lock_timeout here: it would cut the waiting phase of a concurrent build and leave an INVALID index. */
async function runAlone(
  { sql }: Session,
  migration: ParsedMigration,
  domain: string,
  number: number,
  statement: Statement,
  begun: boolean,
): Promise<void> {
  const index = concurrentIndex(statement);
  const done = index !== undefined && (await settleConcurrentIndex(sql, index, begun));
  await sql`
    INSERT INTO migrations.steps (domain, name, statement, checksum, state)
    VALUES (${domain}, ${migration.name}, ${number}, ${checksum(statement.text)}, 'started')
    ON CONFLICT (domain, name, statement) DO UPDATE SET checksum = excluded.checksum`;
  if (!done) await sql.unsafe(statement.text);
  await sql`
    UPDATE migrations.steps SET state = 'done', done_at = clock_timestamp()
    WHERE domain = ${domain} AND name = ${migration.name} AND statement = ${number}`;
}
