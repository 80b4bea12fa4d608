import { countOf } from '../errors/count-of.ts';
import { describeWait, failureWords, inMs, lockWords, worthTelling } from '../rehearse/describe.ts';
import type { MigrationReport, Rehearsal, StatementReport } from '../rehearse/report.ts';
import { formatBytes } from './format-bytes.ts';
import type { Rehearsed } from './rehearsal-options.ts';

/** Rehearsals as one comment for a pull request: the verdict first, the statements folded below. Pure. */
export function rehearsalMarkdown(reports: readonly Rehearsal[], what: Rehearsed): string {
  const rehearsed = reports.filter(({ copy }) => copy !== null);
  if (rehearsed.length === 0) return '### Rehearsal\n\nNothing is pending.';
  return ['### Rehearsal', ...rehearsed.flatMap((report) => domainParts(report, what))].join('\n\n');
}

function domainParts(report: Rehearsal, what: Rehearsed): readonly string[] {
  const { domain, copy, migrations, failed, controlMs, longestWait, budget } = report;
  const over = new Set(budget?.over ?? []);
  const rows = migrations.flatMap((migration) => [
    ...migration.backfills.map((one) =>
      row([cell(`backfill ${one.name}`, over), inMs(one.ms), describeWait(one.longestWait), countOf(one.rows, 'row')]),
    ),
    row([cell(migration.name, over), inMs(migration.ms), describeWait(migration.longestWait), strongestOf(migration)]),
  ]);
  const allowed = budget === null ? '' : ` Allowed: ${inMs(budget.allowedMs)}.`;
  return [
    `**${domain}** on ${copy?.how === 'clone' ? 'a clone' : `${what === 'a migration' ? 'replayed migrations' : 'a replayed catalog'} with generated rows`}, PostgreSQL ${copy?.serverVersion}. Longest wait: **${describeWait(longestWait)}**; without ${what} ${inMs(controlMs)}.${allowed}`,
    ...(failed === null ? [] : [`**Failed on the copy:** \`${failed.code}\`\n\n${fenced(failed.message)}`]),
    [
      row([what === 'a migration' ? 'migration' : 'part', 'time', 'longest wait', 'does']),
      row(['---', '---:', '---:', '---']),
      ...rows,
    ].join('\n'),
    ...migrations.filter(({ statements }) => statements.length > 0).map(folded),
    ...brokenPlans(report),
  ];
}

function folded({ name, statements }: MigrationReport): string {
  const head = [
    row(['', 'statement', 'time', 'wait', 'log', 'locks']),
    row(['---:', '---', '---:', '---:', '---:', '---']),
  ];
  const rows = statements.map((statement) =>
    row([
      String(statement.number),
      code(statement.text),
      inMs(statement.ms),
      inMs(statement.longestWait?.ms ?? 0),
      formatBytes(statement.walBytes),
      [...worthTelling(statement.locks).map(lockWords), ...rewritesOf(statement)].join('<br>'),
    ]),
  );
  return `<details><summary>${name}</summary>\n\n${[...head, ...rows].join('\n')}\n\n</details>`;
}

function strongestOf({ statements }: MigrationReport): string {
  const rewrites = statements.flatMap(rewritesOf);
  const blocking = statements.flatMap(({ locks }) => locks).filter(({ mode }) => BLOCKS.has(mode));
  const longest = blocking.toSorted((a, b) => b.heldMs - a.heldMs).slice(0, 1);
  return [...longest.map(lockWords), ...new Set(rewrites)].join('<br>') || 'blocks nobody';
}

/** Modes that keep writers out. */
const BLOCKS = new Set(['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE']);

function rewritesOf({ rewrites }: StatementReport): readonly string[] {
  return rewrites.map(({ relation, bytes }) => `writes ${relation} anew (${formatBytes(bytes)})`);
}

function brokenPlans({ probed }: Rehearsal): readonly string[] {
  const failing = probed.filter(({ errors }) => Object.keys(errors).length > 0);
  if (failing.length === 0) return [];
  const lines = failing.map(({ table, errors }) => `- ${table}: ${failureWords(errors).join(', ')}`);
  return [`Operations that failed while it ran, as those of a running application would:\n\n${lines.join('\n')}`];
}

function cell(name: string, over: ReadonlySet<string>): string {
  return `${over.has(name) ? '❌' : '✅'} ${name}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
