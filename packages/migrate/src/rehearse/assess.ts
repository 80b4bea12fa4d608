import { oneLine } from './describe.ts';
import type { Probe } from './probe/probe.ts';
import type { Budget, HeldLock, MigrationReport, ProbeWait, StatementReport } from './report.ts';
import { overlap, type Span } from './span.ts';
import type { LoggedMigration, LoggedStatement } from './statement-log.ts';

/** What the probe tells, as far as an assessment needs it. */
export interface Waits extends Pick<Probe, 'countIn'> {
  /** Of the operations that were under way in a window, what they waited since a moment, without the time in which the rehearsal only
   *  asked. */
  longestIn(window: Span, since: number): ProbeWait | null;
}

/** A migration's report from what the server told and how long the probe waited meanwhile. `walPerOperation` are the bytes that an
 *  operation of the probe writes by itself. */
export function assessMigration(logged: LoggedMigration, waits: Waits, walPerOperation: number): MigrationReport {
  const { migration, span, statements, backfills, asked } = logged;
  const longestIn = (during: Span, since = during.from) => rounded(waits.longestIn(during, since));
  const wal = (bytes: number, during: Span) => Math.max(0, Math.round(bytes - waits.countIn(during) * walPerOperation));
  return {
    name: migration.name,
    how: migration.header.noTransaction ? 'statement by statement' : 'transaction',
    ms: span === null ? 0 : round(span.to - span.from - overlap(span, asked)),
    longestWait: span === null ? null : longestIn(span),
    backfills: backfills.map(({ name, rows, walBytes, from, to }) => ({
      ...{ name, rows, ms: round(to - from), walBytes: wal(walBytes, { from, to }) },
      longestWait: longestIn({ from, to }),
    })),
    statements: statements.map((statement) => ({
      ...assessStatement(statement),
      walBytes: wal(statement.walBytes, statement),
      longestWait: longestIn(
        { from: statement.from, to: blocks(statement) ? statement.released : statement.to },
        span?.from,
      ),
    })),
  };
}

function assessStatement(logged: LoggedStatement): Omit<StatementReport, 'walBytes' | 'longestWait'> {
  const { statement, number, from, to, locks, rewrites, rowsChanged, rowsRead } = logged;
  return {
    ...{ number: number + 1, line: statement.line, text: oneLine(statement.text) },
    ms: round(to - from),
    locks: strongest(locks.map((lock) => ({ ...lock, mode: spelled(lock.mode), heldMs: round(lock.heldMs) }))),
    ...{ rewrites, rowsChanged, rowsRead },
  };
}

/** Whether it took a lock that keeps writers out, which its transaction then holds to its end. */
function blocks({ locks }: LoggedStatement): boolean {
  return locks.some(({ mode }) => MODES.indexOf(spelled(mode)) >= MODES.indexOf('SHARE'));
}

/** Weakest first, as the manual orders them. */
const MODES = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];

/** `AccessExclusiveLock` → `ACCESS EXCLUSIVE`. */
function spelled(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

function strongest(locks: readonly HeldLock[]): readonly HeldLock[] {
  const byRelation = Map.groupBy(locks, ({ relation }) => relation);
  return [...byRelation.values()].flatMap((own) =>
    own.toSorted((a, b) => MODES.indexOf(b.mode) - MODES.indexOf(a.mode)).slice(0, 1),
  );
}

/** Whether a run kept to its budget: a wait may be that, or twice what the same probe waited without a migration. Pure. */
export function judge(migrations: readonly MigrationReport[], controlMs: number, budgetMs: number): Budget {
  const allowedMs = round(Math.max(budgetMs, 2 * controlMs));
  const isOver = ({ longestWait }: { readonly longestWait: ProbeWait | null }) => (longestWait?.ms ?? 0) > allowedMs;
  const over = migrations.flatMap((migration) => [
    ...migration.backfills.filter(isOver).map(({ name }) => `backfill ${name}`),
    ...(isOver(migration) ? [migration.name] : []),
  ]);
  return { ms: budgetMs, allowedMs, over };
}

/** The longer of the waits. */
export function longer(waits: readonly (ProbeWait | null)[]): ProbeWait | null {
  return waits.reduce((most, wait) => ((wait?.ms ?? -1) > (most?.ms ?? -1) ? wait : most), null);
}

export function rounded(wait: ProbeWait | null): ProbeWait | null {
  return wait === null ? null : { ...wait, ms: round(wait.ms) };
}

/** To a tenth of a millisecond. */
export function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
