import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

test('batches are spread so that the rate is kept, also by two workers that share it', () => {
  const pace = createPace(100);
  expect(pace(10, 1_000)).toBe(100);
  expect(pace(10, 1_000)).toBe(200);
  expect(pace(10, 1_150)).toBe(150);
});

test('nothing is saved up while others were waited for', () => {
  const pace = createPace(100);
  pace(10, 0);
  expect(pace(10, 60_000)).toBe(100);
});

test('without a rate nobody waits', () => {
  expect(createPace(null)(1_000_000, 0)).toBe(0);
});
