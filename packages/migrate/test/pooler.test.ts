import { hasPgbouncer, startPgbouncer } from '@repo/local-postgres/pgbouncer';
import { testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { parseTarget, statusDomain } from '../src/index.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

if (!hasPgbouncer) process.stderr.write('SKIPPED: test/pooler.test.ts, pgbouncer is not installed here\n');

const A = '20260101000000_a';

function postgresThrough(url: string): Sql & AsyncDisposable {
  const sql = postgres(url, { max: 1, prepare: false, fetch_types: false, onnotice: () => {} });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end() });
}

describe.skipIf(!hasPgbouncer).each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('behind pgbouncer in transaction mode every command refuses, names DIRECT_URL, and changes nothing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
    await db.sql.unsafe(`ALTER DATABASE "${new URL(db.url).pathname.slice(1)}" SET statement_timeout = '7s'`);
    await using pooler = await startPgbouncer(db.url, 'transaction');
    const refusal = { code: 'DB_POOLER', exit: 4, fix: expect.stringContaining('DIRECT_URL') };
    await expect(project.migrate(pooler.url)).rejects.toMatchObject(refusal);
    await expect(project.migrate(pooler.url, { dryRun: true })).rejects.toMatchObject(refusal);
    await expect(statusDomain(project.domain, project.root, parseTarget(pooler.url, 'test'))).rejects.toMatchObject(
      refusal,
    );
    expect(await db.sql`SELECT nspname FROM pg_namespace WHERE nspname IN ('shop', 'migrations')`).toEqual([]);
    // The server process that the pooler lent us goes on to an application as it was.
    await using app = postgresThrough(pooler.url);
    const [left] = await app.unsafe(
      "SELECT current_setting('statement_timeout') AS timeout, current_setting('default_transaction_read_only') AS \"readOnly\"",
    );
    expect(left).toEqual({ timeout: '7s', readOnly: 'off' });
  });

  test('behind pgbouncer in session mode a client keeps its server process, and the migrator works', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
    await using pooler = await startPgbouncer(db.url, 'session');
    expect((await project.migrate(pooler.url, { dryRun: true })).wouldApply).toHaveLength(1);
    expect((await project.migrate(pooler.url)).applied).toHaveLength(1);
    const status = await statusDomain(project.domain, project.root, parseTarget(pooler.url, 'test'));
    expect(status.migrations.map(({ state }) => state)).toEqual(['applied']);
  });

  test('a direct connection is not taken for a pooler', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
    expect((await project.migrate(db.url)).applied).toHaveLength(1);
  });
});
