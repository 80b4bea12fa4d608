import { createTestDatabase } from '@repo/local-postgres';
import { defineVariant, Skipped } from '../../harness/variant.ts';
import { connect } from '../../support/connection.ts';
import { migrateByCommand, migratedTemplate, migrateInProcess, migrationTexts } from '../../support/migrations.ts';
import type { Servers } from './servers.ts';
import { withDatabase } from './with-database.ts';

export const IN_PROCESS = 'from scratch, in process';
export const SCHEMA = 'one schema rebuilt';

const inProcess = defineVariant({
  name: IN_PROCESS,
  about: 'empty database, `migrateDomain` for five domains, drop (the naive way)',
  setup: async ({ throwaway }: Servers) => throwaway,
  run: async (server) => {
    await withDatabase(server, undefined, migrateInProcess);
    return undefined;
  },
});

const byCommand = defineVariant({
  name: 'from scratch, command line',
  about: 'empty database, `db migrate` as a process of its own, drop',
  setup: async ({ throwaway }: Servers) => throwaway,
  run: async (server) => {
    await withDatabase(server, undefined, migrateByCommand);
    return undefined;
  },
});

/** Needs a history that fits one message, so the smallest domain stands for a schema of one's own. */
const oneSchema = defineVariant({
  name: SCHEMA,
  about: '`DROP SCHEMA optimizer CASCADE` and its whole history in one message, in a database that stays',
  setup: async ({ throwaway }: Servers) => {
    const texts = migrationTexts('optimizer');
    if (texts.some((text) => /^-- db: no-transaction$/m.test(text))) {
      return new Skipped('a migration of the domain cannot run in a transaction, so not in one message');
    }
    const database = await createTestDatabase(migratedTemplate, { server: throwaway.url });
    return { database, sql: connect(database.url), text: ['DROP SCHEMA optimizer CASCADE;', ...texts].join('\n') };
  },
  run: async ({ sql, text }) => {
    await sql.unsafe(text).simple();
    return undefined;
  },
  teardown: async ({ database, sql }) => {
    await sql.end({ timeout: 5 });
    await database.drop();
  },
});

export const rebuilds = [inProcess, byCommand, oneSchema];
