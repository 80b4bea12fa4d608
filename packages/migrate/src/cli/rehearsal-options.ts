import { parseTarget } from '../connect/target.ts';
import { EXIT } from '../errors/codes.ts';
import { DbError } from '../errors/db-error.ts';
import type { Rehearsal } from '../rehearse/report.ts';
import type { Outcome } from './command.ts';
import type { Output } from './output.ts';
import { parseSeconds } from './parse-seconds.ts';
import { parseWhole } from './parse-whole.ts';
import { rehearsalLines } from './rehearsal-lines.ts';
import { rehearsalMarkdown } from './rehearsal-markdown.ts';

/** Options of every command that rehearses, as they were given. */
export interface RehearsalOptions {
  readonly budgetMs?: string;
  readonly format: string;
  readonly rate: string;
  readonly tables: string;
  readonly control: string;
  readonly rows: string;
  readonly statsUrl?: string;
  readonly scratchUrl?: string;
}

/** @throws {DbError} DB_USAGE */
export function parseRehearsal({ format, budgetMs, statsUrl, scratchUrl, ...options }: RehearsalOptions) {
  if (format !== 'text' && format !== 'markdown')
    throw new DbError('DB_USAGE', { why: `--format: expected text or markdown, got ${format}` });
  return {
    scratchUrl,
    budgetMs: budgetMs === undefined ? undefined : parseWhole('--budget-ms', budgetMs, [1, 3_600_000]),
    ratePerSecond: parseWhole('--rate', options.rate, [1, 1_000]),
    tablesMax: parseWhole('--tables', options.tables, [0, 100]),
    controlMs: parseSeconds('--control', options.control) * 1000,
    rows: parseWhole('--rows', options.rows, [0, 100_000_000]),
    statistics: statsUrl === undefined ? undefined : parseTarget(statsUrl, '--stats-url'),
  };
}

/** What is rehearsed, in the words of a report. */
export type Rehearsed = 'a migration' | 'the adoption';

/** Prints one report as text; as markdown all of them go together, and as JSON the outcome has them. */
export function showRehearsal(out: Output, format: string, report: Rehearsal, what: Rehearsed): void {
  if (out.json || format !== 'text') return;
  for (const line of rehearsalLines(report, out, what)) out.data(line);
}

/** Prints what belongs to all reports, and judges them: 2 where one failed or is over its budget. */
export function rehearsed(out: Output, format: string, reports: readonly Rehearsal[], what: Rehearsed): Outcome {
  if (!out.json && format === 'markdown') out.data(rehearsalMarkdown(reports, what));
  const failed = reports.some((report) => report.failed !== null);
  const over = reports.some(({ budget }) => (budget?.over.length ?? 0) > 0);
  if (!failed && !over) return { exit: EXIT.ok, code: 'OK', domains: reports };
  const code = failed ? 'DB_REHEARSAL' : 'DB_OVER_BUDGET';
  if (!out.json) out.talk(`fix: ${new DbError(code, { why: '' }).fix}`);
  return { exit: EXIT.no, code, domains: reports };
}
