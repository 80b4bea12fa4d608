import { expect, test } from 'vitest';
import { judge } from '../../src/client/transaction/commit-status.ts';

test.each([
  ['the same server says committed', 'committed', 'one', 'committed'],
  ['the same server says aborted', 'aborted', 'one', 'gone'],
  ['the old backend still runs', 'in progress', 'one', 'unsettled'],
  ['the same server has forgotten', undefined, 'one', 'unknown'],
  ['a replica answers', 'in progress', '', 'unsettled'],
  ['after a crash or promotion "committed" may be of another', 'committed', 'two', 'unknown'],
  ['after a crash or promotion "aborted" is certain', 'aborted', 'two', 'gone'],
  ['after a crash or promotion it cannot be running', 'in progress', 'two', 'gone'],
] as const)('%s', (_, status, server, expected) => {
  expect(judge(status, server, 'one')).toBe(expected);
});
