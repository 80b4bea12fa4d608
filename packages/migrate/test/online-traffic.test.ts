import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseTemplate, testServers } from '@repo/local-postgres/vitest';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { compareCatalogs } from '../src/catalog/read-catalog.ts';
import { createCuttingProxy } from './support/cutting-proxy.ts';
import { type Database, databaseFrom } from './support/database.ts';
import { onlineCuts } from './support/env.ts';
import { onlineProject, planFor, shopCatalog } from './support/online.ts';

const ROWS = 120_000;
const SHOP = (rows: number) => `
  CREATE SCHEMA shop;
  CREATE TABLE shop.customers (id integer PRIMARY KEY);
  CREATE TABLE shop.orders (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id integer NOT NULL, number integer, total integer NOT NULL DEFAULT 0, note text
  );
  CREATE TABLE shop.lines (id integer PRIMARY KEY, order_id integer NOT NULL CONSTRAINT fk_order REFERENCES shop.orders (id));
  INSERT INTO shop.customers SELECT n FROM generate_series(1, 100) n;
  INSERT INTO shop.orders (customer_id, number, note) SELECT 1 + n % 100, n, repeat(md5(n::text), 3) FROM generate_series(1, ${rows}) n;
  INSERT INTO shop.lines SELECT n, n FROM generate_series(1, ${rows / 2}) n;
  ANALYZE`;

/** One of each kind, on one table. */
const DRAFT = [
  'CREATE INDEX idx_orders_customer ON shop.orders (customer_id, total)',
  'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (number)',
  'ALTER TABLE shop.orders ADD CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES shop.customers (id)',
  'ALTER TABLE shop.orders ADD CONSTRAINT orders_total CHECK (total >= 0)',
  'ALTER TABLE shop.orders ALTER COLUMN number SET NOT NULL',
  'ALTER TABLE shop.orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL',
  'ALTER TABLE shop.orders ALTER COLUMN id SET DATA TYPE bigint',
];

const template = (rows: number): DatabaseTemplate => ({
  name: `online forms: ${rows} orders`,
  build: async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    await sql.unsafe(SHOP(rows));
    await sql.end();
  },
});

/** Writes one row after another, each on a connection of its own, until it is stopped. @returns the longest write in milliseconds */
function startWriter({ sql }: Database): () => Promise<number> {
  const stopped = new AbortController();
  const loop = async (first: number) => {
    let longest = 0;
    for (let n = first; !stopped.signal.aborted; n += 7919) {
      const started = performance.now();
      await sql`UPDATE shop.orders SET total = total + 1 WHERE id = ${1 + (n % ROWS)}`;
      longest = Math.max(longest, performance.now() - started);
      await sleep(2);
    }
    return longest;
  };
  const loops = [loop(1), loop(60_000)];
  return async () => {
    stopped.abort();
    return Math.max(...(await Promise.all(loops)));
  };
}

/** The end that a run without disturbance comes to. */
const endOf = async ({ sql }: Database) => ({
  catalog: await shopCatalog(sql),
  rows: await sql`
    SELECT count(*)::int AS orders, sum(id)::bigint::text AS ids, count(DISTINCT token)::int AS tokens,
      (SELECT count(*)::int FROM shop.lines) AS lines FROM shop.orders`,
});

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('a writer that the plain forms hold up goes on beside the online ones', async () => {
    await using plain = await databaseFrom(template(ROWS), server);
    const stopBesidePlain = startWriter(plain);
    await using session = await postgresSession(plain.url);
    for (const statement of DRAFT) await session.sql.unsafe(statement);
    const besidePlain = await stopBesidePlain();

    await using online = await databaseFrom(template(ROWS), server);
    await using project = await onlineProject(await planFor(online.sql, DRAFT));
    const stopBesideOnline = startWriter(online);
    await project.migrate(online.url);
    const besideOnline = await stopBesideOnline();
    // Under whatever load this machine has: the longest wait of a plain form is of the time that its rows take.
    expect(besideOnline).toBeLessThan(Math.max(100, besidePlain / 2));
    const [plainEnd, onlineEnd] = [await endOf(plain), await endOf(online)];
    expect(compareCatalogs(plainEnd.catalog, onlineEnd.catalog)).toEqual([]);
    expect(onlineEnd.rows).toEqual(plainEnd.rows);
  });

  test('cut anywhere and run again it comes to the same end', async () => {
    const small = template(3000);
    const { end, messages } = await undisturbed(small, server);
    for (let cut = 0; cut < onlineCuts(); cut += 1) {
      const number = 1 + Math.floor(Math.random() * messages);
      await using db = await databaseFrom(small, server);
      await using project = await onlineProject(await planFor(db.sql, DRAFT));
      await using proxy = await createCuttingProxy(db.url, {
        at: (message) => (message.number === number ? (cut % 2 === 0 ? 'before' : 'after') : undefined),
      });
      await project.migrate(proxy.url).catch(() => {});
      await project.migrate(db.url);
      const again = await endOf(db);
      expect(compareCatalogs(end.catalog, again.catalog), `cut at message ${number} of ${messages}`).toEqual([]);
      expect(again.rows).toEqual(end.rows);
      expect(await db.sql`SELECT FROM migrations.steps`).toEqual([]);
    }
  });
});

async function undisturbed(from: DatabaseTemplate, server: string) {
  await using db = await databaseFrom(from, server);
  await using project = await onlineProject(await planFor(db.sql, DRAFT));
  await using proxy = await createCuttingProxy(db.url, { at: () => undefined });
  await project.migrate(proxy.url);
  return { end: await endOf(db), messages: proxy.trace.length };
}

async function postgresSession(url: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return { sql, [Symbol.asyncDispose]: () => sql.end() };
}
