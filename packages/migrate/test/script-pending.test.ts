import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import type { Backfill } from '../src/config.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const C = '20260103000000_c';
const ORDERS = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, total int)';
const STEPS =
  '-- db: no-transaction\nCREATE TABLE shop.one (id int);\nCREATE INDEX CONCURRENTLY orders_total ON shop.orders (total);\nINSERT INTO shop.one VALUES (1)';
/** psql is not among the embedded binaries. */
const hasPsql = spawnSync('psql', ['--version']).status === 0;
if (!hasPsql) process.stderr.write('SKIPPED: test/script-pending.test.ts, psql is not installed\n');

describe.skipIf(!hasPsql).each(testServers())(
  'PostgreSQL $version (skipped where psql is not installed)',
  ({ url: server }) => {
    const db = (project: Project, url: string, ...args: readonly string[]): Promise<Ended> =>
      runMain(['--config', join(project.root, 'db.config.ts'), ...args, '--url', url], project.root);
    const psql = (url: string, file: string): Promise<{ exit: unknown; output: string }> =>
      new Promise((settle) => {
        execFile('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', file, url], (error, stdout, stderr) =>
          settle({ exit: error?.code ?? 0, output: stdout + stderr }),
        );
      });
    const script = async (project: Project, url: string): Promise<string> => {
      const file = join(project.root, 'pending.sql');
      expect(await db(project, url, 'script', '--pending', '--out', file)).toMatchObject({ exit: 0 });
      return file;
    };

    test('what is pending is applied by psql, history included; a second run changes nothing; the engine agrees, and finds no drift', async () => {
      await using database = await emptyDatabase(server);
      await using project = await createProject({ [A]: ORDERS });
      await project.writeConfig();
      await project.migrate(database.url);
      await project.write(B, "ALTER TABLE shop.orders ADD COLUMN note text DEFAULT 'it''s; \\ fine'");
      await project.write(C, STEPS);
      const file = await script(project, database.url);
      expect(await psql(database.url, file)).toMatchObject({ exit: 0 });
      const after = await database.sql`SELECT * FROM migrations.applied ORDER BY name`;
      expect(after.map((row) => row['name'])).toEqual([A, B, C]);
      expect(await psql(database.url, file)).toMatchObject({ exit: 0 });
      expect(await database.sql`SELECT * FROM migrations.applied ORDER BY name`).toEqual(after);
      expect([...(await database.sql`SELECT id FROM shop.one`)]).toEqual([{ id: 1 }]);
      expect((await project.migrate(database.url)).applied).toEqual([]);
      expect((await db(project, database.url, 'drift')).exit).toBe(0);
      expect((await db(project, database.url, 'status')).exit).toBe(0);
    });

    test('on an empty database it makes the history, too', async () => {
      await using database = await emptyDatabase(server);
      await using project = await createProject({ [A]: ORDERS, [B]: STEPS });
      await project.writeConfig();
      const file = await script(project, database.url);
      expect(await psql(database.url, file)).toMatchObject({ exit: 0 });
      expect(await psql(database.url, file)).toMatchObject({ exit: 0 });
      expect((await project.migrate(database.url)).applied).toEqual([]);
      expect((await db(project, database.url, 'verify')).exit).toBe(0);
    });

    test('cut in the middle of a no-transaction migration, the next run goes on behind what is done, over an INVALID index', async () => {
      await using database = await emptyDatabase(server);
      await using project = await createProject({ [A]: `${ORDERS}; INSERT INTO shop.orders VALUES (1, 1), (2, 1)` });
      await project.writeConfig();
      await project.migrate(database.url);
      await project.write(B, STEPS.replace('CREATE INDEX', 'CREATE UNIQUE INDEX'));
      const file = await script(project, database.url);
      expect(await psql(database.url, file)).toMatchObject({
        exit: 3,
        output: expect.stringContaining('could not create unique index'),
      });
      await database.sql`DELETE FROM shop.orders WHERE id = 2`;
      expect(await psql(database.url, file)).toMatchObject({ exit: 0 });
      expect([
        ...(await database.sql`SELECT indisvalid FROM pg_index WHERE indexrelid = 'shop.orders_total'::regclass`),
      ]).toEqual([{ indisvalid: true }]);
      expect([...(await database.sql`SELECT * FROM migrations.steps`)]).toEqual([]);
      expect((await project.migrate(database.url)).applied).toEqual([]);
      expect((await db(project, database.url, 'drift')).exit).toBe(0);
    });

    test('it stops at a migration that fails, at one that waits for a backfill, and behind another migrator; nothing of it is kept', async () => {
      await using database = await emptyDatabase(server);
      await using project = await createProject({ [A]: ORDERS });
      await project.writeConfig();
      await project.migrate(database.url);
      await project.write(B, 'CREATE TABLE shop.two (id int); SELECT 1 / 0');
      const failing = await script(project, database.url);
      expect(await psql(database.url, failing)).toMatchObject({
        exit: 3,
        output: expect.stringContaining('division by zero'),
      });
      expect([...(await database.sql`SELECT to_regclass('shop.two') AS found`)]).toEqual([{ found: null }]);
      await project.write(B, '-- db: after-backfill totals\nCREATE TABLE shop.two (id int)');
      const waiting = await script(project, database.url);
      expect(await psql(database.url, waiting)).toMatchObject({
        exit: 3,
        output: expect.stringContaining('waits for the backfill totals'),
      });
      await project.write(B, 'CREATE TABLE shop.two (id int)');
      const good = await script(project, database.url);
      const other = await database.sql.reserve();
      await other`SELECT pg_advisory_lock(hashtextextended('@repo/migrate:domain:shop', 0))`;
      expect(await psql(database.url, good)).toMatchObject({
        exit: 3,
        output: expect.stringContaining('another migrator of shop is at work'),
      });
      await other`SELECT pg_advisory_unlock_all()`;
      other.release();
      expect(await psql(database.url, good)).toMatchObject({ exit: 0 });
    });

    test('a migration that waits for a backfill is applied where no row is left for it, and stops the script where one is', async () => {
      await using database = await emptyDatabase(server);
      const totals: Backfill = {
        name: 'totals',
        rule: 'total is 7 where there was none',
        table: 'shop.orders',
        key: { column: 'id', type: 'integer' },
        batch:
          'UPDATE shop.orders SET total = $3 WHERE total IS NULL AND ($1::int IS NULL OR id > $1) AND id <= $2 AND $4::jsonb IS NOT NULL',
        remaining:
          "SELECT count(*) FROM shop.orders WHERE total IS NULL AND $1::int = 7 AND $2::jsonb ->> 'who' = 'it''s' -- left",
        parameters: [7, { who: "it's" }],
      };
      const waiting = '-- db: after-backfill totals\nALTER TABLE shop.orders ALTER COLUMN total SET NOT NULL';
      await using project = await createProject({ [A]: ORDERS, [B]: waiting }, [totals]);
      await project.writeConfig();
      const file = await script(project, database.url);
      const halfway = join(project.root, 'halfway.sql');
      await writeFile(halfway, (await readFile(file, 'utf8')).split(`-- shop: ${B}`)[0] ?? '');
      expect(await psql(database.url, halfway)).toMatchObject({ exit: 0 });
      await database.sql`INSERT INTO shop.orders VALUES (1)`;
      expect(await psql(database.url, file)).toMatchObject({
        exit: 3,
        output: expect.stringContaining('waits for the backfill totals'),
      });
      await database.sql`DELETE FROM shop.orders`;
      expect(await psql(database.url, file)).toMatchObject({ exit: 0 });
      expect(await psql(database.url, file)).toMatchObject({ exit: 0 });
      expect((await project.migrate(database.url)).applied).toEqual([]);
      expect((await db(project, database.url, 'backfill')).exit).toBe(0);
      expect((await db(project, database.url, 'drift')).exit).toBe(0);
    });

    test('it refuses what migrate refuses', async () => {
      await using database = await emptyDatabase(server);
      await using project = await createProject({ [A]: ORDERS });
      await project.writeConfig();
      await project.migrate(database.url);
      await writeFile(join(project.root, 'migrations', A, 'migration.sql'), `${ORDERS};\n`);
      expect(await db(project, database.url, 'script', '--pending')).toMatchObject({
        exit: 4,
        stderr: expect.stringContaining('DB_MIGRATION_EDITED'),
      });
    });
  },
);
