import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase, testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { catalogToJson } from '../src/catalog/catalog.ts';
import { readCatalog } from '../src/catalog/read-catalog.ts';
import type { Rehearsal } from '../src/rehearse/report.ts';
import { LEGACY, MIGRATIONS } from './support/legacy-shop.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, startMain } from './support/run-main.ts';

/** Writing the table anew builds its indexes anew: about a second for 900 rows. */
const SLOW_INDEX = `
  CREATE FUNCTION slow(id bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.001); RETURN id; END $$;
  CREATE INDEX orders_slow ON orders (slow(id))`;

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('--rehearse tells of locks, rewrites and the wait of an old application, on a clone; the database is as it was', async () => {
    await using project = await shopProject();
    await using shop = await legacyShop(server, `${LEGACY}; ${SLOW_INDEX}`);
    const before = await shop.ask(stateOf);
    const { exit, report, left } = await rehearse(project, shop, server, '--budget-ms', '300');
    expect(report).toMatchObject({ copy: { how: 'clone', why: null }, failed: null });
    const inOne = report.migrations.find(({ how }) => how === 'transaction');
    const retype = inOne?.statements.find(({ rewrites }) =>
      rewrites.some(({ relation }) => relation.endsWith('.orders')),
    );
    expect(retype?.text).toContain('ALTER TABLE "public"."orders" ALTER COLUMN');
    expect(retype?.rowsRead).toBeGreaterThanOrEqual(900);
    const locks = inOne?.statements.flatMap((one) => one.locks) ?? [];
    const held = locks.find(({ relation, mode }) => relation === 'public.orders' && mode === 'ACCESS EXCLUSIVE');
    expect(held?.heldMs).toBeGreaterThan(900);
    // Whoever writes or reads an order waits as long, by the names that the old application knows.
    expect(inOne?.longestWait?.ms).toBeGreaterThan(700);
    expect(report.probed.find(({ table }) => table === 'public.orders')).toMatchObject({
      operations: ['update', 'read'],
      // The types of columns have changed under its prepared statements; nothing else fails.
      errors: { '0A000': expect.any(Number) },
    });
    expect(report.budget?.over).toContain(inOne?.name);
    expect({ exit, left }).toEqual({ exit: 2, left: [] });
    expect(await shop.ask(stateOf)).toEqual(before);
  });

  test('a copy of the catalog with rows in its proportions serves the adoption and its finish', async () => {
    await using project = await shopProject();
    await using shop = await legacyShop(server, LEGACY);
    const before = await shop.ask(stateOf);
    const first = await rehearse(project, shop, server, '--scratch-url', server, '--rows', '300');
    expect(first.report).toMatchObject({
      copy: { how: 'replay', generated: { 'public.orders': 300, 'public."user"': 100 } },
      failed: null,
    });
    expect([first.exit, await shop.ask(stateOf)]).toEqual([0, before]);
    expect(await run(project, shop, server, '--yes')).toMatchObject({ exit: 0 });
    const adopted = await shop.ask(stateOf);
    const finish = await rehearse(project, shop, server, '--finish', '--scratch-url', server, '--rows', '300');
    expect(finish.report).toMatchObject({ copy: { how: 'replay' }, failed: null });
    expect(finish.report.migrations.map(({ name }) => name)).toContain('finish of the adoption');
    expect(await shop.ask(stateOf)).toEqual(adopted);
  });

  test('a column becomes NOT NULL without a row being read while everybody waits: they were read beside them', async () => {
    await using project = await shopProject();
    await using shop = await legacyShop(server, LEGACY);
    const { report } = await rehearse(project, shop, server);
    const steps = report.migrations.flatMap(({ how, statements }) => (how === 'transaction' ? [] : statements));
    const set = steps.filter(({ text }) => /"user_id" SET NOT NULL/.test(text));
    expect(set.map(({ rowsRead }) => rowsRead)).toEqual([0]);
    const read = steps.filter(({ text }) => /VALIDATE CONSTRAINT "orders_user_id_adopt_check"/.test(text));
    expect(read.map(({ rowsRead }) => rowsRead)).toEqual([900]);
    expect(await shop.ask((sql) => sql`SELECT FROM pg_constraint WHERE conname LIKE '%adopt_check'`)).toEqual([]);
  });
});

const newest = testServers().at(-1)?.url ?? '';

test('beside a running application there is no clone, and it says who is connected', async () => {
  await using project = await shopProject();
  await using shop = await legacyShop(newest, LEGACY);
  const till = postgres(shop.url, { max: 1, onnotice: () => {}, connection: { application_name: 'till' } });
  await till`SELECT 1`;
  const { report } = await rehearse(project, shop, newest, '--rows', '100');
  await till.end();
  expect(report).toMatchObject({ copy: { how: 'replay', why: expect.stringContaining('till (1)') }, failed: null });
});

test('the finish on a clone leaves the search paths of the database alone: they are of the whole cluster', async () => {
  await using project = await shopProject();
  await using shop = await legacyShop(newest, LEGACY);
  expect(await run(project, shop, newest, '--yes')).toMatchObject({ exit: 0 });
  const adopted = await shop.ask(stateOf);
  const { report } = await rehearse(project, shop, newest, '--finish');
  expect(report).toMatchObject({ copy: { how: 'clone' }, failed: null });
  expect(report.probed.map(({ table }) => table)).toContain('shop.orders');
  expect(await shop.ask(stateOf)).toEqual(adopted);
});

test('what is asked, or not to be done, is said before a copy is made', async () => {
  await using project = await shopProject();
  await using shop = await legacyShop(newest, LEGACY);
  const asked = await run(project, shop, newest, '--rehearse', '--decisions', join(project.root, 'none.json'));
  expect([asked.exit, asked.stderr]).toEqual([3, expect.stringContaining('user.created_at time zone')]);
  const early = await run(project, shop, newest, '--rehearse', '--finish');
  expect([early.exit, early.stderr]).toEqual([4, expect.stringContaining('DB_ADOPT_STATE')]);
  const both = await run(project, shop, newest, '--rehearse', '--yes');
  expect([both.exit, both.stderr]).toEqual([64, expect.stringContaining('--rehearse changes nothing here')]);
});

/** A database that nobody is connected to but while it is asked: only such a one can be cloned. */
interface Shop extends AsyncDisposable {
  readonly url: string;
  ask<T>(question: (sql: Sql) => Promise<T>): Promise<T>;
}

async function legacyShop(server: string, text: string): Promise<Shop> {
  const { url, drop } = await createTestDatabase(undefined, { server });
  const ask: Shop['ask'] = async (question) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      return await question(sql);
    } finally {
      await sql.end();
    }
  };
  await ask((sql) => sql.unsafe(text));
  return { url, ask, [Symbol.asyncDispose]: () => drop() };
}

async function shopProject(): Promise<Project> {
  const project = await createProject(MIGRATIONS);
  await project.writeConfig();
  await writeFile(join(project.root, 'answers.json'), JSON.stringify({ 'time zone': 'Europe/Berlin' }));
  await writeFile(join(project.root, 'none.json'), '{}');
  return project;
}

function start({ root }: Project, { url }: Shop, server: string, more: readonly string[]) {
  const answers = more.includes('--decisions') ? [] : ['--decisions', join(root, 'answers.json')];
  const where = ['--config', join(root, 'db.config.ts'), '--url', url];
  // A server for the scratch database of the history is one for the copy, too: only a local one leaves the choice of a clone.
  const scratch = more.includes('--rehearse') ? [] : ['--scratch-url', server];
  return startMain(['adopt', ...where, ...scratch, ...answers, ...more], root);
}

const run = (project: Project, shop: Shop, server: string, ...more: readonly string[]): Promise<Ended> =>
  start(project, shop, server, more).ended;

/** Rehearses, and looks afterwards for what that has left on the server. */
async function rehearse(project: Project, shop: Shop, server: string, ...more: readonly string[]) {
  const { child, ended } = start(project, shop, server, ['--rehearse', '--control', '0', '--json', ...more]);
  const { exit, stdout, stderr } = await ended;
  const parsed = JSON.parse(stdout) as { readonly domains: readonly Rehearsal[] };
  const [report] = parsed.domains;
  if (report === undefined) throw new Error(`expected a report, got ${stdout} ${stderr}`);
  const databases = await shop.ask((sql) => sql`SELECT datname FROM pg_database`);
  const pid = (child.pid ?? 0).toString(36);
  return { exit, report, left: databases.filter(({ datname }) => String(datname).split('_')[3] === pid) };
}

async function stateOf(sql: Sql): Promise<object> {
  const [sums] = await sql`
    SELECT (SELECT sum(hashtextextended(o::text, 0)) FROM orders o) AS orders, (SELECT sum(hashtextextended(u::text, 0)) FROM "user" u) AS users`;
  const paths = await sql`
    SELECT setrole::regrole::text AS role, setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
    WHERE datname = current_database() ORDER BY 1`;
  return { catalog: catalogToJson(await readCatalog(sql, ['public', 'shop', 'migrations'])), sums, paths: [...paths] };
}
