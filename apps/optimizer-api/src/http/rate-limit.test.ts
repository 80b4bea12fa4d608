import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('a minute of requests may come at once, then they trickle, for each key apart', () => {
  const limit = new RateLimit(60);
  for (let taken = 0; taken < 60; taken += 1) expect(limit.take('a', 0)).toBe(0);
  expect(limit.take('a', 0)).toBe(1);
  expect(limit.take('b', 0)).toBe(0);
  expect(limit.take('a', 999)).toBe(1);
  expect(limit.take('a', 1_000)).toBe(0);
  expect(limit.take('a', 1_000)).toBe(1);
});

test('100,000 keys are taken from in the time of as many takes, and those that are full again are forgotten', () => {
  const limit = new RateLimit(1);
  for (let key = 0; key < 100_000; key += 1) limit.take(String(key), key / 100);
  expect(limit.take('99999', 10_000)).toBeGreaterThan(0);
  for (let key = 0; key < 100_000; key += 1) limit.take(`later ${key}`, 100_000);
  expect(limit.size).toBeLessThanOrEqual(100_000);
  expect(limit.take('later 0', 100_000)).toBeGreaterThan(0);
});
