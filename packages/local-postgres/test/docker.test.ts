import { startPostgres } from '@repo/local-postgres';
import { createTestDatabase } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { answeringEngine, hasVolume, OWNER_LABEL } from '../src/docker/engine.ts';
import { callEngine } from '../src/docker/engine-call.ts';
import { testPostgresImage } from '../src/env.ts';
import { readState } from '../src/kept/state.ts';
import { parseOwnedName } from '../src/owner/owned-name.ts';
import { eventually } from './helpers/eventually.ts';
import { temporaryFolder } from './helpers/folder.ts';
import { killHard, ownerProcess } from './helpers/owner-process.ts';
import { query } from './helpers/query.ts';

const engine = (await answeringEngine()) ?? '';
if (engine === '') process.stderr.write('\nSKIPPED: test/docker.test.ts, no container engine answers\n\n');

/** Containers of one owner, or of this process. */
async function containersOf(pid = process.pid): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ label: [OWNER_LABEL] }));
  const answer = await callEngine(engine, 'GET', `/containers/json?all=true&filters=${filters}`);
  const found: { Labels: Record<string, string> }[] = JSON.parse(answer?.body ?? '[]');
  return found.filter(({ Labels }) => parseOwnedName(Labels[OWNER_LABEL] ?? '')?.owner.pid === pid).length;
}

describe.runIf(engine !== '')('on a container engine', () => {
  test('starts a container without being told to, gives a URL that works, and stop() removes it', async () => {
    const server = await startPostgres();
    expect(server.source).toBe('docker');
    const [row] = await query(
      server.url,
      `select current_setting('server_version_num')::int / 10000 as major, getdatabaseencoding() as encoding, datcollate,
         current_setting('fsync') as fsync from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({ major: server.version, encoding: 'UTF8', datcollate: 'C', fsync: 'off' });
    expect(await containersOf()).toBe(1);
    await server.stop();
    expect(await containersOf()).toBe(0);
  });

  test('clones of a template are isolated', async () => {
    await using server = await startPostgres({ source: 'docker' });
    const template = {
      name: 'docker-1',
      build: (url: string) => query(url, 'create table things as select 1 as id').then(() => undefined),
    };
    await using one = await createTestDatabase(template, { server: server.url });
    await using two = await createTestDatabase(template, { server: server.url });
    await query(one.url, 'insert into things values (2)');
    expect(await query(two.url, 'select id from things')).toEqual([{ id: 1 }]);
  });

  test('kept data lies in a volume: rows, port and password survive a restart', async () => {
    using folder = temporaryFolder();
    const first = await startPostgres({ persist: folder.path, source: 'docker' });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    // Not the one that was asked for, where TEST_POSTGRES_IMAGE is of another.
    expect(readState(folder.path)?.version).toBe(first.version);
    const second = await startPostgres({ persist: folder.path });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    const volume = readState(folder.path)?.place ?? '';
    expect(await hasVolume(engine, volume)).toBe(true);
    await callEngine(engine, 'DELETE', `/volumes/${volume}`);
    await expect(startPostgres({ persist: folder.path })).rejects.toMatchObject({ code: 'LP_FOLDER_DAMAGED' });
  });

  test('kill -9 of the owner removes the container', async () => {
    const { child } = await ownerProcess({ source: 'docker' });
    expect(await containersOf(child.pid)).toBe(1);
    await killHard(child);
    expect(await eventually(async () => (await containersOf(child.pid)) === 0)).toBe(true);
  });

  test('a taken port is named', async () => {
    await using server = await startPostgres({ source: 'docker' });
    const port = Number(new URL(server.url).port);
    await expect(startPostgres({ source: 'docker', port })).rejects.toMatchObject({ code: 'LP_PORT_TAKEN' });
  });

  test('a wrong setting is reported as the container, and nothing stays', async () => {
    const settings = { no_such_setting: '1' };
    await expect(startPostgres({ source: 'docker', settings })).rejects.toMatchObject({ code: 'LP_CONTAINER_FAILED' });
    expect(await containersOf()).toBe(0);
  });

  test.runIf(testPostgresImage() === undefined)('each version is the one asked for', async () => {
    await using server = await startPostgres({ source: 'docker', version: 15 });
    expect(server.version).toBe(15);
  });
});

describe.runIf(engine === '')('without a container engine', () => {
  test('asking for docker says so at once', async () => {
    await expect(startPostgres({ source: 'docker' })).rejects.toMatchObject({ code: 'LP_ENGINE_UNREACHABLE' });
  });

  test('not asking for anything takes the embedded binaries', async () => {
    await using server = await startPostgres();
    expect(server.source).toBe('embedded');
  });
});
