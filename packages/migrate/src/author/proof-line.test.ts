import { expect, test } from 'vitest';
import { proofLine } from './proof-line.ts';

test('what goes is named, of very much the first ones', () => {
  const columns = (count: number) => Array.from({ length: count }, (_, number) => `shop.t${number}.a`);
  const line = (goneColumns: readonly string[]) =>
    proofLine({
      ...{ version: 18, rows: 9, tables: 3, states: [], waysBack: [], unfilled: [], back: null },
      up: { goneTables: [], goneColumns, counts: [], changed: [] },
    });
  expect(line(columns(10))).toMatch(/shop\.t0\.a goes with its values; .*; shop\.t9\.a goes with its values\.$/);
  expect(line(columns(300))).toMatch(/; shop\.t9\.a goes with its values; and so 290 more\.$/);
});
