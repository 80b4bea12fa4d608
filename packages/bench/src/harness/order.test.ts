import { expect, test } from 'vitest';
import { orderOf } from './order.ts';

test('every repetition holds every variant once', () => {
  for (let round = 0; round < 7; round += 1)
    expect([...orderOf(['A', 'B', 'C'], round)].sort()).toEqual(['A', 'B', 'C']);
});

test('the order begins one variant later each time, and runs backwards every second time', () => {
  expect([0, 1, 2, 3].map((round) => orderOf(['A', 'B', 'C'], round).join(''))).toEqual(['ABC', 'BAC', 'CAB', 'ACB']);
});

test('every variant comes first sooner or later, and no pair of neighbours is fixed', () => {
  const rounds = [0, 1, 2, 3, 4, 5, 6, 7].map((round) => orderOf(['A', 'B', 'C', 'D'], round));
  expect(new Set(rounds.map(([first]) => first)).size).toBe(4);
  const beforeB = rounds.map((round) => round[round.indexOf('B') - 1]);
  expect(new Set(beforeB).size).toBeGreaterThan(2);
});

test('no variants are no order', () => {
  expect(orderOf([], 3)).toEqual([]);
});
