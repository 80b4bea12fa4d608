import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type SealedPlace, TokenVault } from './token-vault.ts';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const old = new TokenVault(new Map([['old', oldKey]]));
const both = new TokenVault(
  new Map([
    ['new', newKey],
    ['old', oldKey],
  ]),
);
const place: SealedPlace = { instanceId: 'shop', column: 'access_token' };

test('what was sealed opens again, and two seals of one text differ', () => {
  for (const text of ['', 'token', '🙂'.repeat(2_000)]) expect(old.open(old.seal(text, place), place)).toBe(text);
  expect(old.seal('token', place)).not.toBe(old.seal('token', place));
});

test('a value does not open at another shop or column, changed anywhere, or under another key', () => {
  const sealed = old.seal('token', place);
  expect(() => old.open(sealed, { ...place, instanceId: 'other' })).toThrow();
  expect(() => old.open(sealed, { ...place, column: 'refresh_token' })).toThrow();
  const [prefix, id, body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  for (const at of bytes.keys()) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => old.open(`${prefix}.${id}.${changed.toString('base64url')}`, place)).toThrow();
  }
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => old.open(`${prefix}.${id}.${bytes.subarray(0, length).toString('base64url')}`, place)).toThrow();
  expect(() => new TokenVault(new Map([['old', newKey]])).open(sealed, place)).toThrow();
  expect(() => new TokenVault(new Map([['new', newKey]])).open(sealed, place)).toThrow('no key old');
});

test('rotation seals with the current key what another has sealed, and clear text, and nothing else', () => {
  const sealed = old.seal('token', place);
  const rotated = both.rotate(sealed, place);
  expect(rotated).toMatch(/^aes256gcm\.new\./);
  expect(both.open(rotated, place)).toBe('token');
  expect(both.rotate(rotated, place)).toBe(rotated);
  expect(both.open(both.rotate('clear', place), place)).toBe('clear');
});
