import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareCatalogs, readCatalog } from '@repo/migrate';
import { describe, expect, test } from 'vitest';
import config from '../db.config.ts';
import { emptyDatabase, migratedDatabase, servers } from './support/database.ts';
import { runDb } from './support/run-db.ts';

const schemas = config.domains.map(({ schema }) => schema);
/** Statements that make every expression of ours again from PostgreSQL's print of it. */
const AGAIN = `
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname IN (${schemas.map((name) => `'${name}'`).join(', ')}))
SELECT format('ALTER TABLE %1$s DROP CONSTRAINT %2$I; ALTER TABLE %1$s ADD CONSTRAINT %2$I %3$s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS statement
FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 AND connamespace IN (TABLE ours)
UNION ALL SELECT format('CREATE OR REPLACE VIEW %s AS %s', oid::regclass, pg_get_viewdef(oid)) FROM pg_class WHERE relkind = 'v' AND relnamespace IN (TABLE ours)
UNION ALL SELECT format('DROP INDEX %s; %s', indexrelid::regclass, pg_get_indexdef(indexrelid)) FROM pg_index JOIN pg_class c ON c.oid = indexrelid
  WHERE relnamespace IN (TABLE ours) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', adrelid::regclass, attname, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
  JOIN pg_attribute a ON attrelid = adrelid AND attnum = adnum AND attgenerated = '' JOIN pg_class c ON c.oid = adrelid WHERE relnamespace IN (TABLE ours)
UNION ALL SELECT format('DROP TRIGGER %I ON %s; %s', tgname, tgrelid::regclass, pg_get_triggerdef(t.oid)) FROM pg_trigger t
  JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND relnamespace IN (TABLE ours)`;

/** Major version of the pg_dump that is installed here. Undefined: there is none. */
const pgDump = /\) (\d+)/.exec(spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];

describe.each(servers())('PostgreSQL $version', ({ url: server, version }) => {
  test('every check, view, index, default and trigger, made again from its own print, is no drift', async () => {
    await using db = await migratedDatabase(server);
    const before = await readCatalog(db.sql, schemas);
    const statements = await db.sql.unsafe<{ statement: string }[]>(AGAIN);
    expect(statements.length).toBeGreaterThan(100);
    await db.sql.unsafe(statements.map(({ statement }) => statement).join(';\n'));
    const after = await readCatalog(db.sql, schemas);
    // A comment goes with what it is about.
    const differences = compareCatalogs(before, after).filter(({ object }) => !object.startsWith('comment '));
    expect(differences).toEqual([]);
    // The check is felt: some texts are not what they were.
    expect([...after].filter(([object, definition]) => before.get(object) !== definition)).not.toEqual([]);
  });

  const isDumped = pgDump === String(version);
  if (!isDumped)
    process.stderr.write(
      `SKIPPED: a dump of PostgreSQL ${version} restored: pg_dump ${pgDump ?? 'is not installed'}\n`,
    );
  test.skipIf(!isDumped)('a restored dump has no drift and is ready', async () => {
    await using db = await migratedDatabase(server);
    await using restored = await emptyDatabase(server);
    expect((await runDb(['seed', '--quiet'], db.url)).exit).toBe(0);
    const folder = await mkdtemp(join(tmpdir(), 'dump-'));
    try {
      execFileSync('pg_dump', ['--format=custom', `--file=${folder}/dump`, `--dbname=${db.url}`]);
      execFileSync('pg_restore', ['--exit-on-error', `--dbname=${restored.url}`, `${folder}/dump`]);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(await runDb(['drift'], restored.url)).toMatchObject({ exit: 0, stderr: '' });
    expect(await runDb(['verify'], restored.url)).toMatchObject({ exit: 0, stderr: '' });
  });
});
