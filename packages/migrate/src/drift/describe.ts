import { countOf } from '../errors/count-of.ts';
import type { DriftDifference } from './differences.ts';

/** Lines that show one difference: only what differs, not whole functions and views. Pure. */
export function describeDifference(difference: DriftDifference, parts: readonly DriftDifference[]): readonly string[] {
  const { state, object, expected, live } = difference;
  const title = `${state} ${object}${counted(parts)}`;
  if (expected === null || live === null) return [title, ...shortened(expected ?? live ?? '')];
  return [title, ...changed(expected.split('\n'), live.split('\n'))];
}

/** ` (2 columns, 1 index)`. */
function counted(parts: readonly DriftDifference[]): string {
  if (parts.length === 0) return '';
  const kinds = Map.groupBy(parts, ({ kind }) => kind);
  return ` (${[...kinds].map(([kind, { length }]) => countOf(length, kind, plural(kind))).join(', ')})`;
}

function plural(kind: string): string {
  if (kind === 'index') return 'indexes';
  return kind === 'policy' ? 'policies' : `${kind}s`;
}

const LINES_MAX = 3;

function shortened(definition: string): readonly string[] {
  const lines = definition.split('\n').filter((line) => line.trim() !== '');
  const rest = lines.length - LINES_MAX;
  return [...lines.slice(0, LINES_MAX), ...(rest > 0 ? [`… ${rest} more lines`] : [])].map((line) => `  ${line}`);
}

/** The lines between the equal beginning and the equal end. */
function changed(expected: readonly string[], live: readonly string[]): readonly string[] {
  const shortest = Math.min(expected.length, live.length);
  let start = 0;
  while (start < shortest && expected[start] === live[start]) start += 1;
  let end = 0;
  while (end < shortest - start && expected.at(-1 - end) === live.at(-1 - end)) end += 1;
  const middle = (mark: string, lines: readonly string[]) => {
    const between = lines.slice(start, lines.length - end);
    return between.length === 0 ? [`  ${mark} (nothing)`] : between.map((line) => `  ${mark} ${line}`);
  };
  const where = start === 0 ? [] : [`  line ${start + 1}:`];
  return [...where, ...middle('expected', expected), ...middle('live    ', live)];
}
