import { testServers } from '@repo/local-postgres/vitest';
import { integer, jsonb, pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import type { DomainConfig } from '../src/config.ts';
import {
  type ConsolidateEvent,
  type ConsolidateOptions,
  type ConsolidateReport,
  consolidateDomain,
  parseTarget,
} from '../src/index.ts';
import { createCuttingProxy } from './support/cutting-proxy.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { consolidateCuts } from './support/env.ts';

const [oldest, newest] = [testServers().at(0)?.url ?? '', testServers().at(-1)?.url ?? ''];

const SHOP = `
  CREATE TYPE mood AS ENUM ('bad', 'good');
  CREATE TABLE plans (code text, region text, price int, PRIMARY KEY (code, region));
  INSERT INTO plans SELECT chr(64 + n % 26) || 'é' || n, CASE n % 2 WHEN 0 THEN 'Z' ELSE 'a' END, n FROM generate_series(1, 300) AS n;
  CREATE TABLE orders (id serial PRIMARY KEY, plan text, region text, mood mood, doc jsonb, note text, twice int GENERATED ALWAYS AS (id * 2) STORED,
    FOREIGN KEY (plan, region) REFERENCES plans ON DELETE CASCADE);
  INSERT INTO orders (plan, region, mood, doc, note) SELECT code, region, 'good', jsonb_build_object('n', n, 'é', E'\\\\.'), E'tab\\t, \\\\N and\\nline'
    FROM plans, generate_series(1, 40) AS n;
  CREATE TABLE events (key uuid PRIMARY KEY DEFAULT gen_random_uuid(), text text);
  INSERT INTO events (text) SELECT 'event ' || n FROM generate_series(1, 20000) AS n;
  CREATE TABLE notes (line text);
  INSERT INTO notes SELECT 'the same line' FROM generate_series(1, 500);
  CREATE TABLE other_people (id int);`;

const TABLES = ['plans', 'orders', 'events', 'notes'];

const shop = pgSchema('shop');
const domain: DomainConfig = domainOf('shop', {
  plans: shop.table('plans', { code: text('code'), region: text('region'), price: integer('price') }),
  orders: shop.table('orders', {
    id: integer('id'),
    plan: text('plan'),
    region: text('region'),
    doc: jsonb('doc'),
    note: text('note'),
  }),
  events: shop.table('events', { key: uuid('key'), text: text('text') }),
  notes: shop.table('notes', { line: text('line') }),
});

function domainOf(name: string, schema: Readonly<Record<string, unknown>>): DomainConfig {
  const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
  const load = async () => ({ schema, objects: [], backfills: [], seed });
  return { name, schema: name, migrations: 'migrations', generator: 'drizzle.config.ts', load };
}

const options = (source: string, target: string, more: Partial<ConsolidateOptions> = {}): ConsolidateOptions => ({
  source: parseTarget(source, 'test'),
  target: parseTarget(target, 'test'),
  domains: [domain],
  lock: { waitMs: 20_000, onWait: () => {} },
  ...more,
});

async function legacy(server = oldest): Promise<Database> {
  const database = await emptyDatabase(server);
  await database.sql.unsafe(SHOP);
  await database.sql.unsafe('VACUUM ANALYZE');
  return database;
}

describe('consolidation', () => {
  test('copies what is the domain’s, tells what is left, and shows how far it is', async () => {
    await using source = await legacy();
    await using target = await emptyDatabase(newest);
    const events: ConsolidateEvent[] = [];
    const report = await copy(options(source.url, target.url, { onEvent: (event) => events.push(event) }));
    expect(report).toMatchObject({ schema: 'shop_legacy', left: ['table other_people'], sourceClosed: false });
    expect(report.tables.map(({ table, rows }) => `${table} ${rows}`)).toEqual([
      'events 20000',
      'notes 500',
      'orders 12000',
      'plans 300',
    ]);
    await expectEqual(source.sql, target.sql);
    const copies = events.filter((event) => event.type === 'copy');
    expect(copies.at(-1)).toMatchObject({ table: 'plans', done: 300, total: 300, secondsLeft: 0 });
    expect(copies.every(({ rowsPerSecond }) => rowsPerSecond > 0)).toBe(true);
    expect(events.filter(({ type }) => type === 'window')).toMatchObject([
      { state: 'opens' },
      { state: 'open' },
      { state: 'closed' },
    ]);
  });

  test('brings what writers change meanwhile, and lets them wait for the window only', async () => {
    await using source = await legacy();
    await using target = await emptyDatabase(newest);
    const writer = startWriter(source.sql);
    const report = await copy(options(source.url, target.url));
    await writer.stop();
    expect(writer.errors).toEqual([]);
    expect(writer.longestMs).toBeLessThan(report.windowMs + 1500);
    // what came after the window is brought by another run, over the keys of the first
    await copy(options(source.url, target.url));
    await expectEqual(source.sql, target.sql);
    const [keys] =
      await target.sql`SELECT count(*)::int AS n FROM pg_constraint WHERE contype = 'f' AND connamespace = 'shop_legacy'::regnamespace`;
    expect(keys?.['n']).toBe(1);
  });

  test.each(['source', 'target'] as const)(
    'cut from the %s at any message, it goes on where it was, to equal rows',
    async (side) => {
      await using source = await legacy();
      const whole = await traceOf(source.url, side);
      for (let cuts = 0; cuts < consolidateCuts(); ) {
        await using target = await emptyDatabase(newest);
        const at = 10 + Math.floor((whole - 20) * Math.random());
        await using proxy = await createCuttingProxy(side === 'source' ? source.url : target.url, {
          at: ({ number }) => (number === at ? 'before' : undefined),
        });
        const [from, to] = side === 'source' ? [proxy.url, target.url] : [source.url, proxy.url];
        const ended = await copy(options(from, to)).catch((error: unknown) => error);
        // Rows travel in fewer messages where the machine is busy: a copy that ended before its cut proves nothing. Nor does a cut
        // before the first statement of a connection, which the driver opens again.
        if ((proxy.cutAt()?.sql ?? '') === '') continue;
        cuts += 1;
        expect(ended, `cut at ${at} of ${whole}`).toMatchObject({ exit: 1 });
        // the label of the source names its port
        const first = side === 'source' ? proxy.url : source.url;
        await copy(options(first, target.url));
        await expectEqual(source.sql, target.sql);
      }
    },
    180_000,
  );

  test('a source that is closed refuses writes from the window on, and says where the rows are', async () => {
    await using source = await legacy();
    await using target = await emptyDatabase(newest);
    await copy(options(source.url, target.url, { closeSource: true }));
    await expect(source.sql`INSERT INTO notes VALUES ('late')`).rejects.toMatchObject({
      code: '25006',
      message: expect.stringContaining('notes was moved to'),
    });
    await expect(source.sql`TRUNCATE events`).rejects.toMatchObject({ code: '25006' });
    await expect(source.sql`SELECT FROM notes`).resolves.toHaveLength(500);
    await source.sql`DROP FUNCTION refuse_writes_after_the_move() CASCADE`;
    await source.sql`INSERT INTO notes VALUES ('open again')`;
  });
});

describe('consolidation refuses, and touches nothing', () => {
  test.runIf(oldest !== newest)('a source of a newer PostgreSQL', async () => {
    await using source = await legacy(newest);
    await using target = await emptyDatabase(oldest);
    await expectRefusal(source, target, 'DB_CONSOLIDATE_NEWER', {});
  });

  test('a disk that would be full', async () => {
    await using source = await legacy();
    await using target = await emptyDatabase(newest);
    await expectRefusal(source, target, 'DB_CONSOLIDATE_SPACE', { freeBytes: 1024 * 1024 });
  });

  test('another domain’s data, and says whose it looks like', async () => {
    await using source = await emptyDatabase(oldest);
    await source.sql.unsafe(
      'CREATE TABLE orders (sku text, box int, weight int); CREATE TABLE parcels (sku text, sent date)',
    );
    await using target = await emptyDatabase(newest);
    const post = pgSchema('post');
    const other = domainOf('post', {
      orders: post.table('orders', { sku: text('sku'), box: integer('box'), weight: integer('weight') }),
      parcels: post.table('parcels', { sku: text('sku'), sent: text('sent') }),
    });
    const refusal = await expectRefusal(source, target, 'DB_CONSOLIDATE_DOMAIN', { domains: [domain, other] });
    expect(refusal).toContain("it looks like post's database");
  });

  test('a domain that has rows here', async () => {
    await using source = await legacy();
    await using target = await emptyDatabase(newest);
    await target.sql.unsafe(
      'CREATE SCHEMA shop; CREATE TABLE shop.notes (line text); INSERT INTO shop.notes VALUES (1)',
    );
    await expectRefusal(source, target, 'DB_CONSOLIDATE_NOT_EMPTY', {});
  });

  test('a place that somebody else uses, and the copy of another source', async () => {
    await using source = await legacy();
    await using target = await emptyDatabase(newest);
    await target.sql.unsafe('CREATE SCHEMA shop_legacy');
    await expectRefusal(source, target, 'DB_CONSOLIDATE_NOT_EMPTY', {});
    await target.sql.unsafe('DROP SCHEMA shop_legacy');
    await using another = await legacy();
    await copy(options(another.url, target.url));
    await expectRefusal(source, target, 'DB_CONSOLIDATE_NOT_EMPTY', {});
  });
});

async function copy(wanted: ConsolidateOptions): Promise<ConsolidateReport> {
  const report = await consolidateDomain(domain, wanted);
  if (report === null) throw new Error('it was copied already');
  return report;
}

async function expectRefusal(
  source: Database,
  target: Database,
  code: string,
  more: Partial<ConsolidateOptions>,
): Promise<string> {
  const before = await relationsOf(target.sql);
  const refusal = await copy(options(source.url, target.url, more)).then(
    () => undefined,
    (error: { code: string; exit: number; message: string }) => error,
  );
  expect(refusal).toMatchObject({ code, exit: 4 });
  expect(await relationsOf(target.sql)).toEqual(before);
  return refusal?.message ?? '';
}

async function relationsOf(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<
    { name: string }[]
  >`SELECT oid::regclass::text AS name FROM pg_class WHERE oid >= 16384 ORDER BY 1`;
  return rows.map(({ name }) => name);
}

/** How many messages an undisturbed run takes on one side. */
async function traceOf(url: string, side: 'source' | 'target'): Promise<number> {
  await using target = await emptyDatabase(newest);
  await using proxy = await createCuttingProxy(side === 'source' ? url : target.url, { at: () => undefined });
  const [from, to] = side === 'source' ? [proxy.url, target.url] : [url, proxy.url];
  await copy(options(from, to));
  return proxy.trace.length;
}

async function expectEqual(source: Sql, target: Sql): Promise<void> {
  for (const table of TABLES) {
    const content = (place: string) =>
      `SELECT count(*)::int AS n, md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) AS sum FROM ${place} AS t`;
    const [there] = await source.unsafe(content(table));
    const [here] = await target.unsafe(content(`shop_legacy.${table}`));
    expect({ table, ...here }).toEqual({ table, ...there });
  }
}

interface Writer {
  readonly errors: string[];
  longestMs: number;
  stop(): Promise<void>;
}

/** Inserts, changes and deletes all over the tables, one small transaction after the other. */
function startWriter(sql: Sql): Writer {
  let going = true;
  const writer: Writer = { errors: [], longestMs: 0, stop: async () => {} };
  const run = (async () => {
    for (let n = 1; going; n += 1) {
      const started = performance.now();
      try {
        await sql.begin(async (tx) => {
          await tx`INSERT INTO events (text) VALUES (${`written ${n}`})`;
          await tx`UPDATE orders SET note = ${`changed ${n}`} WHERE id = ${(n * 7919) % 12_000}`;
          await tx`DELETE FROM orders WHERE id = ${(n * 104_729) % 12_000}`;
          await tx`UPDATE plans SET price = price + 1 WHERE price = ${n % 300}`;
          if (n % 3 === 0) await tx`DELETE FROM notes WHERE ctid = (SELECT ctid FROM notes LIMIT 1)`;
        });
      } catch (error) {
        writer.errors.push(String(error));
      }
      writer.longestMs = Math.max(writer.longestMs, performance.now() - started);
    }
  })();
  writer.stop = async () => {
    going = false;
    await run;
  };
  return writer;
}
