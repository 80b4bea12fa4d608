import { describeWait, failureWords, inMs, lockWords, worthTelling } from '../rehearse/describe.ts';
import type { MigrationReport, ProbedTable, Rehearsal, StatementReport } from '../rehearse/report.ts';
import { formatBytes } from './format-bytes.ts';
import type { Output } from './output.ts';

type Paint = Pick<Output, 'paint'>;

/** A rehearsal for people, on stdout. */
export function rehearsalLines(report: Rehearsal, out: Paint): readonly string[] {
  const { domain, copy, budget, failed, probed, migrations } = report;
  if (copy === null) return [`${domain}: nothing is pending, nothing was rehearsed`];
  const over = new Set(budget?.over ?? []);
  return [
    `${out.paint('bold', domain)}: ${migrations.length} on ${copy.how === 'clone' ? 'a clone' : 'a replay'}, PostgreSQL ${copy.serverVersion}`,
    ...probed.map((table) => `  ${probedLine(table, report.ratePerSecond)}`),
    ...migrations.flatMap((migration) => migrationLines(migration, over, out)),
    ...(failed === null
      ? []
      : [`  ${out.paint('red', 'failed on the copy')} ${failed.code} ${failed.message}`, `  fix: ${failed.fix}`]),
    `  longest wait: ${describeWait(report.longestWait)}; without a migration: ${inMs(report.controlMs)}${verdict(report, out)}`,
  ];
}

function probedLine({ table, rows, operations, controlMs, longestMs, errors }: ProbedTable, rate: number): string {
  const failures = failureWords(errors);
  return [
    `probe on ${table}, about ${Math.round(rows)} rows: ${operations.join(' and ')}, ${rate}/s each`,
    `waited ${inMs(longestMs)} at most, ${inMs(controlMs)} without a migration`,
    ...(failures.length === 0 ? [] : [`failed: ${failures.join(', ')}`]),
  ].join('; ');
}

function migrationLines(migration: MigrationReport, over: ReadonlySet<string>, out: Paint): readonly string[] {
  const mark = (name: string) => (over.has(name) ? out.paint('red', '✗') : out.paint('green', '✓'));
  const { name, how, ms, longestWait, backfills, statements } = migration;
  return [
    ...backfills.map(
      (one) =>
        `  ${mark(`backfill ${one.name}`)} backfill ${one.name}: ${one.rows} rows, ${inMs(one.ms)}, ${formatBytes(one.walBytes)} of log; longest wait ${describeWait(one.longestWait)}`,
    ),
    `  ${mark(name)} ${name}: ${inMs(ms)}, ${how === 'transaction' ? 'one transaction' : how}; longest wait ${describeWait(longestWait)}`,
    ...statements.flatMap((statement) => statementLines(statement, out)),
  ];
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
    (rowsChanged ?? 0) > 0 ? `${rowsChanged} rows changed` : '',
    (rowsRead ?? 0) > 0 ? `${rowsRead} rows read` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

function verdict({ budget }: Rehearsal, out: Paint): string {
  if (budget === null) return '';
  const allowed = `of ${inMs(budget.allowedMs)} that are allowed`;
  return budget.over.length === 0 ? ` (${allowed})` : out.paint('red', ` (more than ${allowed.slice(3)})`);
}
