import { randomBytes } from 'node:crypto';
import { testServers } from '@repo/local-postgres/vitest';
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { restoreTarget, withDatabase } from '../src/backup/restore-target.ts';
import { parseTarget } from '../src/index.ts';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  const fresh = () => {
    const name = `restored_${randomBytes(4).toString('hex')}`;
    onTestFinished(async () => {
      const sql = postgres(server, { max: 1, onnotice: () => {} });
      await sql.unsafe(`DROP DATABASE IF EXISTS "${name}"`);
      await sql.end();
    });
    return restoreTarget(parseTarget(server, 'test'), name);
  };
  const isThere = async (database: string) => {
    const sql = postgres(server, { max: 1 });
    const rows = await sql`SELECT FROM pg_database WHERE datname = ${database}`;
    await sql.end();
    return rows.length === 1;
  };

  test('all that restore into the same new database at once come in, and one of them has made it', async () => {
    const target = fresh();
    const both = [1, 2, 3].map(() => withDatabase(target, true, 'test', async (_, created) => created));
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
  });

  test('a database that was made for a restore that failed goes, but not with what another restore has put into it', async () => {
    const target = fresh();
    const failing = (meanwhile: () => Promise<unknown>) =>
      withDatabase(target, true, 'test', async () => {
        await meanwhile();
        throw new Error('refused');
      });
    await expect(failing(async () => {})).rejects.toThrow('refused');
    expect(await isThere(target.database)).toBe(false);
    const other = () =>
      withDatabase(target, true, 'test', async ({ sql }) => {
        await sql`CREATE SCHEMA migrations`;
        await sql`CREATE TABLE migrations.settings AS SELECT 'format' AS key, '1' AS value`;
      });
    await expect(failing(other)).rejects.toThrow('refused');
    expect(await isThere(target.database)).toBe(true);
  });
});

test.each(['', 'x'.repeat(64), 'ä'.repeat(32), 'a/b', 'a@b'])('--to %j is no name of a database', (name) => {
  expect(() => restoreTarget(parseTarget('postgres://u@h/app', 'test'), name)).toThrow('expected a URL, or the name');
});
