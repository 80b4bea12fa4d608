import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { diffStates, readDiffState } from '../src/catalog/residual.ts';
import { emptyDatabase } from './support/database.ts';

test.each(testServers())(
  'PostgreSQL $version: roles that others make and drop meanwhile are no part of a diff',
  async ({ url }) => {
    await using database = await emptyDatabase(url);
    const [one, other] = [`other_${process.pid}_one`, `other_${process.pid}_"two`].map((name) =>
      name.replaceAll('"', '""'),
    );
    const before = await readDiffState(database.url);
    await database.sql.unsafe(`CREATE ROLE "${one}"; CREATE ROLE "${other}"`);
    try {
      const made = await readDiffState(database.url);
      await database.sql.unsafe(
        `GRANT "${one}" TO "${other}" WITH ADMIN OPTION; ALTER ROLE "${one}" SET work_mem = '8MB'`,
      );
      const changed = await readDiffState(database.url);
      for (const [from, to] of [
        [before, made],
        [made, changed],
        [changed, before],
      ] as const)
        expect(diffStates(from, to)).toEqual([]);
    } finally {
      await database.sql.unsafe(`DROP ROLE "${one}", "${other}"`);
    }
  },
);
