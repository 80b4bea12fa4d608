import type { ApplyObserver } from '../apply/observer.ts';
import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import type { Statement } from '../sql/parse.ts';
import { type Answer, ASKED, aroundSql, FILES_SQL, MOMENT_SQL } from './around-sql.ts';
import { createOpenTransaction, type OpenTransaction } from './open-transaction.ts';
import type { Rewrite } from './report.ts';
import type { ServerClock } from './server-clock.ts';
import type { Span } from './span.ts';
import { watchLocks } from './watch-locks.ts';

export interface LoggedLock {
  readonly relation: string;
  /** As pg_locks writes it. */
  readonly mode: string;
  readonly heldMs: number;
}

/** A statement as the server tells of it; waits of the probe are not in it. */
export interface LoggedStatement extends Span {
  readonly statement: Statement;
  readonly number: number;
  readonly locks: readonly LoggedLock[];
  readonly rewrites: readonly Rewrite[];
  readonly rowsChanged: number | null;
  readonly rowsRead: number | null;
  readonly walBytes: number;
  /** End of its transaction: until then its locks are held. */
  readonly released: number;
}

export interface LoggedBackfill extends Span {
  readonly name: string;
  readonly rows: number;
  readonly walBytes: number;
}

export interface LoggedMigration {
  readonly migration: ParsedMigration;
  /** Without its backfills. NULL: a backfill before it failed. */
  span: Span | null;
  statements: LoggedStatement[];
  readonly backfills: LoggedBackfill[];
  /** When its transactions were only asked what they had done. */
  readonly asked: Span[];
}

export interface StatementLog extends ApplyObserver {
  readonly migrations: readonly LoggedMigration[];
}

/** Files of relations: oid → its name and the number of its file. */
export type Files = Map<number, { readonly relation: string; readonly file: number }>;

/** Writes down what each statement of an apply does, as its own session sees it; `watcher` is another session on the copy. */
export function createStatementLog(watcher: Session, clock: ServerClock): StatementLog {
  const migrations: LoggedMigration[] = [];
  let files: Files = new Map();
  let open: OpenTransaction | undefined;
  const current = (): LoggedMigration | undefined => migrations.at(-1);
  return {
    migrations,
    migration: async (_, migration, body) => {
      const logged: LoggedMigration = { migration, span: null, statements: [], backfills: [], asked: [] };
      migrations.push(logged);
      const begun = performance.now();
      try {
        files = await readFiles(watcher);
        return await body();
      } finally {
        logged.span = { from: logged.backfills.at(-1)?.to ?? begun, to: performance.now() };
        logged.statements = await Promise.all(logged.statements.map((one) => withSizes(watcher, one)));
      }
    },
    backfill: async (session, name, body) => {
      const [from, before] = [performance.now(), await moment(session)];
      const value = await body();
      const rows = typeof value === 'object' && value !== null && 'rows' in value ? Number(value.rows) : 0;
      const walBytes = (await moment(session)).wal - before.wal;
      current()?.backfills.push({ name, rows, walBytes, from, to: performance.now() });
      files = await readFiles(watcher);
      return value;
    },
    around: aroundSql,
    row: (row) => {
      if (!(ASKED in row)) return;
      const answer = row as unknown as Answer;
      if (answer[ASKED] === 'ended')
        open = open?.follows(answer.number) ? open : createOpenTransaction(answer.number, files);
      open?.take(answer);
    },
    committed: () => {
      const ended = performance.now();
      const closed = open?.close(current()?.migration.statements ?? [], clock, ended);
      current()?.statements.push(...(closed?.statements ?? []));
      current()?.asked.push(...(closed?.asked ?? []));
      open = undefined;
    },
    alone: async (session, number, body) => {
      const statement = current()?.migration.statements[number];
      const [before, filesBefore] = [await moment(session), await readFiles(watcher)];
      const from = performance.now();
      const { value, locks } = await watchLocks(watcher, session, filesBefore, body);
      const to = performance.now();
      const walBytes = (await moment(session)).wal - before.wal;
      files = await readFiles(watcher);
      const rewrites = rewritten(filesBefore, files);
      const logged = { number, from, to, released: to, locks, rewrites, rowsChanged: null, rowsRead: null, walBytes };
      if (statement !== undefined) current()?.statements.push({ statement, ...logged });
      return value;
    },
  };
}

async function moment({ sql }: Session): Promise<{ readonly ms: number; readonly wal: number }> {
  const [row] = await sql.unsafe<{ ms: number; wal: number }[]>(MOMENT_SQL);
  return row ?? { ms: 0, wal: 0 };
}

async function readFiles({ sql }: Session): Promise<Files> {
  const rows = await sql.unsafe<{ oid: number; relation: string; file: number }[]>(FILES_SQL);
  return new Map(rows.map(({ oid, relation, file }) => [oid, { relation, file }]));
}

function rewritten(before: Files, after: Files): readonly Rewrite[] {
  return [...after]
    .filter(([oid, { file }]) => before.has(oid) && before.get(oid)?.file !== file)
    .map(([, { relation }]) => ({ relation, bytes: 0 }));
}

async function withSizes({ sql }: Session, logged: LoggedStatement): Promise<LoggedStatement> {
  const rewrites: Rewrite[] = [];
  for (const { relation } of logged.rewrites) {
    const [row] = await sql<
      { bytes: number | null }[]
    >`SELECT pg_table_size(to_regclass(${relation}))::float8 AS bytes`;
    rewrites.push({ relation, bytes: row?.bytes ?? 0 });
  }
  return { ...logged, rewrites };
}
