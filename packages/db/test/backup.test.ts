import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareCatalogs, readCatalog } from '@repo/migrate';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import config from '../db.config.ts';
import { emptyDatabase, migratedDatabase, servers } from './support/database.ts';
import { runDb } from './support/run-db.ts';

const schemas = config.domains.map(({ schema }) => schema);

/** Table, materialized view or sequence → what it holds, as one checksum or place. */
async function contents(sql: Sql): Promise<ReadonlyMap<string, string>> {
  const relations = await sql<{ name: string; kind: string }[]>`
    SELECT c.oid::regclass::text AS name, c.relkind::text AS kind FROM pg_class c
    WHERE c.relnamespace::regnamespace::text = ANY (${schemas}) AND c.relkind IN ('r', 'm', 'S') ORDER BY 1`;
  const found = new Map<string, string>();
  for (const { name, kind } of relations) {
    const [row] = await sql.unsafe<{ is: string }[]>(
      kind === 'S'
        ? `SELECT format('%s %s', last_value, is_called) AS is FROM ${name}`
        : `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') AS is FROM ${name} AS t`,
    );
    found.set(name, row?.is ?? '');
  }
  return found;
}

const pgDump = Number(
  /\(PostgreSQL\) (\d+)/.exec(spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0,
);

describe.each(servers())('PostgreSQL $version', ({ url: server, version }) => {
  const isHere = pgDump >= version;
  const ways = [
    { way: 'driver', name: 'driver', isHere: true },
    {
      way: 'pg_dump',
      name: isHere ? 'pg_dump' : `pg_dump SKIPPED: needs ${version}, here is ${pgDump || 'none'}`,
      isHere,
    },
  ];

  describe.each(ways)('$name', ({ way, isHere: runs }) => {
    test.skipIf(!runs)(
      'five domains with demo rows come back equal: catalog, rows, sequences and history',
      { timeout: 120_000 },
      async () => {
        await using db = await migratedDatabase(server);
        await using restored = await emptyDatabase(server);
        const out = await mkdtemp(join(tmpdir(), 'db-backup-'));
        try {
          for (const domain of config.domains) {
            const { seed } = await domain.load();
            await seed.reference(db.sql);
            await seed.demo(db.sql, { rows: 200, onProgress: () => {} });
          }
          const backup = await runDb(['backup', '--with', way, '--out', out, '--json'], db.url);
          expect(backup, backup.stdout).toMatchObject({ exit: 0 });
          const { domains } = JSON.parse(backup.stdout) as { domains: { folder: string; tool: string }[] };
          expect(domains.map(({ tool }) => tool)).toEqual(schemas.map(() => way));
          for (const { folder } of domains) {
            const back = await runDb(['restore', folder, '--json'], restored.url);
            expect(back, back.stdout).toMatchObject({ exit: 0 });
          }
          if (way === 'driver') {
            const [left, right] = [await readCatalog(db.sql, schemas), await readCatalog(restored.sql, schemas)];
            expect(compareCatalogs(left, right)).toEqual([]);
          }
          const drift = await runDb(['drift'], restored.url);
          expect(drift, drift.stdout).toMatchObject({ exit: 0 });
          const before = await contents(db.sql);
          expect(before.size).toBeGreaterThan(40);
          expect(await contents(restored.sql)).toEqual(before);
          const verify = await runDb(['verify', '--json'], restored.url);
          expect(verify, verify.stdout).toMatchObject({ exit: 0 });
          const history = (sql: Sql) =>
            sql`SELECT a.* FROM migrations.applied a ORDER BY domain, name`.then((rows) => [...rows]);
          expect(await history(restored.sql)).toEqual(await history(db.sql));
        } finally {
          await rm(out, { recursive: true, force: true });
        }
      },
    );
  });
});
