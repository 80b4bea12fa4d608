import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { openScratch, openScratchSession } from '../src/author/scratch.ts';
import { readCatalog } from '../src/catalog/read-catalog.ts';
import { emptyDatabase } from './support/database.ts';
import { createDrizzleProject } from './support/drizzle-project.ts';
import { runMain } from './support/run-main.ts';

const server = testServers().at(-1)?.url ?? '';

const ORDERS = (more: string) =>
  `export const orders = shop.table('orders', { id: integer('id').primaryKey(), total: integer('total')${more} });\n`;

test('a migration by hand gets its down, its proof and drizzle-kit’s snapshot; a down that leads elsewhere, a hazard and what the TypeScript does not know are found', async () => {
  await using project = await createDrizzleProject(server);
  const db = async (...args: readonly string[]) => {
    const offline = args[0] === 'prove' ? ['--scratch-url', server] : [];
    const ended = await runMain(
      ['--config', join(project.root, 'db.config.ts'), ...args, ...offline, '--json'],
      project.root,
    );
    return { ...ended, report: JSON.parse(ended.stdout) };
  };
  await project.declare(ORDERS(''));
  await project.generate('initial');
  await project.writeConfig();
  const created = await db('create', 'double_totals');
  expect(created).toMatchObject({
    exit: 0,
    report: { domains: [{ migration: expect.stringMatching(/^\d{14}_double_totals$/) }] },
  });
  const { migration } = created.report.domains[0];
  const folder = join(project.root, 'migrations', migration);
  const file = join(folder, 'migration.sql');
  const skeleton = await readFile(file, 'utf8');
  expect(skeleton).toContain('-- Purpose: say what changes and why.');
  expect(await db('prove', migration)).toMatchObject({ exit: 4, report: { code: 'DB_FILE_EMPTY' } });
  await writeFile(file, 'ALTER TABLE shop.nothing ADD COLUMN twice integer;');
  expect((await db('prove', migration)).report.error).toMatchObject({
    ...{ code: 'DB_GENERATE', domain: 'shop', at: `migrations/${migration}/migration.sql` },
    fix: 'correct the statement that is shown',
  });

  await writeFile(
    file,
    `${skeleton}ALTER TABLE shop.orders ADD COLUMN twice integer;\nUPDATE shop.orders SET total = total + 1, twice = 2 * total;\n`,
  );
  const undeclared = await db('prove', migration);
  expect(undeclared).toMatchObject({
    exit: 2,
    report: { domains: [{ down: 'written', undeclared: [expect.stringContaining('column shop.orders.twice')] }] },
  });
  await project.declare(ORDERS(", twice: integer('twice')"));
  await project.writeConfig();
  const proven = await db('prove', file);
  expect(proven.report.domains[0]).toMatchObject({
    down: 'kept',
    undeclared: [],
    proof: expect.stringContaining('values change in shop.orders.total'),
  });
  expect(await readFile(join(folder, 'down.sql'), 'utf8')).toMatch(
    /-- Loses: the values of shop\.orders\.twice\.\n-- Stays as the way up made it: the values of shop\.orders\.total\./,
  );
  expect(await readFile(file, 'utf8')).toMatch(/-- Date: .*\n-- Proof: up, down, up on PostgreSQL \d+.*\n\nALTER/);
  // drizzle-kit knows it now: nothing is left to generate.
  expect(await project.generate('nothing')).toMatchObject({ migration: null });
  await using database = await emptyDatabase(server);
  await project.migrate(database.url);
  await project.rollback(database.url, 1);
  expect((await readCatalog(database.sql, ['shop'])).has('column shop.orders.twice')).toBe(false);

  await writeFile(join(folder, 'down.sql'), 'ALTER TABLE shop.orders DROP COLUMN total;\n');
  const broken = await db('prove', migration);
  expect(broken).toMatchObject({
    exit: 2,
    report: { domains: [{ down: 'broken', why: expect.stringContaining('column shop.orders.twice') }] },
  });
  expect(await db('prove', migration, '--rewrite-down')).toMatchObject({
    report: { domains: [{ down: 'written', why: null }] },
  });
}, 240_000);

test('a way back never loses rows silently: renames and moves are turned round also under a view of the old name, and what is lost all the same is named', async () => {
  await using project = await createDrizzleProject(server);
  await project.declare(ORDERS(''));
  await project.generate('initial');
  await project.writeConfig();
  const db = async (...args: readonly string[]) =>
    JSON.parse(
      (await runMain(['--config', join(project.root, 'db.config.ts'), ...args, '--json'], project.root)).stdout,
    );
  const { migration } = (await db('create', 'purchases')).domains[0];
  const folder = join(project.root, 'migrations', migration);
  const skeleton = await readFile(join(folder, 'migration.sql'), 'utf8');
  const proven = async (statements: string) => {
    await writeFile(join(folder, 'migration.sql'), `${skeleton}${statements}\n`);
    const { domains } = await db('prove', migration, '--rewrite-down', '--scratch-url', server);
    return { ...domains[0], text: await readFile(join(folder, 'down.sql'), 'utf8') };
  };

  const swapped = await proven(`CREATE TABLE shop.fresh (id integer CONSTRAINT fresh_pkey PRIMARY KEY, total integer);
INSERT INTO shop.fresh SELECT * FROM shop.orders; ALTER TABLE shop.orders RENAME TO stale;
ALTER TABLE shop.fresh RENAME TO orders; DROP TABLE shop.stale;`);
  expect(swapped.proof).toContain('the rows of shop.orders do not come back');
  expect(swapped.text).toMatch(/^-- Loses: .*the rows of shop\.orders/m);

  const replaced = await proven(
    'ALTER TABLE shop.orders RENAME TO old; CREATE TABLE shop.orders (id integer, total integer);',
  );
  expect(replaced.proof).toContain('the rows of shop.orders do not come back');
  expect(replaced.text).toContain('-- Loses: the rows of shop.orders.');

  const moved = await proven('CREATE SCHEMA archive; ALTER TABLE shop.orders SET SCHEMA archive;');
  expect(moved.text).toContain('ALTER TABLE "archive"."orders" SET SCHEMA "shop";');
  expect(moved.text).not.toContain('DROP TABLE');

  const twice =
    await proven(`ALTER TABLE shop.orders RENAME TO purchases; CREATE VIEW shop.orders AS SELECT * FROM shop.purchases;
CREATE VIEW shop.open_orders AS SELECT * FROM shop.orders;`);
  expect(twice).toMatchObject({ down: 'written', proof: expect.stringContaining('every row kept') });
  expect(twice.text).not.toContain('DROP TABLE');

  const renamed = await proven(
    'ALTER TABLE shop.orders RENAME TO purchases; CREATE VIEW shop.orders AS SELECT * FROM shop.purchases;',
  );
  expect(renamed).toMatchObject({ down: 'written', proof: expect.stringContaining('every row kept') });
  expect(renamed.text).toContain('-- Loses: nothing.');
  expect(renamed.text).not.toContain('DROP TABLE');
  await using database = await emptyDatabase(server);
  await project.migrate(database.url);
  await database.sql`INSERT INTO shop.orders VALUES (1, 2), (2, 3)`;
  await project.rollback(database.url, 1);
  expect([...(await database.sql`SELECT id, total FROM shop.orders ORDER BY id`)]).toEqual([
    { id: 1, total: 2 },
    { id: 2, total: 3 },
  ]);
}, 240_000);

test('create asks for one domain and for a slug', async () => {
  await using project = await createDrizzleProject(server);
  await project.declare(ORDERS(''));
  await project.writeConfig();
  const create = (...args: readonly string[]) =>
    runMain(['--config', join(project.root, 'db.config.ts'), 'create', ...args], project.root);
  expect(await create('Not A Slug')).toMatchObject({ exit: 64, stderr: expect.stringContaining('lower-case words') });
  expect(await create()).toMatchObject({ exit: 64 });
  const { exit, stdout } = await create('reindex', '--no-transaction');
  expect(exit).toBe(0);
  expect(await readFile(join(project.root, stdout.trim().replace(/^shop: /, '')), 'utf8')).toContain(
    '-- db: no-transaction\n',
  );
});

test('scratch databases that nobody has dropped go with the scratch, and none is made any more', async () => {
  const scratch = await openScratch(server, () => {});
  const { url } = await scratch.build(['SELECT 1']);
  await scratch[Symbol.asyncDispose]();
  await expect(openScratchSession(url)).rejects.toMatchObject({ code: 'DB_NO_DATABASE' });
  await expect(scratch.build([])).rejects.toThrow('given back');
});
