import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { compareCatalogs, readCatalog } from '../src/catalog/read-catalog.ts';
import { emptyDatabase } from './support/database.ts';
import { createDrizzleProject } from './support/drizzle-project.ts';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('the rename of a numbered key that rows of its own and of another table refer to is undone file by file, and numbers on', async () => {
    await using project = await createDrizzleProject(server);
    await using db = await emptyDatabase(server);
    const declared = (key: string) => `
export const nodes = shop.table('nodes', { id: integer('${key}').primaryKey().generatedByDefaultAsIdentity(), parent: integer('parent') },
  (t) => [foreignKey({ name: 'nodes_parent_fkey', columns: [t.parent], foreignColumns: [t.id] })]);
export const leaves = shop.table('leaves', { id: integer('id').primaryKey(), node: integer('node').notNull().references(() => nodes.id) });`;
    await project.declare(declared('id'));
    await project.generate('initial');
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.nodes (parent) SELECT 1 FROM generate_series(1, 20)`;
    await db.sql`INSERT INTO shop.leaves SELECT n, n FROM generate_series(1, 20) n`;
    const before = await readCatalog(db.sql, ['shop']);
    await project.declare(declared('key'));
    const { files, warnings } = await project.generate('rename', [
      { type: 'rename', kind: 'column', from: ['shop', 'nodes', 'id'], to: ['shop', 'nodes', 'key'] },
    ]);
    expect(warnings).toEqual([]);
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.nodes DEFAULT VALUES`;
    for (const _ of files) await project.rollback(db.url, 1);
    expect(compareCatalogs(before, await readCatalog(db.sql, ['shop']))).toEqual([]);
    await db.sql`INSERT INTO shop.nodes DEFAULT VALUES`;
    await expect(db.sql`DELETE FROM shop.nodes WHERE id = 20`).rejects.toThrow('leaves');
    await project.migrate(db.url);
    expect(await db.sql`SELECT count(*)::int AS n, count(DISTINCT key)::int AS keys FROM shop.nodes`).toEqual([
      { n: 22, keys: 22 },
    ]);
  }, 120_000);

  test('a column that gets its numbering back numbers on behind the rows that were written without it', async () => {
    await using project = await createDrizzleProject(server);
    await using db = await emptyDatabase(server);
    const declared = (numbered: string, serial: string) => `import { serial } from 'drizzle-orm/pg-core';
export const orders = shop.table('orders', { id: integer('id').primaryKey(), number: integer('Or.der number').notNull().unique()${numbered},
  place: ${serial}('place').notNull() });`;
    await project.declare(declared('.generatedAlwaysAsIdentity({ startWith: 10 })', 'serial'));
    await project.generate('initial');
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders (id) VALUES (1)`;
    await project.declare(declared('', 'integer'));
    const { files } = await project.generate('unnumbered');
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders VALUES (2, 11, 2), (3, 500, 600)`;
    await project.rollback(db.url, files.length);
    await db.sql`INSERT INTO shop.orders (id) VALUES (4)`;
    expect(await db.sql`SELECT "Or.der number" AS number, place FROM shop.orders WHERE id = 4`).toEqual([
      { number: 501, place: 601 },
    ]);
  }, 120_000);

  test('values of enums come and go with the defaults that name them, whatever signs are in them, and both come back', async () => {
    await using project = await createDrizzleProject(server);
    await using db = await emptyDatabase(server);
    const declared = (states: string, marks: string, state: string, many: string) => `
export const state = shop.enum('state', [${states}]);
export const mark = shop.enum('mark', [${marks}]);
export const orders = shop.table('orders', { id: integer('id').primaryKey(), state: state('state').default(${state}),
  marks: mark('marks').array()${many} });`;
    await project.declare(declared("'new', 'old'", "'x'", "'old'", ''));
    await project.generate('initial');
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders VALUES (1, 'new', '{x}')`;
    const before = await readCatalog(db.sql, ['shop']);
    await project.declare(declared("'new'", `'x', "o'clock"`, "'new'", `.default(["o'clock"])`));
    const { files, proof } = await project.generate('values');
    expect(proof).toContain('up, down, up');
    expect(proof).toContain('3 rows in 1 table');
    expect(files.map(({ irreversible }) => irreversible)).toEqual(files.map(() => null));
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders (id) VALUES (2)`;
    await db.sql`UPDATE shop.orders SET marks = '{x}' WHERE marks = ${["o'clock"]}::shop.mark[]`;
    await project.rollback(db.url, files.length);
    expect(compareCatalogs(before, await readCatalog(db.sql, ['shop']))).toEqual([]);
    await db.sql`INSERT INTO shop.orders (id) VALUES (3)`;
    expect(await db.sql`SELECT array_agg(state::text ORDER BY id) AS states FROM shop.orders`).toEqual([
      { states: ['new', 'new', 'old'] },
    ]);
  }, 120_000);
});
