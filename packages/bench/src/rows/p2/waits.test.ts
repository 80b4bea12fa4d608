import { expect, test } from 'vitest';
import { dueWithin, longest, nowDue } from './waits.ts';

test('an operation counts from the time it was due, and by it', () => {
  const waits = [
    { due: 0, ms: 90 },
    { due: 100, ms: 7 },
    { due: 200, ms: 80 },
    { due: 201, ms: 99 },
  ];
  expect(longest(dueWithin(waits, 50, 200))).toBe(80);
});

test('a window without operations has no longest wait', () => {
  expect(longest([])).toBe(0);
});

test('a writer that was held up sends all that became due', () => {
  expect(nowDue(0, 300, 0)).toBe(1);
  expect(nowDue(1000, 300, 1)).toBe(300);
  expect(nowDue(1000, 300, 301)).toBe(0);
  expect(nowDue(1000, 300, 400)).toBe(0);
});
