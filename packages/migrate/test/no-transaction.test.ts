import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const TABLE =
  'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int, total int); INSERT INTO shop.orders SELECT n, n % 7 FROM generate_series(1, 1000) n';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('statements run one by one; a failure keeps those before, and the next run goes on after them', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: TABLE,
      [B]: '-- db: no-transaction\nINSERT INTO shop.orders VALUES (2001, 1);\nCREATE INDEX CONCURRENTLY idx_orders_id ON shop.orders (id);\nINSERT INTO shop.orders VALUES (1 / (SELECT count(*) FROM shop.orders WHERE id = 9999), 1);',
    });
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_STEP', facts: { sqlState: '22012' } });
    await db.sql`INSERT INTO shop.orders VALUES (9999, 1)`;
    expect((await project.migrate(db.url)).applied.map(({ name }) => name)).toEqual([B]);
    // The first statement is not run twice.
    expect(await db.sql`SELECT count(*)::int AS n FROM shop.orders WHERE id = 2001`).toEqual([{ n: 1 }]);
    expect(await db.sql`SELECT * FROM migrations.steps`).toEqual([]);
  });

  test('an INVALID index that a failed unique build left is dropped and built again, also with IF NOT EXISTS', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: TABLE,
      [B]: '-- db: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS idx_orders_total ON shop.orders (total);',
    });
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_STEP', facts: { sqlState: '23505' } });
    expect(await db.sql`SELECT indisvalid FROM pg_index WHERE indexrelid = 'shop.idx_orders_total'::regclass`).toEqual([
      { indisvalid: false },
    ]);
    await db.sql`DELETE FROM shop.orders WHERE id > 7`;
    await project.migrate(db.url);
    expect(await db.sql`SELECT indisvalid FROM pg_index WHERE indexrelid = 'shop.idx_orders_total'::regclass`).toEqual([
      { indisvalid: true },
    ]);
  });

  test('COMMIT inside a DO block is refused, and nothing of it is kept', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: TABLE,
      [B]: '-- db: no-transaction\nDO $$BEGIN INSERT INTO shop.orders VALUES (9001, 1); COMMIT; END$$;',
    });
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      code: 'DB_FILE_COMMIT',
      facts: { sqlState: '2D000' },
    });
    expect(await db.sql`SELECT FROM shop.orders WHERE id = 9001`).toEqual([]);
  });

  test('a half-done migration that was edited is refused', async () => {
    await using db = await emptyDatabase(server);
    const text =
      '-- db: no-transaction\nINSERT INTO shop.orders VALUES (2001, 1);\nSELECT 1 / (SELECT count(*) FROM shop.orders WHERE id = 9999);';
    await using project = await createProject({ [A]: TABLE, [B]: text });
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_STEP' });
    await project.write(B, text.replace('2001', '2002'));
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_STEP_EDITED', exit: 4 });
    expect(await db.sql`SELECT id FROM shop.orders WHERE id > 2000`).toEqual([{ id: 2001 }]);
  });

  test('an index that somebody has built already is taken as done where it is the same, and refused where it is not', async () => {
    await using db = await emptyDatabase(server);
    const other = '20260103000000_c';
    await using project = await createProject({
      [A]: TABLE,
      [B]: '-- db: no-transaction\nCREATE INDEX CONCURRENTLY idx_orders_total ON shop.orders (total DESC, id);',
      [other]: '-- db: no-transaction\nCREATE INDEX CONCURRENTLY idx_orders_id ON shop.orders (id);',
    });
    await project.migrate(db.url, { to: A });
    await db.sql`CREATE INDEX idx_orders_total ON shop.orders (total DESC, id)`;
    await db.sql`CREATE INDEX idx_orders_id ON shop.orders (total)`;
    const taken = { code: 'DB_STEP', facts: { sqlState: '42P07' } };
    await expect(project.migrate(db.url)).rejects.toMatchObject(taken);
    // A second run must not take it for its own unfinished work.
    await expect(project.migrate(db.url)).rejects.toMatchObject(taken);
    expect(await db.sql`SELECT name FROM migrations.applied ORDER BY name`).toEqual([{ name: A }, { name: B }]);
  });
});
