import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseTemplate, testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { type Database, databaseFrom } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain, startMain } from './support/run-main.ts';

const MIGRATIONS: Readonly<Record<string, string>> = {
  '20260101000000_initial': `
    CREATE SCHEMA shop;
    CREATE TYPE shop.state AS ENUM ('new', 'paid', 'sent');
    CREATE TABLE shop.orders (id bigserial PRIMARY KEY, state shop.state NOT NULL DEFAULT 'new', meta jsonb NOT NULL DEFAULT '{}',
      placed_at timestamptz NOT NULL DEFAULT now(), total numeric(12,2) NOT NULL, note text, CONSTRAINT orders_total_check CHECK (total >= 0));
    CREATE INDEX idx_orders_new ON shop.orders (id) WHERE state = 'new';
    CREATE INDEX idx_orders_placed_at ON shop.orders (placed_at);
    CREATE TABLE shop.lines (id integer PRIMARY KEY, order_id bigint NOT NULL REFERENCES shop.orders (id));`,
};

const ROWS = 25_000;
const LEGACY = `
  CREATE TABLE orders (id serial PRIMARY KEY, state text NOT NULL DEFAULT 'new', meta json NOT NULL DEFAULT '{"b": 1}',
    placed_at timestamp NOT NULL DEFAULT '2026-03-29 01:30:00', total integer NOT NULL, note text, touched timestamptz,
    CHECK (state IN ('new', 'paid', 'sent')), CONSTRAINT orders_total_check CHECK (total >= 0));
  CREATE INDEX idx_orders_new ON orders (id) WHERE state = 'new';
  CREATE INDEX idx_orders_placed_at ON orders (placed_at);
  CREATE TABLE lines (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES orders (id));
  INSERT INTO orders (state, meta, placed_at, total, note)
    SELECT (ARRAY['new', 'paid', 'sent'])[1 + i % 3], json_build_object('n', i), timestamp '2026-03-01' + i * interval '1 minute', i, repeat('ü', 100)
    FROM generate_series(1, ${ROWS}) i;
  INSERT INTO lines SELECT i, i FROM generate_series(1, 500) i;
  CREATE VIEW dearest AS SELECT id, state, meta FROM orders WHERE total > 100;
  ALTER TABLE orders ALTER COLUMN meta SET STATISTICS 300;
  COMMENT ON COLUMN orders.meta IS 'hers';
  GRANT SELECT (meta), SELECT (total) ON orders TO pg_monitor;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched = now(); RETURN NEW; END $$;
  CREATE TRIGGER touches BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
  ANALYZE;`;

const template: DatabaseTemplate = {
  name: `a legacy shop of ${ROWS} orders`,
  build: async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    await sql.unsafe(LEGACY);
    await sql.end();
  },
};

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  const argsOf = ({ root }: Project, url: string, more: readonly string[]) => [
    ...['--config', join(root, 'db.config.ts'), 'adopt', '--url', url, '--scratch-url', server],
    ...['--decisions', join(root, 'answers.json'), '--yes', '--json', ...more],
  ];
  const adopted = async (database: Database) => {
    const project = await createProject(MIGRATIONS);
    await project.writeConfig();
    await writeFile(join(project.root, 'answers.json'), JSON.stringify({ 'time zone': 'Europe/Berlin' }));
    const { exit, stdout } = await runMain(argsOf(project, database.url, []), project.root);
    expect([exit, waitingOf(stdout)]).toEqual([0, expect.arrayContaining(LARGE)]);
    return project;
  };

  test('columns of a large table get their types while writers go on, and keep all that was said of them', async () => {
    await using database = await databaseFrom(template, server);
    await using project = await adopted(database);
    const before = await contentOf(database.sql, "placed_at AT TIME ZONE 'Europe/Berlin'");
    const stop = startWriters(database);
    await sleep(500);
    const alone = stop.longest();
    const { exit, stdout } = await runMain(argsOf(project, database.url, ['--finish']), project.root);
    const longest = await stop();
    expect([exit, waitingOf(stdout)]).toEqual([0, []]);
    expect(await contentOf(database.sql, 'placed_at')).toEqual(before);
    expect(await typesOf(database.sql)).toEqual(DECLARED);
    expect(await saidOf(database.sql)).toEqual(SAID);
    const drift = ['--config', join(project.root, 'db.config.ts'), 'drift', '--url', database.url];
    expect((await runMain(drift, project.root)).exit).toBe(0);

    // The same change in one statement, in the same database but for the rows' old types, beside the same writers.
    await using control = await databaseFrom(template, server);
    const stopControl = startWriters(control, 'public');
    await control.sql.unsafe(`DROP VIEW dearest; ALTER TABLE orders DROP CONSTRAINT orders_state_check, ALTER COLUMN meta TYPE jsonb,
      ALTER COLUMN placed_at TYPE timestamptz USING placed_at AT TIME ZONE 'Europe/Berlin', ALTER COLUMN total TYPE numeric(12,2), ALTER COLUMN id TYPE bigint`);
    const inOne = await stopControl();
    expect(longest, `${alone} ms before the finish`).toBeLessThan(Math.max(100, 2 * alone, inOne / 2));
  }, 180_000);

  test('killed between batches it goes on behind the last one, and no row is told of it', async () => {
    await using database = await databaseFrom(template, server);
    await using project = await adopted(database);
    const before = await contentOf(database.sql, "placed_at AT TIME ZONE 'Europe/Berlin'");
    const killed: string[] = [];
    for (const column of ['meta', 'total']) {
      const { child, ended } = startMain(argsOf(project, database.url, ['--finish']), project.root);
      const filled = async () =>
        database.sql`SELECT FROM migrations.backfills WHERE name = ${`type of orders.${column}`} AND cursor IS NOT NULL`;
      while ((await filled()).length === 0)
        await Promise.race([sleep(5), ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
      child.kill('SIGKILL');
      await ended;
      killed.push(column);
    }
    const { exit, stdout } = await runMain(argsOf(project, database.url, ['--finish']), project.root);
    expect([exit, waitingOf(stdout), killed]).toEqual([0, [], ['meta', 'total']]);
    expect(await contentOf(database.sql, 'placed_at')).toEqual(before);
    expect(await typesOf(database.sql)).toEqual(DECLARED);
    expect(await saidOf(database.sql)).toEqual(SAID);
    expect(await database.sql`SELECT FROM shop.orders WHERE touched IS NOT NULL`).toHaveLength(0);
    expect(await database.sql`SELECT FROM migrations.steps`).toHaveLength(0);
  }, 180_000);
});

const LARGE = ['id', 'state', 'meta', 'placed_at', 'total'].map((column) => `column orders.${column} type`);

const DECLARED = [
  { name: 'id', type: 'bigint' },
  { name: 'meta', type: 'jsonb' },
  { name: 'note', type: 'text' },
  { name: 'placed_at', type: 'timestamp with time zone' },
  { name: 'state', type: 'state' },
  { name: 'total', type: 'numeric(12,2)' },
  { name: 'touched', type: 'timestamp with time zone' },
];

const SAID = {
  statistics: 300,
  comment: 'hers',
  readable: ['meta', 'total'],
  // Numbers of another width are the same to who reads them.
  view: ['id bigint', 'state text', 'meta json'],
  indexes: [expect.stringContaining("WHERE (state = 'new'::state)"), expect.stringContaining('(placed_at)')],
  next: expect.any(Number),
};

/** What waits after a command; what it says where it failed. */
function waitingOf(stdout: string): unknown {
  const { domains = [], error } = JSON.parse(stdout);
  return error ?? domains[0].waiting.map(({ object }: { object: string }) => object);
}

/** Of the rows that were there, as sums that do not depend on types. */
async function contentOf(sql: Sql, placedAt: string): Promise<object> {
  const [row] = await sql.unsafe(`
    SELECT count(*)::int, sum(id)::text AS ids, sum(hashtextextended(state::text, 0)) AS states, sum(hashtextextended(meta::jsonb::text, 0)) AS metas,
      sum(extract(epoch FROM ${placedAt})) AS placed, sum(total)::bigint AS totals FROM shop.orders WHERE id <= ${ROWS}`);
  return { ...row, lines: await sql`SELECT count(*)::int, sum(order_id)::text FROM shop.lines` };
}

const typesOf = async (sql: Sql) => [
  ...(await sql`
    SELECT attname AS name, replace(format_type(atttypid, atttypmod), 'shop.', '') AS type FROM pg_attribute
    WHERE attrelid = 'shop.orders'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1`),
];

async function saidOf(sql: Sql): Promise<object> {
  const [row] = await sql`
    SELECT a.attstattarget::int AS statistics, col_description(a.attrelid, a.attnum) AS comment,
      (SELECT json_agg(b.attname ORDER BY 1) FROM pg_attribute b WHERE b.attrelid = a.attrelid AND has_column_privilege('pg_monitor', b.attrelid, b.attnum, 'SELECT')) AS readable,
      (SELECT json_agg(v.attname || ' ' || format_type(v.atttypid, v.atttypmod) ORDER BY v.attnum) FROM pg_attribute v WHERE v.attrelid = 'public.dearest'::regclass) AS view,
      (SELECT json_agg(replace(pg_get_indexdef(oid), 'shop.', '') ORDER BY relname) FROM pg_class WHERE relname IN ('idx_orders_new', 'idx_orders_placed_at')) AS indexes
    FROM pg_attribute a WHERE a.attrelid = 'shop.orders'::regclass AND a.attname = 'meta'`;
  const [next] = await sql`INSERT INTO shop.orders (total) VALUES (1) RETURNING id::int`;
  return { ...row, next: next?.['id'] };
}

/** Writes on two connections of their own until it is stopped. @returns the longest write in milliseconds */
function startWriters({ url }: Database, schema = 'shop') {
  const state = { going: true, longest: 0 };
  const loop = async (first: number) => {
    const sql = postgres(url, { max: 1, onnotice: () => {}, prepare: false });
    for (let n = first; state.going; n += 7919) {
      const started = performance.now();
      await sql.unsafe(
        n % 5 === 0
          ? `INSERT INTO ${schema}.orders (total) VALUES (${n})`
          : `UPDATE ${schema}.orders SET note = 'written' WHERE id = ${1 + (n % ROWS)}`,
      );
      state.longest = Math.max(state.longest, performance.now() - started);
      await sleep(3);
    }
    await sql.end();
  };
  const loops = [loop(1), loop(12_001)];
  const stop = async () => {
    state.going = false;
    await Promise.all(loops);
    return state.longest;
  };
  return Object.assign(stop, { longest: () => state.longest });
}
