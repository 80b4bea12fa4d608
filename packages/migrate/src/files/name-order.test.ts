import { expect, test } from 'vitest';
import { nameOrderFaults } from './name-order.ts';

const now = new Date('2026-05-05T12:00:00Z');

test('timestamps that increase are no fault, whatever the slugs', () => {
  expect(nameOrderFaults(['20260101000000_z', '20260101000001_a', '20260505120000_m'], now)).toEqual([]);
});

test('a shared timestamp is found on both sides', () => {
  expect(nameOrderFaults(['20260101000000_a', '20260101000000_b', '20260102000000_a'], now)).toHaveLength(2);
});

test('a timestamp in the future is found; a clock that is a little ahead is not', () => {
  expect(nameOrderFaults(['20260505180000_a'], now)).toEqual([]);
  expect(nameOrderFaults(['20270101000000_a'], now)).toEqual([expect.stringContaining('future')]);
});
