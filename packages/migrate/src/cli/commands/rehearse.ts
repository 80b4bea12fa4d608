import type { ApplyEvent } from '../../apply/report.ts';
import { parseTarget } from '../../connect/target.ts';
import { EXIT } from '../../errors/codes.ts';
import { DbError } from '../../errors/db-error.ts';
import { rehearseDomain } from '../../rehearse/rehearse-domain.ts';
import type { Rehearsal } from '../../rehearse/report.ts';
import type { Context, Outcome } from '../command.ts';
import type { Output } from '../output.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { parseWhole } from '../parse-whole.ts';
import { rehearsalLines } from '../rehearsal-lines.ts';
import { rehearsalMarkdown } from '../rehearsal-markdown.ts';
import { showBackfill } from '../show-backfill.ts';

interface Options {
  readonly to?: string;
  readonly allowLate?: readonly string[];
  readonly budgetMs?: string;
  readonly format: string;
  readonly rate: string;
  readonly tables: string;
  readonly control: string;
  readonly rows: string;
  readonly statsUrl?: string;
  readonly scratchUrl?: string;
}

export async function run(context: Context, options: Options): Promise<Outcome> {
  const { out, domains, root, finished, guard } = context;
  const wishes = parse(options);
  if (options.to !== undefined && domains.length !== 1)
    throw new DbError('DB_USAGE', { why: '--to names a migration of one domain: expected exactly one --domain' });
  const targets = domains.map((domain) => ({ domain, target: context.target(domain) }));
  const reports: Rehearsal[] = [];
  for (const { domain, target } of targets) {
    out.talk(`${out.paintTalk('bold', domain.name)} → a copy of ${target.label}`);
    const onEvent = (event: ApplyEvent) => show(out, event);
    const report = await rehearseDomain(domain, { ...wishes, root, target, guard, onEvent, talk: out.talk });
    reports.push(report);
    finished.push(report);
    if (!out.json && options.format === 'text') for (const line of rehearsalLines(report, out)) out.data(line);
  }
  if (!out.json && options.format === 'markdown') out.data(rehearsalMarkdown(reports));
  return outcome(reports, out);
}

function parse(options: Options) {
  const { format, to, budgetMs, statsUrl, scratchUrl } = options;
  if (format !== 'text' && format !== 'markdown')
    throw new DbError('DB_USAGE', { why: `--format: expected text or markdown, got ${format}` });
  return {
    ...{ to, scratchUrl },
    allowLate: new Set(options.allowLate ?? []),
    budgetMs: budgetMs === undefined ? undefined : parseWhole('--budget-ms', budgetMs, [1, 3_600_000]),
    ratePerSecond: parseWhole('--rate', options.rate, [1, 1_000]),
    tablesMax: parseWhole('--tables', options.tables, [0, 100]),
    controlMs: parseSeconds('--control', options.control) * 1000,
    rows: parseWhole('--rows', options.rows, [0, 100_000_000]),
    statistics: statsUrl === undefined ? undefined : parseTarget(statsUrl, '--stats-url'),
  };
}

function show(out: Output, event: ApplyEvent): void {
  if (event.type === 'applying') out.progress(`  … ${event.name}`);
  if (event.type === 'backfilling') showBackfill(out, event);
  if (event.type === 'progress') out.progress(`  ${event.name} ${event.phase}`, event);
}

function outcome(reports: readonly Rehearsal[], out: Output): Outcome {
  const failed = reports.some((report) => report.failed !== null);
  const over = reports.some(({ budget }) => (budget?.over.length ?? 0) > 0);
  if (!failed && !over) return { exit: EXIT.ok, code: 'OK', domains: reports };
  const code = failed ? 'DB_REHEARSAL' : 'DB_OVER_BUDGET';
  if (!out.json) out.talk(`fix: ${new DbError(code, { why: '' }).fix}`);
  return { exit: EXIT.no, code, domains: reports };
}
