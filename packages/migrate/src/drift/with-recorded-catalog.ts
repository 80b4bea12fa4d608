import type { Catalog } from '../catalog/catalog.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Session } from '../connect/session.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import { journalText } from '../history/write.ts';
import { advanceCatalog } from './advance.ts';
import { baseText, expectedText, type RecordedCatalog, readRecording, writeExpected } from './recording.ts';

/** Why something was recorded that no run of ours has seen from its beginning. */
export type RecordedLate =
  /** The history was made without the engine: what is live now counts as expected. */
  | 'first'
  /** An earlier run was cut before it recorded its end. */
  | 'finished';

export interface RecordedRun {
  readonly act: 'migrate' | 'rollback';
  /** Migrations that the run is about to apply or to undo. */
  readonly migrations: number;
  /** NULL: unknown. */
  readonly appVersion: string | null;
  readonly onRecorded?: ((why: RecordedLate) => void) | undefined;
}

type Domain = Pick<DomainConfig, 'name' | 'schema'>;

/** Runs `body`, which changes the domain's schema, and records the catalog that is expected from then on: the old expectation plus
 *  exactly what `body` changed, also where it failed midway. Must be called under the domain's lock, with the history tables there.
 *  Where the run is cut, its beginning stays recorded, and `settleRecording` or the next run records its end. */
export async function withRecordedCatalog<T>(
  session: Session,
  domain: Domain,
  body: () => Promise<T>,
  run: RecordedRun = { act: 'migrate', migrations: 0, appVersion: null },
): Promise<T> {
  const { act, migrations, appVersion } = run;
  const started = performance.now();
  const opened = await open(
    session,
    domain,
    run,
    journalText(domain.name, '*', 'started', { act, migrations, appVersion }),
  );
  const end = (ok: boolean) =>
    close(session, domain, opened, () =>
      journalText(domain.name, '*', 'finished', {
        ...{ act, ok, appVersion },
        durationMs: Math.round(performance.now() - started),
      }),
    );
  const value = await body().catch(async (error: unknown) => {
    // What was committed before the failure is as real as what a whole run commits. The first error is the one to report.
    await end(false).catch(() => {});
    throw error;
  });
  await end(true);
  return value;
}

/** Records what is left to record while nothing is pending: the end of a run that was cut, or a first expectation. Must be called
 *  under the domain's lock. */
export async function settleRecording(session: Session, domain: Domain): Promise<RecordedLate | null> {
  const recorded = await readRecording(session.sql, domain.name);
  if (recorded.base !== null) {
    await close(session, domain, { expected: recorded.expected, base: recorded.base });
    return 'finished';
  }
  if (recorded.expected !== null || !recorded.applied) return null;
  await writeExpected(session.sql, domain.name, await live(session, domain));
  return 'first';
}

type Opened = Pick<RecordedCatalog, 'expected'> & { readonly base: Catalog };

/** Records the beginning, and `told` with it. */
async function open(session: Session, domain: Domain, run: RecordedRun, told: string): Promise<Opened> {
  const { sql } = session;
  const recorded = await readRecording(sql, domain.name);
  // An earlier run was cut: its beginning is the beginning of this one, too.
  if (recorded.base !== null) {
    await sql.unsafe(told);
    return { expected: recorded.expected, base: recorded.base };
  }
  const base = await live(session, domain);
  const isFirst = recorded.expected === null && recorded.applied;
  // Statements sent together are one transaction.
  await sql.unsafe(
    [...(isFirst ? [expectedText(domain.name, base)] : []), baseText(domain.name, base), told].join(';'),
  );
  if (isFirst) run.onRecorded?.('first');
  return { expected: isFirst ? base : recorded.expected, base };
}

/** Records the end, and what `told` says by then. */
async function close(session: Session, domain: Domain, { expected, base }: Opened, told = () => ''): Promise<void> {
  // After a loss the driver would open another session, which does not hold the lock.
  session.alive();
  const after = await live(session, domain);
  const advanced = advanceCatalog(expected ?? new Map(), base, after);
  await session.sql.unsafe([expectedText(domain.name, advanced), told()].join(';'));
}

async function live({ sql }: Session, { schema }: Domain): Promise<Catalog> {
  // A domain that is not there yet needs no look at all catalogs.
  const [row] = await sql.unsafe(`SELECT FROM pg_namespace WHERE nspname = ${sqlLiteral(schema)}`);
  return row === undefined ? new Map() : await readCatalog(sql, [schema]);
}
