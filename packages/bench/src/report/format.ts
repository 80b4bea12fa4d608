import type { Summary } from '../stats.ts';

/** Three significant digits or all digits before the point: no figure here is surer than that. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

export const range = (low: number, high: number): string => `${figure(low)}–${figure(high)}`;

/** Cells `median`, `IQR` and `min–max` of a table. */
export const cells = (summary: Summary): readonly string[] => [
  figure(summary.median),
  range(summary.q1, summary.q3),
  range(summary.min, summary.max),
];

/** A markdown table; every row is a list of cells. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
