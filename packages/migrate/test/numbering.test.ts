import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createDrizzleProject } from './support/drizzle-project.ts';

test.each(testServers())(
  'PostgreSQL $version: a column with rows that becomes an identity numbers on behind them, and one that is added to a table whose name has a space numbers its rows without a rewrite',
  async ({ url: server }) => {
    await using project = await createDrizzleProject(server);
    await using db = await emptyDatabase(server);
    const declared = (identity: string, more: string) =>
      `export const orders = shop.table('Or ders', { id: integer('id').primaryKey(), number: integer('the number').notNull().unique()${identity}${more} });`;
    await project.declare(declared('', ''));
    await project.generate('initial');
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop."Or ders" SELECT n, n FROM generate_series(1, 20) n`;
    const always = '.generatedAlwaysAsIdentity()';
    await project.declare(declared(always, `, place: integer('a place')${always}`));
    const { warnings } = await project.generate('numbered');
    expect(warnings).toEqual([]);
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop."Or ders" (id) VALUES (21)`;
    expect(await db.sql`SELECT "the number" AS number, "a place" AS place FROM shop."Or ders" WHERE id = 21`).toEqual([
      { number: 21, place: 21 },
    ]);
  },
  120_000,
);
