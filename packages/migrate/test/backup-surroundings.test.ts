import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runDb, temporaryFolder } from './support/backups.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const FIRST = `CREATE SCHEMA shop; CREATE TABLE shop.orders AS SELECT n AS id, md5(n::text) AS note FROM generate_series(1, 20000) n`;
const MAIN = join(import.meta.dirname, '../src/cli/main.js');

/** Whether a process may mount a disk that only it sees. */
const canMount = spawnSync('unshare', ['--mount', '--map-root-user', 'true']).status === 0;

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  async function scene() {
    const project = await createProject({ [A]: FIRST });
    const database = await emptyDatabase(server);
    onTestFinished(async () => {
      await database[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    });
    await project.writeConfig();
    await project.migrate(database.url);
    return { project, database };
  }

  test.for([
    ['that may not grow any more', 'ulimit -f 100; "$@"', true],
    [
      'that is full',
      'unshare --mount --map-root-user sh -c \'mount -t tmpfs -o size=64k tmpfs "$OUT" && "$@"; code=$?; ls -A "$OUT"; exit $code\' sh "$@"',
      canMount,
    ],
  ] as const)(
    'a disk %s ends the backup with one clear error, and nothing of it stays',
    async ([, script, isHere], { skip }) => {
      skip(!isHere, 'SKIPPED: no disk can be mounted here');
      const { project, database } = await scene();
      const out = join(await temporaryFolder(), 'backups');
      await mkdir(out);
      const args = [
        process.execPath,
        MAIN,
        '--config',
        join(project.root, 'db.config.ts'),
        'backup',
        '--with',
        'driver',
      ];
      const ended = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
        const env = { PATH: '/usr/bin:/bin', DATABASE_URL: database.url, OUT: out };
        execFile('sh', ['-c', script, 'sh', ...args, '--out', out], { env }, (error, stdout, stderr) =>
          resolve({ code: error?.code ?? 0, stdout, stderr }),
        );
      });
      expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('DB_BACKUP_DISK_FULL') });
      expect(await readdir(out)).toEqual([]);
    },
  );

  test.runIf(process.platform === 'linux')(
    'a folder that the file system refuses to make is one clear error',
    async () => {
      const { project, database } = await scene();
      const ended = await runDb(project, database.url, 'backup', '--with', 'driver', '--out', '/proc/backups/here');
      expect(ended).toMatchObject({ exit: 64, stderr: expect.stringMatching(/^DB_IO: .*\/proc\/backups/m) });
    },
  );

  test('migrate --backup takes one where something is pending and there is something to lose, and only then', async () => {
    const { project, database } = await scene();
    const out = await temporaryFolder();
    const migrate = async (url: string) => {
      const { exit, stdout } = await runDb(project, url, 'migrate', '--backup', out, '--json');
      expect(exit, stdout).toBe(0);
      return JSON.parse(stdout).domains[0];
    };
    expect(await migrate(database.url)).toMatchObject({ applied: [], backup: null });
    await using empty = await emptyDatabase(server);
    expect(await migrate(empty.url)).toMatchObject({ applied: [{ name: A }], backup: null });
    expect(await readdir(out)).toEqual([]);
    await project.write(B, 'DELETE FROM shop.orders');
    const { backup } = await migrate(database.url);
    expect(await readdir(out)).toHaveLength(1);
    await using restored = await emptyDatabase(server);
    expect((await runDb(project, restored.url, 'restore', backup)).exit).toBe(0);
    const rows =
      await restored.sql`SELECT count(*)::int AS n, (SELECT max(name) FROM migrations.applied) AS head FROM shop.orders`;
    expect([...rows]).toEqual([{ n: 20000, head: A }]);
  });

  test('a backup waits for a migrator and then gives up with nothing written', async () => {
    const { project, database } = await scene();
    const out = await temporaryFolder();
    await database.sql.begin(async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(hashtextextended('@repo/migrate:domain:shop', 0))`;
      const ended = await runDb(project, database.url, 'backup', '--out', out, '--lock-wait', '0');
      expect(ended).toMatchObject({ exit: 5, stderr: expect.stringContaining('DB_MIGRATOR_BUSY') });
    });
    expect(await readdir(out)).toEqual([]);
  });
});
