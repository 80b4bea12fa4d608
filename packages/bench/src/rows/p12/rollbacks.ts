import { createTestDatabase, type TestDatabase } from '@repo/local-postgres';
import type { Sql } from 'postgres';
import { defineVariant } from '../../harness/variant.ts';
import { connect } from '../../support/connection.ts';
import { migratedTemplate } from '../../support/migrations.ts';
import type { Servers } from './servers.ts';

export const ONE_MESSAGE = 'rollback, one message';
export const BY_STATEMENT = 'rollback, statement by statement';

const ROWS = 10;
/** Tests timed together, for one takes less than a millisecond. */
const TESTS = 100;

interface Opened {
  readonly database: TestDatabase;
  readonly sql: Sql;
}

async function open({ throwaway }: Servers): Promise<Opened> {
  const database = await createTestDatabase(migratedTemplate, { server: throwaway.url });
  return { database, sql: connect(database.url) };
}

async function close({ database, sql }: Opened): Promise<void> {
  await sql.end({ timeout: 5 });
  await database.drop();
}

/** The same test again and again, on one connection. */
const repeated = (name: string, about: string, test: (sql: Sql) => Promise<unknown>) =>
  defineVariant({
    name,
    about,
    operations: TESTS,
    setup: open,
    run: async ({ sql }) => {
      for (let count = 0; count < TESTS; count += 1) await test(sql);
      return undefined;
    },
    teardown: close,
  });

const insert = (key: number) =>
  `INSERT INTO optimizer.app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at)
   VALUES ('bench-${key}', 'bench.example', 'access', 'refresh', now())`;

const message = ['BEGIN', ...Array.from({ length: ROWS }, (_, key) => insert(key)), 'ROLLBACK'].join(';\n');

export const rollbacks = [
  repeated(ONE_MESSAGE, '`BEGIN`, 10 inserts, `ROLLBACK` sent together', (sql) => sql.unsafe(message).simple()),
  repeated(BY_STATEMENT, 'the same as a test writes it: 12 awaited statements, prepared', async (sql) => {
    await sql`BEGIN`;
    for (let key = 0; key < ROWS; key += 1) {
      await sql`
        INSERT INTO optimizer.app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at)
        VALUES (${`bench-${key}`}, 'bench.example', 'access', 'refresh', now())`;
    }
    await sql`ROLLBACK`;
  }),
  repeated('begin and rollback alone', '`BEGIN`, `ROLLBACK`: what the cleaning itself costs', async (sql) => {
    await sql`BEGIN`;
    await sql`ROLLBACK`;
  }),
];
