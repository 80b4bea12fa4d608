import { expect, test } from 'vitest';
import { ownedName } from '../owner/owned-name.ts';
import { CLONE_PREFIX, templateComment } from './names.ts';
import { isDead } from './sweep-databases.ts';

const now = Date.now() / 1_000;
const day = 86_400;
const mine = ownedName(CLONE_PREFIX);
const foreign = mine.replace(/_[0-9a-f]{6}_/, (tag) => (tag === '_000000_' ? '_000001_' : '_000000_'));

test.each([
  ['a clone of this living process stays, however old', { name: mine, comment: null }, now + 30 * day, false],
  ['a clone of another machine stays for a day', { name: foreign, comment: null }, now + day - 60, false],
  ['a clone of another machine goes after a day', { name: foreign, comment: null }, now + day + 60, true],
  ['a template stays for a week', { name: 'lp_template_x_1', comment: templateComment() }, now + 7 * day - 60, false],
  ['a template goes after a week', { name: 'lp_template_x_1', comment: templateComment() }, now + 7 * day + 60, true],
  ['a template without our comment is not ours', { name: 'lp_template_x_1', comment: null }, now + 99 * day, false],
  ['a name that only begins like ours is not ours', { name: 'lp_test_results', comment: null }, now + 99 * day, false],
])('%s', (_, database, at, expected) => {
  expect(isDead(database, at)).toBe(expected);
});
