import { expect, test } from 'vitest';
import { driftDifferences } from './differences.ts';
import { repeatedIndexes } from './made-again.ts';

const table = ['table shop.orders', 'orders'] as const;
const index = (name: string, rest: string, unique = ''): [string, string] => [
  `index shop.${name}`,
  `CREATE ${unique}INDEX ${name} ON shop.orders USING btree (${rest})`,
];

test('an index is made again where another one differs in its name alone, and is not unique', () => {
  const expected = new Map([table, index('idx_orders_at', 'at'), index('orders_key', 'key', 'UNIQUE ')]);
  const live = new Map([
    ...expected,
    index('orders_at', 'at'),
    index('"Odd name"', 'at'),
    index('orders_at_desc', 'at DESC'),
    index('key_again', 'key', 'UNIQUE '),
  ]);
  expect(repeatedIndexes(expected, driftDifferences(expected, live))).toEqual([
    'index shop."Odd name"',
    'index shop.orders_at',
  ]);
});
