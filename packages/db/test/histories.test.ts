import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCatalogs, loadGrammar, parseSql, readCatalog } from '@repo/migrate';
import { describe, expect, test } from 'vitest';
import config from '../db.config.ts';
import { emptyDatabase, migratedDatabase, migrateTo, servers } from './support/database.ts';
import { runDb } from './support/run-db.ts';

const schemas = config.domains.map(({ schema }) => schema);
const initdb = join(import.meta.dirname, '../initdb/10-schema.sql');

test('the oldest and the newest server get equal catalogs from the five histories', async () => {
  const catalogs = await Promise.all(
    servers().map(async ({ url }) => {
      await using db = await migratedDatabase(url);
      return await readCatalog(db.sql, schemas);
    }),
  );
  const [first = new Map(), ...others] = catalogs;
  expect(first.size).toBeGreaterThan(300);
  for (const other of others) expect(compareCatalogs(first, other)).toEqual([]);
});

describe.each(servers())('PostgreSQL $version', ({ url: server }) => {
  test('a second run changes neither catalog nor history', async () => {
    await using db = await emptyDatabase(server);
    await migrateTo(db.url);
    const before = [
      await readCatalog(db.sql, [...schemas, 'migrations']),
      await db.sql`SELECT * FROM migrations.applied ORDER BY domain, name`,
    ];
    await migrateTo(db.url);
    expect([
      await readCatalog(db.sql, [...schemas, 'migrations']),
      await db.sql`SELECT * FROM migrations.applied ORDER BY domain, name`,
    ]).toEqual(before);
  });

  test('the first-start script gives the same catalog, and the engine agrees that all of it is applied', async () => {
    await using scripted = await emptyDatabase(server);
    await using migrated = await migratedDatabase(server);
    // As psql does: one statement after the other on one connection; transactions are the script's own.
    await loadGrammar();
    const parsed = parseSql(await readFile(initdb, 'utf8'));
    const connection = await scripted.sql.reserve();
    for (const { text } of parsed.ok ? parsed.statements : []) await connection.unsafe(text);
    connection.release();
    const script = await readCatalog(scripted.sql, [...schemas, 'migrations']);
    expect(compareCatalogs(await readCatalog(migrated.sql, [...schemas, 'migrations']), script)).toEqual([]);
    const status = await runDb(['status', '--json'], scripted.url);
    expect(status.exit).toBe(0);
    expect((await runDb(['migrate', '--json'], scripted.url)).exit).toBe(0);
  });

  test('the generator finds nothing to do: histories and declared schemas give equal catalogs', async () => {
    const generated = await runDb(['generate', '--json', '--scratch-url', server]);
    expect(JSON.parse(generated.stdout)).toMatchObject({
      ok: true,
      domains: schemas.map((domain) => ({ domain, migration: null })),
    });
  });
});

test('the committed first-start script is what `pnpm db script` prints', async () => {
  expect((await runDb(['script'])).stdout.trimEnd()).toBe((await readFile(initdb, 'utf8')).trimEnd());
});

test('no migration of any history has a hazard that lint calls an error, and each allow is needed', async () => {
  const { stdout } = await runDb(['lint', '--all', '--json']);
  const { domains } = JSON.parse(stdout) as {
    domains: readonly { files: number; findings: readonly { severity: string; code: string; path: string }[] }[];
  };
  expect(domains.reduce((sum, { files }) => sum + files, 0)).toBeGreaterThan(40);
  expect(domains.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'))).toEqual([]);
});

test('`pnpm db check` has no findings', async () => {
  const checked = await runDb(['check', '--no-base', '--json']);
  expect(JSON.parse(checked.stdout)).toMatchObject({
    ok: true,
    domains: schemas.map((domain) => ({ domain, findings: [] })),
  });
});
