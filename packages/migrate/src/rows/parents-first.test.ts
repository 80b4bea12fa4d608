import { expect, test } from 'vitest';
import { parentsFirst } from './parents-first.ts';

const order = (parents: Readonly<Record<string, readonly string[]>>) =>
  parentsFirst(
    Object.keys(parents),
    (name) => name,
    (name) => parents[name] ?? [],
  );

test.each([
  ['parents come before their children', { item: ['order'], order: ['shop'], shop: [] }, ['shop', 'order', 'item']],
  ['tables without keys stay in their order', { b: [], a: [] }, ['b', 'a']],
  ['a key to itself, or to a table that is not among them, changes nothing', { a: ['a', 'else'], b: [] }, ['a', 'b']],
  ['a circle ends, with every table once', { a: ['b'], b: ['a'], c: ['a'] }, ['b', 'a', 'c']],
])('%s', (_, parents, expected) => {
  expect(order(parents)).toEqual(expected);
});
