import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { catalogToJson } from '../src/catalog/catalog.ts';
import { readCatalog } from '../src/catalog/read-catalog.ts';
import { emptyDatabase } from './support/database.ts';
import { LEGACY, MIGRATIONS } from './support/legacy-shop.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, runMain } from './support/run-main.ts';

/** Rows of every table of the two schemas, as sums that do not depend on their order. */
async function rowsOf(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const tables = await sql<{ name: string }[]>`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('public', 'shop') ORDER BY 1`;
  const sums: [string, string][] = [];
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS sum FROM ${name} t`,
    );
    sums.push([name, String(row?.['sum'])]);
  }
  return Object.fromEntries(sums);
}

async function foundIn(sql: Sql): Promise<object> {
  const sequences =
    await sql`SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname <> 'migrations' ORDER BY 1, 2`;
  const paths = await sql`
    SELECT setrole::regrole::text AS role, setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
    WHERE datname = current_database() ORDER BY 1`;
  return {
    catalog: catalogToJson(await readCatalog(sql, ['public', 'shop'])),
    rows: await rowsOf(sql),
    sequences: [...sequences],
    paths: [...paths],
  };
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  const run = (project: Project, url: string, ...args: readonly string[]): Promise<Ended> =>
    runMain(
      ['--config', join(project.root, 'db.config.ts'), 'adopt', '--url', url, '--scratch-url', server, ...args],
      project.root,
    );
  const report = ({ stdout }: Ended) => JSON.parse(stdout).domains[0];
  const start = async (sql: Sql) => {
    await sql.unsafe(LEGACY);
    const project = await createProject(MIGRATIONS);
    await project.writeConfig();
    await writeFile(join(project.root, 'answers.json'), JSON.stringify({ 'time zone': 'Europe/Berlin' }));
    return project;
  };
  const answered = (project: Project) => ['--decisions', join(project.root, 'answers.json'), '--yes'];

  test('a dry run changes nothing, and what nobody can see is asked', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start(database.sql);
    const before = await foundIn(database.sql);
    const shown = await run(project, database.url, '--dry-run', '--json');
    expect(shown.exit).toBe(0);
    expect(report(shown)).toMatchObject({ outcome: 'shown', adopted: Object.keys(MIGRATIONS), pending: [] });
    const refused = await run(project, database.url, '--yes', '--json');
    expect(refused.exit).toBe(3);
    expect(JSON.parse(refused.stdout).error).toMatchObject({
      code: 'DB_ADOPT_DECISION',
      questions: [{ id: 'user.created_at time zone', lossless: null }],
    });
    expect(await foundIn(database.sql)).toEqual(before);
  });

  test('adopt → undo gives back what was found, object by object and row by row', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start(database.sql);
    const before = await foundIn(database.sql);
    expect(await run(project, database.url, ...answered(project))).toMatchObject({ exit: 0 });
    expect(await run(project, database.url, '--undo', '--yes')).toMatchObject({ exit: 0 });
    expect(await foundIn(database.sql)).toEqual(before);
  });

  test('what the new application wrote into tables and columns that adoption made is kept by --undo', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start(database.sql);
    const before = await foundIn(database.sql);
    await run(project, database.url, ...answered(project));
    const made = 'this_is_a_very_long_table_name_that_fills_up_all_of_the_sixty_';
    await database.sql.unsafe(`
      INSERT INTO shop.${made} SELECT gen_random_uuid(), 'row ' || i FROM generate_series(1, 3) i;
      UPDATE shop."user" SET age = 41 WHERE id = 7`);
    const shown = report(await run(project, database.url, '--undo', '--json'));
    expect(shown.notes).toContainEqual(expect.stringMatching(/^1 rows of column user\.age, which goes, are kept in /));
    const { notes } = report(await run(project, database.url, '--undo', '--yes', '--json'));
    expect(await foundIn(database.sql)).toEqual(before);
    const keptOf = async (object: string) => {
      const note = notes.find((one: string) => one.includes(` of ${object}, `)) as string;
      return [...(await database.sql.unsafe(`SELECT * FROM ${note.slice(note.indexOf(' kept in ') + 9)} ORDER BY 2`))];
    };
    expect((await keptOf(`table ${made}`)).map((row) => Object.values(row)[1])).toEqual(['row 1', 'row 2', 'row 3']);
    expect(await keptOf('column user.age')).toEqual([{ id: 7, age: 41 }]);
    // Another adoption, taken back, finds no place taken.
    await run(project, database.url, ...answered(project));
    await database.sql.unsafe(`UPDATE shop."user" SET age = 42 WHERE id = 7`);
    expect(await run(project, database.url, '--undo', '--yes')).toMatchObject({ exit: 0 });
  });

  test('once adopted, a second run finds nothing to do, drift tells what waits, and --finish leaves the declared schema', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start(database.sql);
    const rows = await rowsOf(database.sql);
    await run(project, database.url, ...answered(project));
    expect(report(await run(project, database.url, '--yes', '--json')).outcome).toBe('nothing to do');
    const drift = await runMain(
      ['--config', join(project.root, 'db.config.ts'), 'drift', '--url', database.url, '--json'],
      project.root,
    );
    expect(drift.exit).toBe(0);
    const waiting = report(drift).adoption.waiting.map(({ object }: { object: string }) => object);
    expect(waiting).toContain('column orders.meta type');
    expect((await project.migrate(database.url)).applied).toEqual([]);
    const finished = await run(project, database.url, '--finish', '--yes', '--json');
    expect(finished.exit).toBe(0);
    expect(report(finished)).toMatchObject({ outcome: 'finished', waiting: [] });
    await using declared = await emptyDatabase(server);
    await project.migrate(declared.url);
    const columns = (sql: Sql) => sql`
      SELECT table_name, column_name, data_type, is_nullable, column_default, identity_generation FROM information_schema.columns
      WHERE table_schema = 'shop' AND column_name <> 'extra' ORDER BY table_name, column_name`;
    expect([...(await columns(database.sql))]).toEqual([...(await columns(declared.sql))]);
    expect(Object.keys(await rowsOf(database.sql)).length).toBeGreaterThanOrEqual(Object.keys(rows).length);
  });

  test('the old application goes on: by names it has prepared, by qualified names, and in new sessions', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start(database.sql);
    const old = postgres(database.url, { max: 1, onnotice: () => {} });
    const insert = (sql: Sql, n: number) =>
      sql`INSERT INTO orders (user_id, total) VALUES (1, ${n}) RETURNING id, status`;
    await old`SELECT id FROM orders WHERE user_id = ${1}`;
    await run(project, database.url, ...answered(project));
    expect(await insert(old, 2)).toMatchObject([{ status: 'new' }]);
    await old`INSERT INTO public."user" ("Mail", extra) VALUES ('again@x', 'e') ON CONFLICT ("Mail") DO UPDATE SET extra = excluded.extra`;
    await old`UPDATE public.orders SET note = 'n' WHERE id IN (SELECT id FROM orders ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)`;
    await old.end();
    const fresh = postgres(database.url, { max: 1, onnotice: () => {} });
    await fresh`CREATE INDEX IF NOT EXISTS orders_note ON orders (note)`;
    await fresh`ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text`;
    expect(await insert(fresh, 3)).toHaveLength(1);
    await fresh`TRUNCATE log`;
    const [twice] = await database.sql`SELECT count(*)::int - count(DISTINCT id)::int AS twice FROM shop.orders`;
    expect(twice).toEqual({ twice: 0 });
    await fresh.end();
  });

  test('privileges on single columns hold for the old names, too', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start(database.sql);
    const clerk = `clerk_${process.pid}_${new URL(server).port}`;
    await database.sql.unsafe(
      `CREATE ROLE ${clerk}; GRANT SELECT (id, "Mail", "select"), UPDATE ("select") ON "user" TO ${clerk}`,
    );
    try {
      expect(await run(project, database.url, ...answered(project))).toMatchObject({ exit: 0 });
      const as = (text: string) => database.sql.unsafe(`SET ROLE ${clerk}; ${text}; RESET ROLE`);
      await as(`UPDATE public."user" SET "select" = 'by the clerk' WHERE id = 1`);
      const [row] = await database.sql`SELECT "select" FROM shop."user" WHERE id = 1`;
      expect(row).toEqual({ select: 'by the clerk' });
      await expect(as('SELECT extra FROM public."user"')).rejects.toMatchObject({ code: '42501' });
      await database.sql`RESET ROLE`;
    } finally {
      await database.sql.unsafe(`RESET ROLE; DROP OWNED BY ${clerk}; DROP ROLE ${clerk}`);
    }
  });

  test('with --keep-in-place the tables stay where they are, and the declared names are views', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start(database.sql);
    expect(await run(project, database.url, '--keep-in-place', ...answered(project))).toMatchObject({ exit: 0 });
    const [kinds] = await database.sql`
      SELECT (SELECT relkind FROM pg_class WHERE oid = 'public.orders'::regclass) AS old, (SELECT relkind FROM pg_class WHERE oid = 'shop.orders'::regclass) AS new`;
    expect(kinds).toEqual({ old: 'r', new: 'v' });
    await database.sql`INSERT INTO shop.orders (user_id) VALUES (1)`;
    expect(await run(project, database.url, '--finish', '--yes')).toMatchObject({ exit: 0 });
    const [after] = await database.sql`SELECT relkind FROM pg_class WHERE oid = 'shop.orders'::regclass`;
    expect(after).toEqual({ relkind: 'r' });
  });

  test('a database that is under its history, or has none of the tables, is refused', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createProject(MIGRATIONS);
    await project.writeConfig();
    const empty = await run(project, database.url, '--yes', '--json');
    expect([empty.exit, JSON.parse(empty.stdout).code]).toEqual([4, 'DB_ADOPT_NOTHING']);
    await project.migrate(database.url);
    const known = await run(project, database.url, '--yes', '--json');
    expect([known.exit, JSON.parse(known.stdout).code]).toEqual([4, 'DB_ADOPT_STATE']);
  });
});
