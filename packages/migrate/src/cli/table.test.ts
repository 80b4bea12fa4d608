import { expect, test } from 'vitest';
import { renderTable } from './table.ts';

const HEADER = ['migration', 'state', 'by', 'ms', 'version'];
const ROWS = [
  ['20261121012902_split_hashes', 'applied', 'postgres', '12', ''],
  ['20261121012903_a_name_that_is_rather_long', 'out of order', 'postgres', '', ''],
];
const at = (columns: number | undefined) =>
  renderTable(HEADER, ROWS, { columns, mayGo: ['version', 'ms', 'by'] }).split('\n');

test('in a pipe nothing is left out', () => {
  expect(at(undefined)).toEqual([
    'migration                                  state         by        ms  version',
    '20261121012902_split_hashes                applied       postgres  12',
    '20261121012903_a_name_that_is_rather_long  out of order  postgres',
  ]);
});

test.each([
  [78, ['migration', 'state', 'by', 'ms', 'version']],
  [77, ['migration', 'state', 'by', 'ms']],
  [68, ['migration', 'state', 'by']],
  [64, ['migration', 'state']],
])('at %i columns what matters most is left', (columns, titles) => {
  expect(at(columns)[0]?.split(/\s+/)).toEqual(titles);
});

test('what cannot go is cut, and says so', () => {
  expect(at(40)).toEqual([
    'migration                   state',
    '20261121012902_split_hash…  applied',
    '20261121012903_a_name_tha…  out of order',
  ]);
});

test('no line is wider than the terminal', () => {
  for (let columns = 24; columns <= 100; columns += 1)
    for (const line of at(columns)) expect(line.length).toBeLessThanOrEqual(columns);
});
