import { cut } from './progress-line.ts';

export interface Fitting {
  /** Width of the terminal. Undefined: it is none, and the table is as wide as it is. */
  readonly columns: number | undefined;
  /** Titles of columns that may go where there is no room, the least important first. */
  readonly mayGo?: readonly string[];
}

/** Left-aligned columns under a header; numbers to the right. On a terminal no line is wider than that: empty columns go, then those
 *  that may, then the widest is cut. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { columns = Number.POSITIVE_INFINITY, mayGo = [] }: Fitting = { columns: undefined },
): string {
  const all = [header, ...rows];
  const widest = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const shown = fitted(header, rows, widest, columns, mayGo);
  const widths = cutToFit(shown, widest, columns);
  const numeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d,. ]*$/.test(row[column] ?? '')),
  );
  const line = (row: readonly string[]) =>
    shown
      .map((column) => {
        const width = widths[column] ?? 0;
        const cell = cut(row[column] ?? '', width);
        return numeric[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(GAP)
      .trimEnd();
  return all.map(line).join('\n');
}

const GAP = '  ';
/** What is left of a column that is cut, at least. */
const CELL_MIN = 8;

/** The columns that stay, by their index. */
function fitted(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  columns: number,
  mayGo: readonly string[],
): readonly number[] {
  const all = header.map((_, column) => column);
  const empty = all.filter((column) => rows.every((row) => (row[column] ?? '') === ''));
  return [...empty, ...mayGo.map((title) => header.indexOf(title))].reduce<readonly number[]>(
    (shown, column) => (overflow(shown, widths, columns) > 0 ? shown.filter((other) => other !== column) : shown),
    all,
  );
}

/** The widths, the widest of them as much smaller as the table is too wide. */
function cutToFit(shown: readonly number[], widths: readonly number[], columns: number): readonly number[] {
  const over = Math.max(overflow(shown, widths, columns), 0);
  const widest = shown.reduce((one, other) => ((widths[other] ?? 0) > (widths[one] ?? 0) ? other : one));
  return widths.map((width, column) => (column === widest ? Math.max(width - over, Math.min(width, CELL_MIN)) : width));
}

/** By how many characters the table is too wide. */
function overflow(shown: readonly number[], widths: readonly number[], columns: number): number {
  return shown.reduce((sum, column) => sum + (widths[column] ?? 0), 0) + GAP.length * (shown.length - 1) - columns;
}
