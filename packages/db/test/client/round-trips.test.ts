import { eq, getTableColumns, is } from 'drizzle-orm';
import {
  bigint,
  boolean,
  char,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  PgTable,
  pgEnum,
  pgTable,
  text,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timestamptz } from '../../src/columns/timestamptz.ts';
import * as errors from '../../src/errors.ts';
import * as domains from '../../src/index.ts';
import { type Db, insertMany, parseRows } from '../../src/index.ts';
import { appInstances, jobSelectSchema, jobs } from '../../src/optimizer/index.ts';
import { emptyDatabase, type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { failureOf, openDb, shop } from './support.ts';

const mood = pgEnum('mood', ['fine', 'it\'s {bad}, "quoted"']);
/** One column of every type that the domains use. */
const values = pgTable('values', {
  id: integer('id').primaryKey(),
  int: integer('int'),
  big: bigint('big', { mode: 'bigint' }),
  count: bigint('count', { mode: 'number' }),
  flag: boolean('flag'),
  hash: char('hash', { length: 64 }),
  day: date('day', { mode: 'string' }),
  mood: mood('mood'),
  json: jsonb('json').$type<unknown>(),
  exact: numeric('exact'),
  cost: numeric('cost', { precision: 10, scale: 6 }),
  ratio: doublePrecision('ratio'),
  words: text('words'),
  list: text('list').array(),
  at: timestamptz('at'),
  key: uuid('key'),
  short: varchar('short', { length: 10 }),
  name: varchar('name'),
});
type Row = typeof values.$inferInsert;

const CREATE = `CREATE TYPE mood AS ENUM ('fine', 'it''s {bad}, "quoted"');
  CREATE TABLE "values" (id int PRIMARY KEY, int int, big bigint, count bigint, flag boolean, hash char(64), day date, mood mood,
    json jsonb, exact numeric, cost numeric(10, 6), ratio double precision, words text, list text[], at timestamptz, key uuid,
    short varchar(10), name varchar)`;

const noZero = (text: string) => !text.includes('\0');
const words = fc.oneof(
  fc.string({ unit: 'binary' }).filter(noZero),
  fc.constantFrom('', 'NULL', 'null', '{}', '\\', '"', "'; --", '🧑🏽‍🚀 é ｱ', '\\x00', ' a\tb\r\n', '\ufeff'),
);
const digits = (max: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{0,${max}}$`));
const exact = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '-'), digits(200), fc.option(digits(200), { nil: '' }))
    .map(([sign, whole, part]) => `${sign}${whole}${part === '' ? '' : `.${part}`}`),
  fc.constantFrom('0', '0.000', 'NaN', 'Infinity', '-Infinity', `1${'0'.repeat(1_000)}`, `0.${'0'.repeat(1_000)}1`),
);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (_, part) => (part === 0 ? 0 : part));
const json = fc
  .jsonValue({ stringUnit: 'binary', maxDepth: 3 })
  .map(plain)
  .filter((value) => noZeroIn(value));
const noZeroIn = (value: unknown): boolean => !JSON.stringify(value).includes('\\u0000');
const moment = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});
const row = fc.record<Omit<Row, 'id'>>({
  int: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  big: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  count: fc.option(fc.maxSafeInteger()),
  flag: fc.option(fc.boolean()),
  hash: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
  day: fc.option(
    fc.oneof(
      moment.map((day) => day.toISOString().slice(0, 10)),
      fc.constantFrom('infinity', '-infinity'),
    ),
  ),
  mood: fc.option(fc.constantFrom(...mood.enumValues)),
  json: fc.option(json),
  exact: fc.option(exact),
  cost: fc.option(fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }).map((micros) => (micros / 1e6).toFixed(6))),
  ratio: fc.option(fc.double().map((ratio) => (ratio === 0 ? 0 : ratio))),
  words: fc.option(words),
  list: fc.option(fc.array(words)),
  at: fc.option(moment),
  key: fc.option(fc.uuid()),
  short: fc.option(
    fc.string({ unit: 'binary', maxLength: 10 }).filter((short) => noZero(short) && [...short].length <= 10),
  ),
  name: fc.option(words),
});
const rows = fc.array(row, { minLength: 1, maxLength: 12 }).map((all) => all.map((one, id) => ({ id, ...one })));

test('every type of the domains is among those that are tried', () => {
  const tried = new Set(Object.values(getTableColumns(values)).map((column) => family(column.columnType)));
  const used = [domains.bot, domains.audit, domains.video, domains.optimizer, domains.train].flatMap((domain) =>
    Object.values(domain).flatMap((table) =>
      is(table, PgTable) ? Object.values(getTableColumns(table)).map((column) => family(column.columnType)) : [],
    ),
  );
  expect(used.length).toBeGreaterThan(200);
  expect(used.filter((type) => !tried.has(type))).toEqual([]);
});

/** A serial is an integer with a default. */
const family = (type: string) => type.replace('PgBigSerial64', 'PgBigInt64').replace('PgSerial', 'PgInteger');

describe.each(servers())('round trips on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    database = await emptyDatabase(url);
    await database.sql.unsafe(CREATE);
    db = openDb(database.url);
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });
  const stored = () => db.select().from(values).orderBy(values.id);
  const empty = () => database.sql`TRUNCATE "values"`;

  test.each([
    ['insert', async (all: Row[]): Promise<void> => void (await db.insert(values).values(all))],
    ['insertMany', async (all: Row[]): Promise<void> => void (await insertMany(db, values, all))],
    [
      'update',
      async (all: Row[]): Promise<void> => {
        await db.insert(values).values(all.map(({ id }) => ({ id })));
        await db.transaction(async (tx) => {
          for (const one of all) await tx.update(values).set(one).where(eq(values.id, one.id));
        });
      },
    ],
  ] as const)('what %s writes is read back as it was, NULLs and limits too', async (_, write) => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        await empty();
        await write(all);
        expect(await stored()).toEqual(all);
      }),
      { numRuns: 25 },
    );
  });

  test('a row that is returned is the row that is read', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        await empty();
        const returned = await db.insert(values).values(all).returning();
        expect(returned).toEqual(all);
        await empty();
        expect(await insertMany(db, values, all, { returning: true })).toEqual(all);
      }),
      { numRuns: 10 },
    );
  });

  test('a moment loses its microseconds by truncation, also before 1970, and keeps them in raw SQL', async () => {
    await empty();
    await db.query(
      `INSERT INTO "values" (id, at) VALUES (1, '2026-11-21 10:00:00.123999Z'), (2, '1969-12-31 23:59:59.123999Z')`,
    );
    expect((await stored()).map(({ at }) => at?.toISOString())).toEqual([
      '2026-11-21T10:00:00.123Z',
      '1969-12-31T23:59:59.123Z',
    ]);
    const { rows } = await db.query<{ at: string }>('SELECT at FROM "values" WHERE id = 1');
    expect(rows[0]?.at).toMatch(/\.123999/);
  });

  test('an infinite moment is an invalid Date, never some other moment', async () => {
    await empty();
    await db.query(`INSERT INTO "values" (id, at) VALUES (1, 'infinity'), (2, '-infinity')`);
    expect((await stored()).map(({ at }) => at?.getTime())).toEqual([Number.NaN, Number.NaN]);
  });

  test.each([
    ['a number beyond its type', { int: 2 ** 31 }],
    ['a text beyond its length', { short: 'x'.repeat(11) }],
    ['more digits than the cost has', { cost: '12345.0' }],
    ['a zero byte', { words: 'a\0b' }],
    ['a zero byte in JSON', { json: { a: '\0' } }],
    ['a key that is no uuid', { key: 'nope' }],
    ['a moment beyond the year 9999', { at: new Date('+010000-01-01T00:00:00Z') }],
  ] as const)('%s is refused, and not kept in another form', async (_, fault) => {
    await empty();
    for (const write of [
      (): PromiseLike<unknown> => db.insert(values).values({ id: 1, ...fault }),
      (): PromiseLike<unknown> => insertMany(db, values, [{ id: 1, ...fault }]),
    ])
      expect(await failureOf(write())).toBeInstanceOf(errors.DatabaseError);
    expect(await stored()).toEqual([]);
  });
});

describe.each(servers())('jsonb on read on PostgreSQL $version', ({ url }) => {
  test('rows are parsed by their schema, and a fault is told by its place without its value', async () => {
    await using database = await migratedDatabase(url);
    await using db = openDb(database.url);
    await db.insert(appInstances).values(shop('s'));
    const job = { instanceId: 's', sourceScope: 'products', targetLang: 'en', userPrompt: '' };
    await db.insert(jobs).values({ ...job, sourceIds: ['p'], attributes: ['name'] });
    const [parsed] = parseRows(jobSelectSchema, await db.select().from(jobs));
    expect(parsed).toMatchObject({ sourceIds: ['p'], attributes: ['name'] });
    await db.query(`UPDATE optimizer.jobs SET attributes = '["name", "secret"]'`);
    const fault = await failureOf(
      db
        .select()
        .from(jobs)
        .then((all) => parseRows(jobSelectSchema, all)),
    );
    expect(fault).toMatchObject({ code: 'DB_CLIENT_ROW_INVALID' });
    expect(fault.message).toBe('row 0 is not what its schema says: attributes.1 (invalid_value)');
  });
});
