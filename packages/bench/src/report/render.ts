import type { Series } from '../harness/measure.ts';
import type { Limit } from '../harness/row.ts';
import { describeMachine } from '../machine.ts';
import { summarize } from '../stats.ts';
import { cells, figure, range, table } from './format.ts';
import { type Checked, type RowReport, valuesOf } from './report.ts';

/** A row's results as markdown, for the terminal and for docs/performance.md alike. Pure. */
export function renderRow(report: RowReport): readonly string[] {
  return [
    `Measured ${report.date}: ${report.repetitions} repetitions after ${report.warmUps} warm-up. ${describeMachine(report.machine)}`,
    '',
    ...report.facts.map((fact) => `- ${fact}`),
    `- Control, run directly before every variant: ${report.control.name} (${report.control.about}).`,
    ...Object.keys(report.units).flatMap((name) => ['', ...figureTable(report, name)]),
    ...section(BOUND_HEAD, report.bounds.map(bound)),
    ...section(
      RATIO_HEAD,
      report.ratios.map((checked) => pair(checked, '÷')),
    ),
    ...section(
      DIFFERENCE_HEAD,
      report.differences.map((checked) => pair(checked, '−')),
    ),
    ...skipped(report.series),
  ];
}

const BOUND_HEAD = ['target', 'limit', 'median', 'IQR', 'repetitions within', 'verdict'];
const RATIO_HEAD = ['ratio, pair by pair', 'limit', 'median', 'IQR', 'min–max', 'verdict'];
const DIFFERENCE_HEAD = ['difference, pair by pair', ...RATIO_HEAD.slice(1)];

const section = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : ['', ...table(head, rows)];

function figureTable(report: RowReport, name: string): readonly string[] {
  const unit = report.units[name] ?? '';
  const rows = report.series.flatMap((series) => figureRow(series, name));
  return table(
    [`way (${name === unit ? unit : `${name}, ${unit}`})`, 'median', 'IQR', 'min–max', 'control beside it, ms'],
    rows,
  );
}

/** One line, or none where the variant was skipped or does not return this figure. */
function figureRow(series: Series, name: string): readonly (readonly string[])[] {
  if ('skipped' in series || series.samples.some((sample) => sample[name] === undefined)) return [];
  const control = summarize(valuesOf(series.controls, 'ms'));
  const beside = `${figure(control.median)} (${range(control.min, control.max)})`;
  return [[`**${series.name}**: ${series.about}`, ...cells(summarize(valuesOf(series.samples, name))), beside]];
}

function bound({ of, figure: name, limit, summary, within, verdict }: Checked): readonly string[] {
  const what = name === 'ms' ? of : `${of}, ${name}`;
  if (summary === null) return [what, limitText(limit), '–', '–', '–', verdict];
  const share = `${within} of ${summary.count}`;
  return [what, limitText(limit), figure(summary.median), range(summary.q1, summary.q3), share, loud(verdict)];
}

function pair({ of, to, figure: name, limit, summary, verdict }: Checked, sign: string): readonly string[] {
  const what = `${of} ${sign} ${to ?? ''}${name === 'ms' ? '' : `, ${name}`}`;
  const numbers = summary === null ? ['–', '–', '–'] : cells(summary);
  return [what, limitText(limit), ...numbers, verdict === 'no limit' ? '' : loud(verdict)];
}

const loud = (verdict: string): string => (verdict === 'fallen short' ? `**${verdict}**` : verdict);

function limitText(limit: Limit | null): string {
  if (limit === null) return '';
  return 'max' in limit ? `≤ ${limit.max}` : `≥ ${limit.min}`;
}

function skipped(all: readonly Series[]): readonly string[] {
  const lines = all.flatMap((series) => ('skipped' in series ? [`- **${series.name}**: ${series.skipped}.`] : []));
  return lines.length === 0 ? [] : ['', 'Not run here:', '', ...lines];
}
