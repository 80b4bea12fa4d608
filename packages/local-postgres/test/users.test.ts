import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startPostgres } from '@repo/local-postgres';
import { describe, expect, test } from 'vitest';
import { startEmbedded } from '../src/embedded/embedded-source.ts';
import { resolveFromNodeModules } from '../src/embedded/platform-package.ts';
import { canEnter } from '../src/embedded/runner.ts';
import { cacheFolder } from '../src/embedded/workspace.ts';
import { eventually } from './helpers/eventually.ts';
import { temporaryFolder } from './helpers/folder.ts';
import { killHard, ownerProcess } from './helpers/owner-process.ts';
import { query } from './helpers/query.ts';

const isRoot = process.getuid?.() === 0;
/** An ordinary user that every system has (`daemon`), and one that the system does not know by name. */
const UID = 1;
const NAMELESS_UID = 12_345;

describe.runIf(isRoot)('as root', () => {
  test('Postgres runs as nobody', async () => {
    await using server = await startPostgres({ source: 'embedded' });
    expect(lstatSync(`/proc/${server.pid}`).uid).toBe(65_534);
    expect(lstatSync(server.dataDirectory ?? '').uid).toBe(65_534);
  });

  test('binaries below a folder that only root may enter, with a mode that only root may read, do', async () => {
    using folder = temporaryFolder(0o700);
    const { native, release } = resolveFromNodeModules(18);
    const hidden = join(folder.path, 'native');
    cpSync(native, hidden, { recursive: true, verbatimSymlinks: true });
    chmodSync(hidden, 0o700);
    const name = `${release}-hidden-${process.pid}`;
    await using server = await startEmbedded({ version: 18 }, undefined, () => ({ native: hidden, release: name }));
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    for (const made of [`programs-${name}-${process.platform}-${process.arch}`, `cluster-${name}`])
      rmSync(join(cacheFolder(), made), { recursive: true });
  });

  test('data of a folder that only root may enter is kept elsewhere, and found again', async () => {
    using folder = temporaryFolder(0o700);
    const persist = join(folder.path, 'data of mine');
    const first = await startPostgres({ durable: false, persist, source: 'embedded' });
    expect(first.dataDirectory?.startsWith(folder.path)).toBe(false);
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await startPostgres({ persist });
    expect(second.dataDirectory).toBe(first.dataDirectory);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    rmSync(second.dataDirectory ?? '', { recursive: true });
  });

  test('a TMPDIR that only root may enter is passed over', async () => {
    using folder = temporaryFolder(0o700);
    const second = '/var/tmp/local-postgres-0';
    const hadSecond = existsSync(second);
    const { child, server } = await ownerProcess({ tmpdir: folder.path, durable: true });
    expect(server.dataDirectory?.startsWith(folder.path)).toBe(false);
    await killHard(child);
    expect(await eventually(() => !existsSync(dirname(server.dataDirectory ?? '')))).toBe(true);
    if (!hadSecond) rmSync(second, { recursive: true });
  });

  test('root runs data that root has copied: it is given to nobody', async () => {
    using folder = temporaryFolder();
    const persist = join(folder.path, 'persisted');
    const first = await startPostgres({ durable: false, persist, source: 'embedded' });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    cpSync(persist, join(folder.path, 'copy'), { recursive: true });
    await using second = await startPostgres({ durable: false, persist: join(folder.path, 'copy') });
    expect(lstatSync(`/proc/${second.pid}`).uid).toBe(65_534);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });
});

const canBeNobody = isRoot && canEnter({ ids: { uid: UID, gid: UID } }, import.meta.dirname);

describe.runIf(canBeNobody)('as an ordinary user', () => {
  test('starts in place, below a TMPDIR with a space, and leaves nothing after kill -9', async () => {
    using folder = temporaryFolder();
    const tmpdir = join(folder.path, 'my tmp');
    mkdirSync(tmpdir);
    chownSync(tmpdir, UID, UID);
    const { child, server } = await ownerProcess({ uid: UID, tmpdir, durable: true });
    expect(server.dataDirectory?.startsWith(tmpdir)).toBe(true);
    expect(lstatSync(`/proc/${server.pid}`).uid).toBe(UID);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await killHard(child);
    expect(await eventually(() => !existsSync(dirname(server.dataDirectory ?? '')))).toBe(true);
  });

  test('keeps data in a folder of its own, which root may start afterwards', async () => {
    using folder = temporaryFolder();
    const persist = join(folder.path, 'kept');
    mkdirSync(persist);
    chownSync(persist, UID, UID);
    const { child, server } = await ownerProcess({ durable: false, uid: UID, tmpdir: '/tmp', persist });
    await query(server.url, 'create table kept as select 42 as answer');
    child.stdin?.end();
    await new Promise((resolve) => child.once('exit', resolve));
    await using again = await startPostgres({ durable: false, persist });
    expect(lstatSync(`/proc/${again.pid}`).uid).toBe(UID);
    expect(await query(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('a user without a name is told that initdb wants one', async () => {
    using folder = temporaryFolder();
    const tmpdir = join(folder.path, 'tmp');
    mkdirSync(tmpdir);
    chownSync(tmpdir, NAMELESS_UID, NAMELESS_UID);
    await expect(ownerProcess({ uid: NAMELESS_UID, tmpdir, durable: true })).rejects.toThrow(
      /LP_START_FAILED.*Fix: run as a user that the system knows/,
    );
  });

  test('a folder of root is refused with a clear error', async () => {
    using folder = temporaryFolder();
    await expect(ownerProcess({ durable: false, uid: UID, tmpdir: '/tmp', persist: folder.path })).rejects.toThrow(
      /LP_FOLDER_UNWRITABLE.*EACCES.*Fix: give another folder/,
    );
  });
});
