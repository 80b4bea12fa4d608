import { cpSync, existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startPostgres } from '@repo/local-postgres';
import { expect, test } from 'vitest';
import { processStart } from '../src/owner/process-identity.ts';
import { temporaryFolder } from './helpers/folder.ts';
import { killHard, ownerProcess } from './helpers/owner-process.ts';
import { query } from './helpers/query.ts';

test('rows, port and password survive a restart, and a restart needs no version', async () => {
  using folder = temporaryFolder();
  const persist = join(folder.path, 'not there yet');
  const first = await startPostgres({ persist, version: 16, source: 'embedded' });
  await query(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  await using second = await startPostgres({ persist });
  expect(second.url).toBe(first.url);
  expect(second.version).toBe(16);
  expect(await query(second.url, 'select answer, current_setting($$fsync$$) as fsync from kept')).toEqual([
    { answer: 42, fsync: 'on' },
  ]);
});

test('the password is readable for its owner alone', async () => {
  using folder = temporaryFolder();
  await using server = await startPostgres({ durable: false, persist: folder.path, source: 'embedded' });
  const file = join(folder.path, 'server.json');
  expect(readFileSync(file, 'utf8')).toContain(new URL(server.url).password);
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  expect(lstatSync(server.dataDirectory ?? '').mode & 0o777).toBe(0o700);
});

test('a taken remembered port is replaced for this run, and remembered for the next', async () => {
  using folder = temporaryFolder();
  const first = await startPostgres({ durable: false, persist: folder.path, source: 'embedded' });
  await first.stop();
  const port = Number(new URL(first.url).port);
  const squatter = createServer().listen(port, '127.0.0.1');
  const second = await startPostgres({ durable: false, persist: folder.path });
  expect(new URL(second.url).port).not.toBe(String(port));
  await second.stop();
  await new Promise((resolve) => squatter.close(resolve));
  await using third = await startPostgres({ durable: false, persist: folder.path });
  expect(third.url).toBe(first.url);
});

test('two starts on one folder at the same time: one server, one clear refusal', async () => {
  using folder = temporaryFolder();
  const both = await Promise.allSettled(
    [1, 2].map(() => startPostgres({ durable: false, persist: folder.path, source: 'embedded' })),
  );
  const started = both.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const refused = both.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(started).toHaveLength(1);
  expect(refused[0]).toMatchObject({ code: 'LP_FOLDER_IN_USE' });
  expect(refused[0].message).toContain(String(process.pid));
  await started[0]?.stop();
});

test('a start on a folder whose server runs says where that listens, and where its password is, which it does not print', async () => {
  using folder = temporaryFolder();
  await using first = await startPostgres({ durable: false, persist: folder.path, source: 'embedded' });
  const { host, password } = new URL(first.url);
  const refused = await startPostgres({ durable: false, persist: folder.path }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'LP_FOLDER_IN_USE' });
  expect(String(refused)).toContain(`${host} (its password is in ${join(folder.path, 'server.json')})`);
  expect(String(refused)).not.toContain(password);
});

test('a server whose owner and watchdog were both killed is stopped by the next start, and no committed row is lost', async () => {
  using folder = temporaryFolder();
  const { child, server } = await ownerProcess({ durable: false, persist: folder.path });
  await query(server.url, 'create table kept as select 42 as answer');
  process.kill(server.watchdog ?? 0, 'SIGKILL');
  await killHard(child);
  expect(processStart(server.pid ?? 0)).toBeDefined();
  await using next = await startPostgres({ durable: false, persist: folder.path });
  expect(processStart(server.pid ?? 0)).toBeUndefined();
  expect(next.url).toBe(server.url);
  expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a folder that was copied, also by another user, starts with its rows', async () => {
  using folder = temporaryFolder();
  const original = join(folder.path, 'original');
  const first = await startPostgres({ durable: false, persist: original, source: 'embedded' });
  await query(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  const copy = join(folder.path, 'copy');
  cpSync(original, copy, { recursive: true });
  await using second = await startPostgres({ durable: false, persist: copy });
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a start that fails leaves the folder as it was', async () => {
  using folder = temporaryFolder();
  const failed = startPostgres({
    durable: false,
    persist: folder.path,
    source: 'embedded',
    settings: { no_such_setting: '1' },
  });
  await expect(failed).rejects.toMatchObject({
    code: 'LP_START_FAILED',
    message: expect.stringContaining('no_such_setting'),
  });
  expect(existsSync(join(folder.path, 'server.json'))).toBe(false);
  await using server = await startPostgres({ durable: false, persist: folder.path, source: 'embedded' });
  expect(server.version).toBe(18);
});

test('data that has gone is reported, never replaced by an empty server', async () => {
  using folder = temporaryFolder();
  const server = await startPostgres({ durable: false, persist: folder.path, source: 'embedded' });
  await server.stop();
  rmSync(join(folder.path, 'data'), { recursive: true });
  await expect(startPostgres({ durable: false, persist: folder.path })).rejects.toMatchObject({
    code: 'LP_FOLDER_DAMAGED',
  });
});
