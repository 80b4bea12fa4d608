import { expect, test } from 'vitest';
import { foldSnapshots } from './fold-snapshots.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';
const column = (name: string, more: object = {}) => ({
  ...{ schema: 'shop', table: 'orders', name, type: 'text', entityType: 'columns' },
  ...more,
});
const index = { schema: 'shop', table: 'orders', name: 'idx', entityType: 'indexes' };
const base = {
  type: 'base',
  version: '9',
  id: 'a',
  prevIds: [FIRST],
  footprints: [1],
  ddl: [column('one'), column('two'), index],
};
const later = (id: string, prev: string, deltas: readonly object[]) => ({
  ...{ type: 'diff', version: '9', id, prevIds: [prev], footprints: [1], deltas },
});
const fold = (...snapshots: readonly object[]) => foldSnapshots(snapshots.map((one) => JSON.stringify(one)));

test('created, altered, renamed and dropped: what is left is one base under the identity of the newest', () => {
  const folded = fold(
    base,
    later('b', 'a', [
      { op: 'create', row: column('three') },
      { op: 'alter', key: 'columns\0["shop","orders","one"]', set: { type: 'integer' } },
    ]),
    later('c', 'b', [
      { op: 'rename', key: 'columns\0["shop","orders","two"]', set: { name: 'second' } },
      { op: 'alter', key: 'columns\0["shop","orders","second"]', set: { notNull: true } },
      { op: 'drop', key: 'indexes\0["shop","idx"]' },
    ]),
  );
  expect(JSON.parse(folded ?? '')).toEqual({
    ...{ type: 'base', version: '9', id: 'c', prevIds: [FIRST], footprints: [] },
    ddl: [column('one', { type: 'integer' }), column('second', { notNull: true }), column('three')],
  });
});

test('a change of what no snapshot has is refused, and a history without snapshots has none', () => {
  expect(() => fold(base, later('b', 'a', [{ op: 'drop', key: 'tables\0["shop","gone"]' }]))).toThrow(
    'tables ["shop","gone"]',
  );
  expect(fold()).toBeNull();
});
