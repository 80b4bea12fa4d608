import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import type { Db } from '../../src/index.ts';
import { appInstances, jobs, plans } from '../../src/optimizer/index.ts';
import { emptyDatabase, type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { failureOf, openDb, shop } from './support.ts';

describe.each(servers())('typed errors on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    database = await migratedDatabase(url);
    db = openDb(database.url);
    await db.query(
      `CREATE TABLE bookings (room int CHECK (room > 0), during int4range, EXCLUDE USING gist (during WITH &&))`,
    );
    await db.query(`CREATE FUNCTION tell() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'row of anna@example.com' USING ERRCODE = '23514'; END $$`);
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  test('a taken key is a UniqueViolation with constraint, table and columns, and no value in it', async () => {
    const error = await failureOf(db.insert(plans).values({ id: 'free', name: 'F', priceCents: 0, monthlyCredits: 0 }));
    expect(error).toBeInstanceOf(errors.UniqueViolation);
    expect(error).toMatchObject({ constraint: 'plans_pkey', schema: 'optimizer', table: 'plans', columns: ['id'] });
    expect(error).toMatchObject({ sqlState: '23505', retryable: false, cause: { code: '23505' } });
    expect(error.message + JSON.stringify(error)).not.toContain('free');
  });

  test('a missing parent is a ForeignKeyViolation that names the columns', async () => {
    const error = await failureOf(db.insert(appInstances).values(shop('a', { planId: 'no-such-plan' })));
    expect(error).toBeInstanceOf(errors.ForeignKeyViolation);
    expect(error).toMatchObject({ constraint: 'app_instances_plan_id_fkey', columns: ['plan_id'] });
    expect(JSON.stringify(error)).not.toContain('no-such-plan');
  });

  test('a missing value is a NotNullViolation that names the column', async () => {
    const error = await failureOf(db.execute(sql`INSERT INTO optimizer.plans (id) VALUES ('secret-id')`));
    expect(error).toBeInstanceOf(errors.NotNullViolation);
    expect(error).toMatchObject({ table: 'plans', columns: ['name'] });
    expect(JSON.stringify(error)).not.toContain('secret-id');
  });

  test('a check and an exclusion are told from each other; neither quotes the row', async () => {
    const check = await failureOf(db.query('INSERT INTO bookings VALUES ($1, $2)', [-4711, '[1,2)']));
    expect(check).toBeInstanceOf(errors.CheckViolation);
    expect(check).toMatchObject({ constraint: 'bookings_room_check', columns: [] });
    expect(JSON.stringify(check)).not.toContain('4711');
    await db.query('INSERT INTO bookings VALUES (1, $1)', ['[1,5)']);
    const overlap = await failureOf(db.query('INSERT INTO bookings VALUES (1, $1)', ['[2,3)']));
    expect(overlap).toBeInstanceOf(errors.ExclusionViolation);
    expect(overlap).toMatchObject({ columns: ['during'] });
  });

  test('a value of the wrong type is an InvalidValue that does not quote it', async () => {
    const error = await failureOf(db.query('SELECT $1::text::integer', ['hunter2']));
    expect(error).toBeInstanceOf(errors.InvalidValue);
    expect(error.message).not.toContain('hunter2');
  });

  test("a function's own complaint is not quoted", async () => {
    const error = await failureOf(db.query('SELECT tell()'));
    expect(error).toBeInstanceOf(errors.CheckViolation);
    expect(error.message).not.toContain('anna');
  });

  test('a missing column is an InvalidStatement, and says which', async () => {
    const error = await failureOf(db.query('SELECT nope FROM optimizer.plans'));
    expect(error).toBeInstanceOf(errors.InvalidStatement);
    expect(error.message).toContain('nope');
  });

  test('NOWAIT on a locked row is LockNotAvailable', async () => {
    await database.sql.begin(async (tx) => {
      await tx`SELECT FROM optimizer.plans WHERE id = 'free' FOR UPDATE`;
      const error = await failureOf(
        db.select().from(plans).where(eq(plans.id, 'free')).for('update', { noWait: true }),
      );
      expect(error).toBeInstanceOf(errors.LockNotAvailable);
    });
  });

  test('a write in a read-only transaction is ReadOnly, at once', async () => {
    const work = db.transaction((tx) => tx.update(plans).set({ name: 'x' }).where(eq(plans.id, 'free')), {
      accessMode: 'read only',
    });
    expect(await failureOf(work)).toBeInstanceOf(errors.ReadOnly);
  });

  test('relational queries, savepoints and insertMany fail with typed errors, too', async () => {
    const inSavepoint = db.transaction((tx) =>
      tx.transaction((inner) =>
        inner.insert(jobs).values({
          instanceId: 'none',
          sourceScope: 's',
          sourceIds: [],
          attributes: [],
          targetLang: 'en',
          userPrompt: '',
        }),
      ),
    );
    expect(await failureOf(inSavepoint)).toBeInstanceOf(errors.ForeignKeyViolation);
    await using empty = await emptyDatabase(url);
    await using other = openDb(empty.url);
    expect(await failureOf(other.query.plans.findFirst())).toMatchObject({
      name: 'InvalidStatement',
      sqlState: '42P01',
    });
  });

  test("an error that is not the database's comes through unchanged, and nothing is kept", async () => {
    const own = new RangeError('mine');
    const work = db.transaction(async (tx) => {
      await tx.insert(plans).values({ id: 'gone', name: 'G', priceCents: 0, monthlyCredits: 0 });
      throw own;
    });
    expect(await failureOf(work)).toBe(own);
    expect(await db.query.plans.findFirst({ where: { id: 'gone' } })).toBeUndefined();
  });

  const at = (change: (url: URL) => void) => {
    const changed = new URL(database.url);
    change(changed);
    return openDb(changed.href);
  };
  test.each([
    ['an unreachable host', errors.ServerUnreachable, (to: URL) => Object.assign(to, { port: '1' })],
    ['an unknown host', errors.ServerUnreachable, (to: URL) => Object.assign(to, { hostname: 'no-such-host.invalid' })],
    ['a missing database', errors.DatabaseMissing, (to: URL) => Object.assign(to, { pathname: '/no_such_database' })],
    ['no TLS where it is required', errors.TlsRefused, (to: URL) => Object.assign(to, { search: '?sslmode=require' })],
    ['no TLS to verify', errors.TlsRefused, (to: URL) => Object.assign(to, { search: '?sslmode=verify-full' })],
    [
      'no server at any address of a name',
      errors.ServerUnreachable,
      (to: URL) => Object.assign(to, { hostname: 'localhost', port: '1' }),
    ],
  ])('%s is one clear error', async (_, kind, change) => {
    await using broken = at(change);
    const failure = await failureOf(broken.query.plans.findFirst());
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).not.toBe('');
    expect(await broken.health()).toMatchObject({ ok: false });
  });

  test('use after close says so', async () => {
    const closed = openDb(database.url);
    await closed.query('SELECT 1');
    await closed.close();
    expect((await failureOf(closed.select().from(plans))).message).toBe('this database client was closed');
  });
});
