import { hasPgbouncer, type Pgbouncer, startPgbouncer } from '@repo/local-postgres/pgbouncer';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import type { Db } from '../../src/index.ts';
import { appInstances, plans } from '../../src/optimizer/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { failureOf, openDb, shop } from './support.ts';

describe.skipIf(!hasPgbouncer).each(servers())(
  'through pgbouncer in transaction mode, PostgreSQL $version (skipped where pgbouncer is not installed)',
  ({ url }) => {
    let database: MigratedDatabase;
    let bouncer: Pgbouncer;
    let db: Db<'optimizer'>;
    beforeAll(async () => {
      database = await migratedDatabase(url);
      bouncer = await startPgbouncer(database.url, 'transaction');
      db = openDb(bouncer.url, { timeouts: { statementMs: 500, lockMs: 300 } });
    });
    afterAll(async () => {
      await db.close();
      await bouncer[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });

    test('200 builder queries at once, none of them prepared', async () => {
      // Of its own, without the short limits: on a busy machine they would end some of so many.
      await using patient = openDb(bouncer.url);
      const reads = Array.from({ length: 200 }, () => patient.select().from(plans).where(eq(plans.id, 'free')));
      expect(new Set((await Promise.all(reads)).map(([row]) => row?.id))).toEqual(new Set(['free']));
      expect(patient.$client.options.prepare).toBe(false);
      expect(await patient.health()).toMatchObject({ ok: true, connection: 'pooler' });
    });

    test('transactions, savepoints and relational queries work', async () => {
      await db.transaction(async (tx) => {
        await tx.insert(appInstances).values(shop('pooled'));
        await tx.transaction((savepoint) =>
          savepoint.delete(appInstances).where(eq(appInstances.instanceId, 'pooled')),
        );
        await tx.insert(appInstances).values(shop('pooled'));
      });
      expect(await db.query.appInstances.findFirst({ where: { instanceId: 'pooled' } })).toBeDefined();
    });

    test('the limits of time hold in a transaction', async () => {
      const slow = db.transaction((tx) => tx.query('SELECT pg_sleep(5)'));
      expect(await failureOf(slow)).toBeInstanceOf(errors.QueryCanceled);
      await database.sql.begin(async (tx) => {
        await tx`SELECT FROM optimizer.plans WHERE id = 'free' FOR UPDATE`;
        const blocked = db.transaction((other) => other.update(plans).set({ name: 'x' }).where(eq(plans.id, 'free')), {
          retries: 0,
        });
        expect(await failureOf(blocked)).toBeInstanceOf(errors.LockNotAvailable);
      });
    });

    test('a single statement over its time is canceled', async () => {
      expect(await failureOf(db.query('SELECT pg_sleep(5)'))).toBeInstanceOf(errors.QueryCanceled);
    });

    test('what needs a session is refused by name, and works past the pooler', async () => {
      expect(await failureOf(db.getClient())).toMatchObject({ code: 'DB_CLIENT_POOLER' });
      expect(await failureOf(db.listen('wake', () => {}))).toMatchObject({ code: 'DB_CLIENT_POOLER' });
      await using past = openDb(bouncer.url, { directUrl: database.url });
      await using client = await past.getClient();
      await client.query("SET application_name = 'mine'");
      expect((await client.query('SHOW application_name')).rows).toEqual([{ application_name: 'mine' }]);
      const heard: string[] = [];
      await using _ = await past.listen('wake', (payload) => heard.push(payload));
      await past.notify('wake', 'up');
      await expect.poll(() => heard).toEqual(['up']);
    });
  },
);
