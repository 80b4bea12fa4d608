import { expect, test } from 'vitest';
import { countOf } from './count-of.ts';

test.each([
  [0, 'table', undefined, '0 tables'],
  [1, 'table', undefined, '1 table'],
  [2, 'table', undefined, '2 tables'],
  [1, 'index', 'indexes', '1 index'],
  [2, 'index', 'indexes', '2 indexes'],
])('%i %s (%s) reads %s', (count, one, many, expected) => {
  expect(countOf(count, one, many)).toBe(expected);
});
