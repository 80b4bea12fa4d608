import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareCatalogs } from '../src/catalog/read-catalog.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { onlineProject, planFor, shopCatalog } from './support/online.ts';
import { CASES, SHOP } from './support/online-cases.ts';

/** Server by server, the cases one after another in one database: making databases takes longer than the cases. */
describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  let db: Database;
  beforeAll(async () => {
    db = await emptyDatabase(server);
  });
  afterAll(() => db[Symbol.asyncDispose]());

  const afresh = async (before: readonly string[]) => {
    for (const sql of ['DROP SCHEMA IF EXISTS shop, migrations CASCADE', SHOP, ...before]) await db.sql.unsafe(sql);
  };

  test.each(CASES.filter(({ since = 15 }) => version >= since))(
    '$name ends with the catalog and rows of the plain form',
    async ({ before = [], draft, forms, rows }) => {
      const end = async () => [await shopCatalog(db.sql), rows === undefined ? [] : await db.sql.unsafe(rows)] as const;
      await afresh(before);
      for (const sql of draft) await db.sql.unsafe(sql);
      const [plain, plainRows] = await end();
      await afresh(before);
      const plan = await planFor(db.sql, draft);
      expect(plan.refused).toEqual([]);
      const text = plan.files.flatMap(({ statements }) => statements).join(';\n');
      for (const form of forms) expect(text).toMatch(form);
      await using project = await onlineProject(plan);
      await project.migrate(db.url);
      const [online, onlineRows] = await end();
      expect(compareCatalogs(plain, online)).toEqual([]);
      expect(onlineRows).toEqual(plainRows);
    },
  );
});
