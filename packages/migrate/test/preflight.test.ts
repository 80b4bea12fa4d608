import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession } from '../src/connect/session.ts';
import { migrateDomain, parseTarget } from '../src/index.ts';
import { askForDraft } from '../src/preflight/ask-for-draft.ts';
import { runDb } from './support/backups.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { onlineProject, planFor, shopCatalog } from './support/online.ts';
import { createProject } from './support/project.ts';

const SHOP = `
  CREATE SCHEMA shop;
  CREATE TYPE shop.state AS ENUM ('open', 'paid', 'lost');
  CREATE TABLE shop.customers (id integer PRIMARY KEY);
  CREATE TABLE shop.orders (
    region text, id integer, customer_id integer, code text, total bigint, state shop.state, secret text DEFAULT 'a secret',
    marks shop.state[] DEFAULT '{open,NULL}', PRIMARY KEY (region, id)
  );
  INSERT INTO shop.customers SELECT n FROM generate_series(1, 90) n;
  INSERT INTO shop.orders SELECT 'eu', n, n, 'c' || n, n, 'open' FROM generate_series(1, 90) n;
  INSERT INTO shop.orders VALUES
    ('eu', 91, 901, 'c1', 1, 'open'), ('eu', 92, 902, 'c2', 1, 'open'), ('us', 93, NULL, NULL, 3000000000, 'lost'), ('us', 94, NULL, NULL, 7, 'lost');
  UPDATE shop.orders SET marks = '{open,lost}' WHERE region = 'us'`;
const A = '20260102000000_change';

interface Case {
  readonly name: string;
  readonly sql: string;
  readonly rows: number;
  readonly keys: readonly string[];
  /** `generate` writes it plainly. Absent: no. */
  readonly isPlain?: boolean;
}

const US = ['region=us, id=93', 'region=us, id=94'];
const CASES: readonly Case[] = [
  { name: 'NOT NULL', sql: 'ALTER TABLE shop.orders ALTER COLUMN code SET NOT NULL', rows: 2, keys: US },
  {
    name: 'a column without a value for the rows',
    sql: 'ALTER TABLE shop.customers ADD COLUMN name text NOT NULL',
    rows: 90,
    keys: ['id=1', 'id=2', 'id=3', 'id=4', 'id=5'],
  },
  {
    name: 'a unique constraint',
    sql: 'ALTER TABLE shop.orders ADD CONSTRAINT u UNIQUE (code)',
    rows: 4,
    keys: ['region=eu, id=1', 'region=eu, id=2', 'region=eu, id=91', 'region=eu, id=92'],
  },
  {
    name: 'a unique constraint under which NULLs are equal',
    sql: 'ALTER TABLE shop.orders ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (customer_id, code)',
    rows: 2,
    keys: US,
  },
  {
    name: 'a partial unique index over an expression',
    sql: 'CREATE UNIQUE INDEX u ON shop.orders USING btree (lower(code) COLLATE "C" DESC, (total * 0)) WHERE id > 0',
    rows: 4,
    keys: ['region=eu, id=1', 'region=eu, id=2', 'region=eu, id=91', 'region=eu, id=92'],
  },
  {
    name: 'another primary key',
    sql: 'ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (customer_id)',
    rows: 2,
    keys: US,
  },
  {
    name: 'a check',
    sql: 'ALTER TABLE shop.orders ADD CONSTRAINT c CHECK (total < 1000 OR orders.total IS NULL)',
    rows: 1,
    keys: [US[0] ?? ''],
  },
  {
    name: 'a foreign key',
    sql: 'ALTER TABLE shop.orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customers',
    rows: 2,
    keys: ['region=eu, id=91', 'region=eu, id=92'],
  },
  {
    name: 'a narrower number',
    sql: 'ALTER TABLE shop.orders ALTER COLUMN total TYPE integer',
    rows: 1,
    keys: [US[0] ?? ''],
  },
  { name: 'a narrower text', sql: 'ALTER TABLE shop.orders ALTER COLUMN code TYPE varchar(2)', rows: 81, keys: [] },
  {
    name: 'a text that is no number',
    sql: 'ALTER TABLE shop.orders ALTER COLUMN region TYPE integer USING region::integer',
    rows: 94,
    keys: [],
  },
  {
    name: 'a removed enum value',
    sql: `ALTER TYPE shop.state RENAME TO state_old; CREATE TYPE shop.state AS ENUM ('open', 'paid');
      ALTER TABLE shop.orders ALTER COLUMN state TYPE shop.state USING state::text::shop.state; DROP TYPE shop.state_old`,
    rows: 2,
    keys: US,
  },
  {
    name: 'an enum value that is removed by way of texts',
    sql: `ALTER TABLE shop.orders ALTER COLUMN state SET DATA TYPE text; DROP TYPE shop.state; CREATE TYPE shop.state AS ENUM ('open', 'paid');
      ALTER TABLE shop.orders ALTER COLUMN state SET DATA TYPE shop.state USING state::shop.state`,
    rows: 2,
    keys: US,
    isPlain: true,
  },
  {
    name: 'a removed enum value in an array',
    sql: `CREATE TYPE shop.mark AS ENUM ('open', 'paid');
      ALTER TABLE shop.orders ALTER COLUMN marks DROP DEFAULT, ALTER COLUMN marks TYPE shop.mark[] USING marks::text[]::shop.mark[]`,
    rows: 2,
    keys: US,
  },
];

/** The same with names that must be quoted everywhere. */
function withHardNames(sql: string): string {
  const hard = { customer_id: '"Customer Id"', code: '"co""de"', total: '"select"', state: '"State"' };
  const named = {
    shop: '"My Shop"',
    orders: '"Ord.ers"',
    customers: '"Größe"',
    orders_pkey: '"Ord.ers_pkey"',
    ...hard,
  };
  return sql.replace(/\b[a-z_]+\b/g, (word) => (named as Readonly<Record<string, string>>)[word] ?? word);
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  let db: Database;
  beforeAll(async () => {
    db = await emptyDatabase(server);
  });
  afterAll(() => db[Symbol.asyncDispose]());
  const afresh = async () => {
    for (const sql of ['DROP SCHEMA IF EXISTS shop, migrations CASCADE', SHOP]) await db.sql.unsafe(sql);
  };

  test.each(CASES)(
    '$name is refused with the rows in its way, plain and online, and nothing is touched',
    async ({ sql, rows, keys, isPlain = false }) => {
      await afresh();
      const before = await shopCatalog(db.sql);
      await using plain = await createProject({ [A]: sql });
      const plan = await planFor(db.sql, sql.split(';'));
      await using online = await onlineProject(plan);
      for (const project of isPlain || plan.refused.length > 0 ? [plain] : [plain, online]) {
        const refused = await project.migrate(db.url).then(
          () => null,
          (error: unknown) => error,
        );
        expect(refused).toMatchObject({ code: 'DB_DATA', exit: 4, facts: { data: { inTheWay: [{ rows }] } } });
        const { inTheWay } = (refused as { facts: { data: { inTheWay: { keys: string[] }[] } } }).facts.data;
        if (keys.length > 0) expect(inTheWay[0]?.keys.toSorted()).toEqual(keys.toSorted());
        expect(JSON.stringify(refused)).not.toMatch(/a secret|3000000000/);
      }
      expect(await shopCatalog(db.sql)).toEqual(before);
      expect(await db.sql`SELECT to_regclass('migrations.applied') AS history`).toEqual([{ history: null }]);
    },
  );

  test.each(CASES)('$name finds the same rows where every name must be quoted', async ({ sql, rows, keys }) => {
    for (const text of ['DROP SCHEMA IF EXISTS "My Shop", migrations CASCADE', withHardNames(SHOP)])
      await db.sql.unsafe(text);
    await using project = await createProject({ [A]: withHardNames(sql) });
    const domain = { ...project.domain, schema: 'My Shop' };
    const refused = await migrateDomain(domain, { root: project.root, target: parseTarget(db.url, 'test') }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: 'DB_DATA', facts: { data: { inTheWay: [{ rows }] } } });
    const { inTheWay } = (refused as { facts: { data: { inTheWay: { keys: string[] }[] } } }).facts.data;
    if (keys.length > 0) expect(inTheWay[0]?.keys.toSorted()).toEqual(keys.toSorted());
  });

  test('rows that an earlier migration of the run mends are asked when its successor has its turn', async () => {
    await afresh();
    const [mend, then] = ['20260102000001_mend', '20260102000002_then'];
    await using project = await createProject({
      [mend]: "UPDATE shop.orders SET code = 'x' || id WHERE code IS NULL AND id = 93",
      [then]: 'ALTER TABLE shop.orders ALTER COLUMN code SET NOT NULL',
    });
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      code: 'DB_DATA',
      facts: {
        changed: expect.stringContaining('those before it are applied'),
        data: { inTheWay: [{ rows: 1, keys: ['region=us, id=94'] }] },
      },
    });
    await db.sql`UPDATE shop.orders SET code = 'y' WHERE code IS NULL`;
    expect((await project.migrate(db.url)).applied.map(({ name }) => name)).toEqual([then]);
  });

  test('rows that the migration itself mends are not asked before', async () => {
    await afresh();
    await using project = await createProject({
      [A]: "UPDATE shop.orders SET code = 'x' || id WHERE code IS NULL; ALTER TABLE shop.orders ALTER COLUMN code SET NOT NULL",
    });
    expect((await project.migrate(db.url)).applied).toHaveLength(1);
  });

  test('a table that is locked is not waited for: the run says that it was not asked, and goes on', async () => {
    await afresh();
    await using project = await createProject({ [A]: 'ALTER TABLE shop.customers ADD CONSTRAINT c CHECK (id > 0)' });
    const told: unknown[] = [];
    const held = Promise.withResolvers<void>();
    const holder = db.sql.begin(async (tx) => {
      await tx`LOCK TABLE shop.customers IN ACCESS EXCLUSIVE MODE`;
      await held.promise;
    });
    const run = project.migrate(db.url, {
      onEvent: (event) => {
        told.push(event);
        if (event.type === 'not answered') held.resolve();
      },
    });
    const { applied } = await run.finally(() => held.resolve());
    await holder;
    expect(applied).toHaveLength(1);
    expect(told).toContainEqual(expect.objectContaining({ type: 'not answered', why: 'the table is locked' }));
  });

  test('a draft is told what is in its way in a database whose rows it asks, as its files will ask', async () => {
    await afresh();
    const { files } = await planFor(db.sql, ['ALTER TABLE shop.orders ALTER COLUMN total SET DATA TYPE integer']);
    await using session = await openSession(parseTarget(db.url, 'test'), { app: 'test', readOnly: true });
    expect(await askForDraft(session, 'shop', files)).toMatchObject([
      { statement: '"shop"."orders"."total" must fit into integer', why: '1 row is in the way (region=us, id=93)' },
    ]);
  });

  test('the command line shows counts, keys and a repair; a dry run too, with exit 2; --no-preflight leaves it to the statement', async () => {
    await afresh();
    await using project = await createProject({ [A]: 'ALTER TABLE shop.orders ALTER COLUMN code SET NOT NULL' });
    await project.writeConfig();
    const refused = await runDb(project, db.url, 'migrate');
    expect(refused).toMatchObject({ exit: 4, stdout: '' });
    expect(refused.stderr).toMatch(
      /2 rows are in the way: region=us, id=93; region=us, id=94\s+UPDATE "shop"."orders" SET "code" = …/,
    );
    const dry = await runDb(project, db.url, 'migrate', '--dry-run');
    expect(dry.exit).toBe(2);
    expect(dry.stdout).toMatch(/-- in the way of .*\n-- +2 rows are in the way/);
    expect(await runDb(project, db.url, 'migrate', '--no-preflight')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('DB_STATEMENT'),
    });
  });
});
