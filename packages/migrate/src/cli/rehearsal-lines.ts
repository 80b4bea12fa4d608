import { countOf } from '../errors/count-of.ts';
import { describeWait, failureWords, inMs, lockWords, worthTelling } from '../rehearse/describe.ts';
import type { HeldLock, MigrationReport, ProbedTable, Rehearsal, StatementReport } from '../rehearse/report.ts';
import { formatBytes } from './format-bytes.ts';
import type { Output } from './output.ts';
import type { Rehearsed } from './rehearsal-options.ts';

type Paint = Pick<Output, 'paint'>;

/** A rehearsal for people, on stdout. */
export function rehearsalLines(report: Rehearsal, out: Paint, what: Rehearsed): readonly string[] {
  const { domain, copy, budget, failed, probed, migrations } = report;
  if (copy === null) return [`${domain}: nothing is pending, nothing was rehearsed`];
  const over = new Set(budget?.over ?? []);
  const count = what === 'a migration' ? migrations.length : what;
  return [
    `${out.paint('bold', domain)}: ${count} on ${copy.how === 'clone' ? 'a clone' : 'a replay'}, PostgreSQL ${copy.serverVersion}`,
    ...probed.map((table) => `  ${probedLine(table, report.ratePerSecond, what)}`),
    ...migrations.flatMap((migration) => migrationLines(migration, over, out)),
    ...(failed === null
      ? []
      : [`  ${out.paint('red', 'failed on the copy')} ${failed.code} ${failed.message}`, `  fix: ${failed.fix}`]),
    `  longest wait: ${describeWait(report.longestWait)}; without ${what}: ${inMs(report.controlMs)}${verdict(report, out)}`,
  ];
}

function probedLine(
  { table, rows, operations, controlMs, longestMs, errors }: ProbedTable,
  rate: number,
  what: Rehearsed,
): string {
  const failures = failureWords(errors);
  return [
    `probe on ${table}, about ${countOf(Math.round(rows), 'row')}: ${operations.join(' and ')}, ${rate}/s each`,
    `waited ${inMs(longestMs)} at most, ${inMs(controlMs)} without ${what}`,
    ...(failures.length === 0 ? [] : [`failed: ${failures.join(', ')}`]),
  ].join('; ');
}

function migrationLines(migration: MigrationReport, over: ReadonlySet<string>, out: Paint): readonly string[] {
  const mark = (name: string) => (over.has(name) ? out.paint('red', '✗') : out.paint('green', '✓'));
  const { name, how, ms, longestWait, backfills, statements } = migration;
  return [
    ...backfills.map(
      (one) =>
        `  ${mark(`backfill ${one.name}`)} backfill ${one.name}: ${countOf(one.rows, 'row')}, ${inMs(one.ms)}, ${formatBytes(one.walBytes)} of log; longest wait ${describeWait(one.longestWait)}`,
    ),
    `  ${mark(name)} ${name}: ${inMs(ms)}, ${how === 'transaction' ? 'one transaction' : how}; longest wait ${describeWait(longestWait)}`,
    ...(statements.length <= STATEMENTS_MAX ? statements : []).flatMap((statement) => statementLines(statement, out)),
    ...(statements.length <= STATEMENTS_MAX ? [] : summaryLines(statements, out)),
  ];
}

/** Of more statements only those are shown that somebody could notice. */
const STATEMENTS_MAX = 12;
const NOTICED_MS = 5;

function summaryLines(statements: readonly StatementReport[], out: Paint): readonly string[] {
  const noticed = statements.filter(
    ({ ms, rewrites, rowsChanged }) => ms >= NOTICED_MS || rewrites.length > 0 || (rowsChanged ?? 0) > 0,
  );
  const others = statements.length - noticed.length;
  return [
    ...noticed.flatMap((statement) => statementLines({ ...statement, locks: [] }, out)),
    `      ${others}${noticed.length === 0 ? '' : ' other'} statements: less than ${NOTICED_MS} ms each, no rewrite, no row (--json and --format markdown have all)`,
    ...longestHeld(worthTelling(statements.flatMap(({ locks }) => locks))).map((lock) => `      ${lockWords(lock)}`),
  ];
}

/** One lock a relation and mode. */
function longestHeld(locks: readonly HeldLock[]): readonly HeldLock[] {
  const byKey = Map.groupBy(locks, ({ relation, mode }) => `${relation} ${mode}`);
  return [...byKey.values()].flatMap((same) => same.toSorted((a, b) => b.heldMs - a.heldMs).slice(0, 1));
}

function statementLines(statement: StatementReport, out: Paint): readonly string[] {
  const { number, text, ms, longestWait, walBytes, locks, rewrites } = statement;
  return [
    `      ${number}. ${text}`,
    `         ${inMs(ms)}, ${formatBytes(walBytes)} of log; longest wait ${inMs(longestWait?.ms ?? 0)}${rowsOf(statement)}`,
    ...worthTelling(locks).map((lock) => `         ${lockWords(lock)}`),
    ...rewrites.map(
      ({ relation, bytes }) => `         ${out.paint('yellow', 'writes anew')} ${relation}, ${formatBytes(bytes)}`,
    ),
  ];
}

function rowsOf({ rowsChanged, rowsRead }: StatementReport): string {
  const parts = [
    (rowsChanged ?? 0) > 0 ? `${countOf(rowsChanged ?? 0, 'row')} changed` : '',
    (rowsRead ?? 0) > 0 ? `${countOf(rowsRead ?? 0, 'row')} read` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

function verdict({ budget }: Rehearsal, out: Paint): string {
  if (budget === null) return '';
  const allowed = `of ${inMs(budget.allowedMs)} that are allowed`;
  return budget.over.length === 0 ? ` (${allowed})` : out.paint('red', ` (more than ${allowed.slice(3)})`);
}
