import { expect, test } from 'vitest';
import { buildName } from './build-name.ts';
import { HEADS } from './heads.ts';

test('a connection is called by its program and by the newest migration that its build knows', () => {
  expect(buildName('optimizer-api', 'optimizer')).toBe(`optimizer-api optimizer@${HEADS.optimizer}`);
});

test('of a long name the migration stays whole, for PostgreSQL keeps 63 bytes', () => {
  const name = buildName('ü'.repeat(80), 'optimizer');
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  expect(name.endsWith(` optimizer@${HEADS.optimizer}`)).toBe(true);
  expect(name).not.toContain('\ufffd');
});
