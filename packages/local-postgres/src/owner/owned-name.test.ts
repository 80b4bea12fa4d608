import { expect, test } from 'vitest';
import { isOrphan, ownedName, parseOwnedName } from './owned-name.ts';

test('a name says who made it, and fits into 63 bytes', () => {
  const name = ownedName('lp_building_and_more');
  expect(name.length).toBeLessThanOrEqual(63);
  expect(parseOwnedName(name)).toMatchObject({
    prefix: 'lp_building_and_more',
    owner: { pid: process.pid },
    isLocal: true,
  });
});

test('two names are never the same', () => {
  expect(ownedName('a')).not.toBe(ownedName('a'));
});

test('a later process with the same pid does not keep a dead owner alive', () => {
  const parsed = parseOwnedName(ownedName('a'));
  if (parsed === undefined) throw new Error('not parsed');
  expect(isOrphan(parsed)).toBe(false);
  expect(isOrphan({ ...parsed, owner: { ...parsed.owner, started: '1' } })).toBe(true);
});

test('what another machine owns is never an orphan here', () => {
  const parsed = parseOwnedName(ownedName('a'));
  if (parsed === undefined) throw new Error('not parsed');
  expect(isOrphan({ ...parsed, isLocal: false, owner: { pid: 1, started: '1' } })).toBe(false);
});
