import { expect, test } from 'vitest';
import { forksOf, leavesOf, type Snapshot, snapshotFaults } from './snapshot-dag.ts';

const START = '00000000-0000-0000-0000-000000000000';
const snapshot = (name: string, ...prevIds: string[]): Snapshot => ({ name, id: `id-${name}`, prevIds });

test('a line has one leaf, no fork and no fault', () => {
  const line = [snapshot('a', START), snapshot('b', 'id-a'), snapshot('c', 'id-b')];
  expect([leavesOf(line).map(({ name }) => name), forksOf(line), snapshotFaults(line)]).toEqual([['c'], [], []]);
});

test('a fork names what both lines follow, and all of each line', () => {
  const forked = [snapshot('a', START), snapshot('b', 'id-a'), snapshot('c', 'id-a'), snapshot('d', 'id-c')];
  expect(forksOf(forked)).toEqual([{ after: 'a', branches: [['b'], ['c', 'd']] }]);
  expect(forksOf([snapshot('a', START), snapshot('b', START)])).toEqual([{ after: null, branches: [['a'], ['b']] }]);
});

test('a copy, an orphan and a merge are faults', () => {
  const copy = { name: 'c', id: 'id-b', prevIds: ['id-a'] };
  const faults = snapshotFaults([
    snapshot('a', START),
    snapshot('b', 'id-a'),
    copy,
    snapshot('d', 'gone'),
    snapshot('e', 'id-b', 'id-d'),
  ]);
  expect(forksOf([snapshot('a', START), snapshot('b', 'id-a'), copy])).toEqual([]);
  expect(faults).toEqual([
    expect.stringContaining('c/snapshot.json is a copy of that of b'),
    expect.stringContaining('d/snapshot.json follows a state that no migration here has (gone)'),
    expect.stringContaining('e/snapshot.json follows two states'),
  ]);
});
