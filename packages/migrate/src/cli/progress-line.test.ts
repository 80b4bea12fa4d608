import fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressLine } from './progress-line.ts';

const SEED = 'audit.job_stages_quarantine';

test.each([
  [90, `${SEED} ████████████░░░░░░░░░░░░  50 % 10000/20000`],
  [60, `${SEED} ███████░░░░░░  50 % 10000/20000`],
  [52, `${SEED}  50 % 10000/20000`],
  [40, `${SEED}  50 %`],
  [30, 'audit.job_stages_quara…  50 %'],
])('at %i columns what matters most is left', (columns, line) => {
  expect(progressLine(SEED, { done: 10_000, total: 20_000 }, columns)).toBe(line);
});

test('off a terminal there is no bar, and nothing is cut', () => {
  expect(progressLine(SEED, { done: 9, total: 20_000 }, undefined)).toBe(`${SEED}   0 %     9/20000`);
});

test('100 % is the end, and without a total there is no share', () => {
  expect(progressLine('x', { done: 19_999, total: 20_000 }, 40)).toContain(' 99 %');
  expect(progressLine('x', { done: 20_000, total: 20_000 }, 40)).toContain('100 %');
  expect(progressLine('x', { done: 25_000, total: 20_000 }, 40)).toContain('100 %');
  expect(progressLine('x', { done: 0, total: 0 }, 40)).toBe('x');
  expect(progressLine('x', { done: 7, total: 0 }, 40)).toBe('x 7');
});

test('no line is as wide as the terminal, however narrow that is and whatever it says', () => {
  const part = fc.option(fc.record({ done: fc.nat(), total: fc.nat() }), { nil: undefined });
  fc.assert(
    fc.property(fc.string({ maxLength: 120 }), part, fc.integer({ min: 20, max: 200 }), (label, told, columns) => {
      expect(progressLine(label, told, columns).length).toBeLessThan(columns);
    }),
  );
});

test('the line keeps its width while it runs', () => {
  const widths = (columns: number) =>
    new Set(
      Array.from({ length: 101 }, (_, done) => progressLine(SEED, { done: done * 200, total: 20_000 }, columns).length),
    );
  for (let columns = 20; columns <= 200; columns += 1) expect(widths(columns).size).toBe(1);
});
