import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const TABLE = `CREATE SCHEMA shop; CREATE TABLE shop.orders (region text, id bigint, total int NOT NULL, cents bigint, PRIMARY KEY (region, id));
  INSERT INTO shop.orders SELECT 'r' || n % 50, n, n FROM generate_series(1, 30000) n`;
const HEADER = '-- db: no-transaction\n-- db: in-batches\n';
const FILL = `${HEADER}UPDATE shop.orders SET cents = total * 100::bigint WHERE cents IS DISTINCT FROM total * 100::bigint;
  ALTER TABLE shop.orders ADD COLUMN filled boolean;`;

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('an UPDATE of the file runs in many transactions, by the first column of a key that is no single column', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE, [B]: FILL });
    const told: unknown[] = [];
    const { applied } = await project.migrate(db.url, { onEvent: (event) => told.push(event) });
    expect(applied.map(({ name }) => name)).toEqual([A, B]);
    expect(await db.sql`SELECT count(*)::int AS n FROM shop.orders WHERE cents = total * 100`).toEqual([{ n: 30_000 }]);
    const [row] = await db.sql<{ transactions: number }[]>`
      SELECT count(DISTINCT xmin::text)::int AS transactions FROM shop.orders`;
    expect(row?.transactions).toBeGreaterThan(2);
    expect(told).toContainEqual(expect.objectContaining({ type: 'backfilled', backfill: `${B}.1`, rows: 30_000 }));
    expect(await db.sql`SELECT FROM migrations.steps`).toEqual([]);
  });

  test('a run that a row stops goes on behind its last batch once the row is mended', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE, [B]: FILL });
    await project.migrate(db.url, { to: A });
    await db.sql`ALTER TABLE shop.orders ADD CHECK (cents <> 2904900)`;
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_BACKFILL_ROW' });
    const [cut] = await db.sql`SELECT cursor FROM migrations.backfills`;
    expect(cut).toMatchObject({ cursor: expect.stringMatching(/^r/) });
    await db.sql`ALTER TABLE shop.orders DROP CONSTRAINT orders_cents_check`;
    await project.migrate(db.url);
    expect(
      await db.sql`SELECT count(*)::int AS n FROM shop.orders WHERE cents = total * 100 AND filled IS NULL`,
    ).toEqual([{ n: 30_000 }]);
    expect(await db.sql`SELECT state, cursor FROM migrations.backfills`).toEqual([{ state: 'done', cursor: null }]);
  });

  test('rows that the application adds meanwhile do not keep it from ending', async () => {
    await using db = await emptyDatabase(server);
    const busy = `CREATE SEQUENCE shop.numbers START 100000;
      CREATE FUNCTION shop.add() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO shop.orders VALUES ('a', nextval('shop.numbers'), 1); RETURN NULL; END $$;
      CREATE TRIGGER add AFTER UPDATE ON shop.orders EXECUTE FUNCTION shop.add()`;
    await using project = await createProject({ [A]: `${TABLE}; ${busy}`, [B]: FILL });
    await project.migrate(db.url);
    expect(
      await db.sql`SELECT count(*)::int AS n FROM shop.orders WHERE cents = total * 100 AND region <> 'a'`,
    ).toEqual([{ n: 30_000 }]);
  });

  test('a table without a key is refused, and so is a file that is no steps, or has nothing to batch', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE, [B]: FILL });
    await project.migrate(db.url, { to: A });
    await db.sql`ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey`;
    const refused = (why: RegExp) => ({ code: 'DB_FILE_BATCHES', exit: 4, facts: { why: expect.stringMatching(why) } });
    await expect(project.migrate(db.url)).rejects.toMatchObject(refused(/no index/));
    await project.write(B, FILL.replace('-- db: no-transaction\n', ''));
    await expect(project.migrate(db.url)).rejects.toMatchObject(refused(/no-transaction/));
    await project.write(B, `${HEADER}SELECT 1;`);
    await expect(project.migrate(db.url)).rejects.toMatchObject(refused(/no UPDATE/));
    await project.write(B, `${HEADER}UPDATE shop.orders SET cents = 1;`);
    await expect(project.migrate(db.url)).rejects.toMatchObject(refused(/no WHERE/));
  });
});
