import { expect, test } from 'vitest';
import { figure, table } from './format.ts';

test.each([
  [0.0941, '0.094'],
  [1.236, '1.24'],
  [41.24, '41.2'],
  [312.4, '312'],
  [1749.6, '1,750'],
  [Number.NaN, '–'],
])('%d is printed with three significant digits: %s', (value, text) => {
  expect(figure(value)).toBe(text);
});

test('a bar in a cell does not make a column', () => {
  expect(table(['a'], [['x | y']])).toEqual(['| a |', '| --- |', '| x \\| y |']);
});
