import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCatalogs, parseTarget, readCatalog, rollbackDomain } from '@repo/migrate';
import type { DomainConfig } from '@repo/migrate/config';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import config from '../db.config.ts';
import { emptyDatabase, migratedDatabase, migrateTo, servers } from './support/database.ts';
import { runDb } from './support/run-db.ts';

const root = join(import.meta.dirname, '..');
const schemas = config.domains.map(({ schema }) => schema);

async function seedDemo(sql: Sql, domain: DomainConfig): Promise<void> {
  await (await domain.load()).seed.demo(sql, { rows: 50, onProgress: () => {} });
}

async function rollBackTo(url: string, domains: readonly DomainConfig[], name: string): Promise<void> {
  for (const domain of domains)
    await rollbackDomain(domain, { root, target: parseTarget(url, 'test'), extent: { kind: 'to', name } });
}

/** Table → rows. */
async function countRows(sql: Sql, schema: string): Promise<ReadonlyMap<string, number>> {
  const tables = await sql<{ table: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS table FROM pg_tables WHERE schemaname = ${schema} ORDER BY 1`;
  const counts = tables.map(async ({ table }): Promise<[string, number]> => {
    const [row] = await sql.unsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table}`);
    return [table, row?.n ?? -1];
  });
  return new Map(await Promise.all(counts));
}

/** All rows of the tables that both sides have. */
function total(counts: ReadonlyMap<string, number>, tables: ReadonlyMap<string, number>): number {
  return [...counts].filter(([table]) => tables.has(table)).reduce((sum, [, n]) => sum + n, 0);
}

/** What is in the database beside PostgreSQL's own and the history. */
async function leftovers(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    WITH ours AS (
      SELECT oid, nspname FROM pg_namespace
      WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'migrations') AND nspname !~ '^pg_(toast_)?temp_'
    )
    SELECT 'schema ' || nspname AS name FROM ours WHERE nspname <> 'public'
    UNION ALL SELECT 'relation ' || oid::regclass FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours)
    UNION ALL SELECT 'type ' || oid::regtype FROM pg_type WHERE typnamespace IN (SELECT oid FROM ours)
    UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)`;
  return rows.map(({ name }) => name);
}

test('every migration has a way back, and both files say their date', async () => {
  const undated: string[] = [];
  for (const domain of config.domains) {
    for (const name of await readdir(join(root, domain.migrations))) {
      for (const file of ['migration.sql', 'down.sql']) {
        const path = join(domain.migrations, name, file);
        if (!/^-- Date: \d{4}-\d\d-\d\d$/m.test(await readFile(join(root, path), 'utf8'))) undated.push(path);
      }
    }
  }
  expect(undated).toEqual([]);
});

describe.each(servers())('PostgreSQL $version', ({ url: server }) => {
  describe.each(config.domains.map((domain) => ({ name: domain.name, domain })))('$name', ({ domain }) => {
    test('each step back, with rows in it, gives the catalog of before; the step forward again gives the one of after', async () => {
      await using db = await emptyDatabase(server);
      const catalog = () => readCatalog(db.sql, [domain.schema]);
      const names = (await readdir(join(root, domain.migrations))).sort();
      const recorded = [await catalog()];
      for (const name of names) {
        await migrateTo(db.url, [domain], name);
        recorded.push(await catalog());
      }
      await seedDemo(db.sql, domain);
      const back = { root, target: parseTarget(db.url, 'test'), extent: { kind: 'steps', count: 1 } } as const;
      for (const [index, name] of [...names.entries()].reverse()) {
        const [before = new Map(), after = new Map()] = recorded.slice(index, index + 2);
        const rows = await countRows(db.sql, domain.schema);
        expect((await rollbackDomain(domain, back)).rolledBack).toMatchObject([{ name }]);
        const left = await countRows(db.sql, domain.schema);
        expect({ name, differences: compareCatalogs(before, await catalog()) }).toEqual({ name, differences: [] });
        // Nothing that a down does not drop whole loses a row: not one of the tables that stay.
        expect({ name, rows: total(left, left) }).toEqual({ name, rows: total(rows, left) });
        await migrateTo(db.url, [domain], name);
        expect({ name, differences: compareCatalogs(after, await catalog()) }).toEqual({ name, differences: [] });
        await rollbackDomain(domain, back);
        expect({ name, differences: compareCatalogs(before, await catalog()) }).toEqual({ name, differences: [] });
      }
      expect(await leftovers(db.sql)).toEqual([]);
    });
  });

  test('what the dedupe took out comes back with its ids where the job is still there, and goes again with the next way up', async () => {
    await using db = await emptyDatabase(server);
    const { sql, url } = db;
    const audit = config.domains.filter(({ name }) => name === 'audit');
    const QUARANTINE = '20261121012850_job_stages_quarantine';
    const job = (n: number) => `3f0c6d9e-7a0a-4b35-9d6f-00000000000${n}`;
    const stages = () => sql`SELECT id, job_id, stage_name, status FROM audit.job_stages ORDER BY id`;
    const kept = () => sql`SELECT job_stage_id AS id FROM audit.job_stages_quarantine ORDER BY id`;
    await migrateTo(url, audit, QUARANTINE);
    await sql`INSERT INTO audit.jobs (job_id, bot_id, state) SELECT id::uuid, 'upload', 'succeeded' FROM unnest(${[job(1), job(2)]}::text[]) AS id`;
    await sql`INSERT INTO audit.job_stages (id, job_id, stage_name, status) VALUES
      (1, ${job(1)}, 'login', NULL), (2, ${job(1)}, 'login', 'fail'), (3, ${job(1)}, 'login', NULL),
      (4, ${job(2)}, 'login', NULL), (5, ${job(2)}, 'login', NULL)`;
    const all = [...(await stages())];
    const ids = async () => [(await stages()).map(({ id }) => id), (await kept()).map(({ id }) => id)];
    await migrateTo(url, audit);
    expect(await ids()).toEqual([
      [2, 4],
      [1, 3, 5],
    ]);
    await rollBackTo(url, audit, QUARANTINE);
    expect([...(await stages())]).toEqual(all);
    expect([...(await kept())]).toEqual([]);
    await migrateTo(url, audit);
    expect(await ids()).toEqual([
      [2, 4],
      [1, 3, 5],
    ]);
    await sql`DELETE FROM audit.jobs WHERE job_id = ${job(2)}`;
    await rollBackTo(url, audit, QUARANTINE);
    expect(await ids()).toEqual([[1, 2, 3], [5]]);
  });

  test('without its wider column a hash that does not fit becomes unknown, not half a hash; no request is lost', async () => {
    await using db = await migratedDatabase(server);
    const train = config.domains.filter(({ name }) => name === 'train');
    await db.sql`INSERT INTO train.api_requests (request_id, train_id, "timestamp", method, path, api_key_hash)
      SELECT gen_random_uuid(), 'team', now(), 'POST', '/', repeat('a', n) FROM unnest(ARRAY[50, 64]) AS n`;
    await rollBackTo(db.url, train, '20261121012914_conversation_analyses');
    expect(await db.sql`SELECT domain, length(api_key_hash) AS n FROM train.api_requests ORDER BY n`).toEqual([
      { domain: 'team', n: 50 },
      { domain: 'team', n: null },
    ]);
  });

  test('five domains with demo rows go all the way down, leave nothing but the history, and come up equal', async () => {
    await using db = await migratedDatabase(server);
    for (const domain of config.domains) await seedDemo(db.sql, domain);
    const first = await readCatalog(db.sql, schemas);
    // Roles are the server's, which other tests use at the same time: one of our own stands for them.
    const reader = `reader_of_${new URL(db.url).pathname.slice(1)}`.slice(0, 63);
    await db.sql.unsafe(`CREATE ROLE "${reader}" NOLOGIN; GRANT USAGE ON SCHEMA bot TO "${reader}"`);
    const down = await runDb(['rollback', '--all', '--json'], db.url);
    expect(down, down.stdout).toMatchObject({ exit: 0, stderr: expect.stringContaining('→') });
    expect(JSON.parse(down.stdout)).toMatchObject({
      ok: true,
      domains: schemas.toReversed().map((domain) => ({ domain, rolledBack: expect.any(Array) })),
    });
    expect(await leftovers(db.sql)).toEqual([]);
    expect(await db.sql`SELECT FROM pg_roles WHERE rolname = ${reader}`).toHaveLength(1);
    await db.sql.unsafe(`DROP ROLE "${reader}"`);
    expect(await db.sql`SELECT * FROM migrations.applied`).toEqual([]);
    expect(await db.sql`SELECT * FROM migrations.steps`).toEqual([]);
    expect(await db.sql`SELECT * FROM migrations.backfills`).toEqual([]);
    await migrateTo(db.url);
    expect(compareCatalogs(first, await readCatalog(db.sql, schemas))).toEqual([]);
    for (const domain of config.domains) await seedDemo(db.sql, domain);
  });
});
