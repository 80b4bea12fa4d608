import { expect, test } from 'vitest';
import { pairDifferences, pairRatios, quantile, summarize } from './stats.ts';

test('the median of an odd count is the middle value, of an even count the mean of the two middle ones', () => {
  expect(summarize([9, 1, 5]).median).toBe(5);
  expect(summarize([9, 1, 5, 6]).median).toBe(5.5);
});

test('values are sorted as numbers, and the input keeps its order', () => {
  const values = [10, 9, 100, 2];
  expect(summarize(values)).toMatchObject({ count: 4, min: 2, max: 100 });
  expect(values).toEqual([10, 9, 100, 2]);
});

test('quartiles lie linearly between neighbours', () => {
  expect(summarize([1, 2, 3, 4, 5])).toEqual({ count: 5, min: 1, q1: 2, median: 3, q3: 4, max: 5 });
  expect(summarize([1, 2, 3, 4])).toMatchObject({ q1: 1.75, q3: 3.25 });
});

test('one value is every quantile of itself', () => {
  expect(summarize([7])).toEqual({ count: 1, min: 7, q1: 7, median: 7, q3: 7, max: 7 });
});

test('no values give no number, rather than zero', () => {
  expect(summarize([])).toMatchObject({ count: 0, median: Number.NaN, min: Number.NaN });
  expect(quantile([], 0.5)).toBeNaN();
});

test('one outlier moves the maximum and not the median', () => {
  expect(summarize([11, 12, 10, 131, 12])).toMatchObject({ median: 12, max: 131 });
});

test('ratios are taken pair by pair: a slow repetition that hit both sides cancels out', () => {
  expect(pairRatios([20, 200, 22], [10, 100, 11])).toEqual([2, 2, 2]);
});

test('differences are taken pair by pair, in their unit', () => {
  expect(pairDifferences([20, 105, 22], [10, 100, 15])).toEqual([10, 5, 7]);
});

test('series of different lengths have no pairs', () => {
  expect(() => pairRatios([1, 2], [1])).toThrow(RangeError);
  expect(() => pairDifferences([1, 2], [1])).toThrow(RangeError);
});
