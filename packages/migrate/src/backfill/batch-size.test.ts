import { expect, test } from 'vitest';
import { createBatchSize } from './batch-size.ts';

const backfill = {
  ...{ name: 'n', rule: 'r', table: 't', batch: 'b', remaining: 'q', batchMs: 20 },
  key: { column: 'id', type: 'bigint' },
} as const;

test('the size is steered to the time that a batch may take, by half or twofold at most', () => {
  const size = createBatchSize(backfill, null);
  expect(size.keys).toBe(1_000);
  size.took(1_000, 1);
  expect(size.keys).toBe(2_000);
  size.took(2_000, 16);
  expect(size.keys).toBe(2_500);
  size.took(2_500, 500);
  expect(size.keys).toBe(1_250);
});

test('it stays between one key and what the backfill says, 10,000 unless said', () => {
  const size = createBatchSize(backfill, null);
  for (let n = 0; n < 10; n += 1) size.took(size.keys, 1);
  expect(size.keys).toBe(10_000);
  for (let n = 0; n < 20; n += 1) size.halve();
  expect(size.keys).toBe(1);
  expect(createBatchSize({ ...backfill, batchSize: 300 }, null).keys).toBe(300);
});

test('once somebody was in the way, it grows slowly, also by a batch that was begun before', () => {
  const size = createBatchSize(backfill, null);
  size.halve();
  size.took(1_000, 1);
  expect(size.keys).toBe(550);
  size.took(550, 1);
  expect(size.keys).toBe(605);
});

test('a short batch does not make the next one larger', () => {
  const size = createBatchSize(backfill, null);
  size.took(10, 1);
  expect(size.keys).toBe(1_000);
});

test('with a rate, a batch is a tenth of a second of it', () => {
  expect(createBatchSize(backfill, 250).keys).toBe(25);
  expect(createBatchSize(backfill, 3).keys).toBe(1);
});
