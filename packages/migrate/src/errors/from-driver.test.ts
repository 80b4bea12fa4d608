import { expect, test } from 'vitest';
import { connectionCode } from './from-driver.ts';

/** An error as Node makes it for a call that failed. */
const failed = (syscall: string, code: string) => Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

test.each([
  ['a connect that nobody answers', failed('connect', 'ETIMEDOUT'), 'DB_UNREACHABLE'],
  ['a connect to a network without a way', failed('connect', 'EHOSTUNREACH'), 'DB_UNREACHABLE'],
  ['a socket file that is not there', failed('connect', 'ENOENT'), 'DB_UNREACHABLE'],
  ['a socket file that we may not open', failed('connect', 'EACCES'), 'DB_UNREACHABLE'],
  ['a name that is not known', failed('getaddrinfo', 'ENOTFOUND'), 'DB_UNREACHABLE'],
  [
    'a name with two addresses, none of which answers',
    Object.assign(new AggregateError([failed('connect', 'ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
    'DB_UNREACHABLE',
  ],
  ['a partition in the middle of a run', failed('read', 'ETIMEDOUT'), 'DB_CONNECTION_LOST'],
  ['a host that went away in the middle of a run', failed('read', 'EHOSTUNREACH'), 'DB_CONNECTION_LOST'],
  ['a write to a connection that was cut', failed('write', 'EPIPE'), 'DB_CONNECTION_LOST'],
  ['a file that is not there', Object.assign(failed('open', 'ENOENT'), { path: '/x' }), undefined],
])('%s', (_, error, code) => {
  expect(connectionCode(error)).toBe(code);
});
