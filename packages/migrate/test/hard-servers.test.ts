import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@repo/local-postgres';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { createProject } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const SCHEMA = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)';

test('a standby is refused with DB_READ_ONLY, and the advice names the primary', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'standby-'));
  try {
    // The server's own user must be able to enter.
    await chmod(folder, 0o755);
    const persist = join(folder, 'data');
    const primary = await startPostgres({ source: 'embedded', persist });
    await primary.stop();
    await writeFile(join(primary.dataDirectory ?? '', 'standby.signal'), '');
    await using standby = await startPostgres({ source: 'embedded', persist });
    await using project = await createProject({ [A]: SCHEMA });
    await expect(project.migrate(standby.url)).rejects.toMatchObject({
      code: 'DB_READ_ONLY',
      exit: 4,
      fix: expect.stringContaining('primary'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** A tiny file system for a tablespace, where this machine lets us make one. */
async function tinyDisk(): Promise<(AsyncDisposable & { path: string }) | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'tiny-'));
  const mounted =
    process.getuid?.() === 0 &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', path]).status === 0;
  if (!mounted) {
    await rm(path, { recursive: true });
    return undefined;
  }
  await chown(path, 65534, 65534);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      spawnSync('umount', [path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

test('a full disk is DB_DISK_FULL, and nothing of the migration is kept; with space it goes on', async (context) => {
  await using server = await startPostgres({ source: 'embedded' });
  await using disk = (await tinyDisk()) ?? { path: '', [Symbol.asyncDispose]: async () => {} };
  if (disk.path === '') {
    process.stderr.write('SKIPPED: a full disk, no tmpfs can be mounted here\n');
    context.skip();
  }
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`CREATE TABLESPACE tiny LOCATION '${disk.path}'`);
  await using project = await createProject({
    [A]: SCHEMA,
    [B]: "CREATE TABLE shop.big (t text) TABLESPACE tiny; INSERT INTO shop.big SELECT repeat(md5(n::text), 20) FROM generate_series(1, 20000) n WHERE current_setting('shop.small', true) IS NULL",
  });
  await expect(project.migrate(server.url)).rejects.toMatchObject({
    code: 'DB_DISK_FULL',
    facts: { sqlState: '53100', changed: 'nothing of this migration was kept' },
  });
  expect(await sql`SELECT name FROM migrations.applied`).toEqual([{ name: A }]);
  expect(await sql`SELECT to_regclass('shop.big') AS big`).toEqual([{ big: null }]);
  await sql`ALTER DATABASE postgres SET shop.small = 'on'`;
  expect((await project.migrate(server.url)).applied.map(({ name }) => name)).toEqual([B]);
  await sql.unsafe('DROP SCHEMA shop CASCADE');
  await sql.unsafe('DROP TABLESPACE tiny');
  await sql.end();
});

test('a Unix socket is reached by its folder in the parameter host', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'socket-'));
  await chmod(folder, 0o777);
  await using server = await startPostgres({ source: 'embedded', settings: { unix_socket_directories: folder } });
  const url = new URL(server.url);
  // A name that no resolver knows: only the socket can answer.
  url.hostname = 'nowhere.invalid';
  url.searchParams.set('host', folder);
  await using project = await createProject({ [A]: SCHEMA });
  const migrated = await project.migrate(url.href);
  expect(migrated).toMatchObject({ applied: [{ name: A }], target: `postgres@${folder}/postgres` });
  await rm(folder, { recursive: true, force: true });
});
