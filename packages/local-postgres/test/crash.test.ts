import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { startPostgres, sweep } from '@repo/local-postgres';
import { expect, test } from 'vitest';
import { processStart } from '../src/owner/process-identity.ts';
import { eventually } from './helpers/eventually.ts';
import { temporaryFolder } from './helpers/folder.ts';
import { killHard, ownerProcess } from './helpers/owner-process.ts';
import { query } from './helpers/query.ts';

test('kill -9 of the owner: server, folder and watchdog are gone within seconds, with nobody else doing anything', async () => {
  const { child, server } = await ownerProcess({});
  await killHard(child);
  const { pid = 0, dataDirectory = '', watchdog = 0 } = server;
  expect(await eventually(() => processStart(pid) === undefined)).toBe(true);
  expect(await eventually(() => !existsSync(dirname(dataDirectory)))).toBe(true);
  expect(await eventually(() => processStart(watchdog) === undefined)).toBe(true);
});

test('an owner that ends without stop() leaves nothing either', async () => {
  const { child, server } = await ownerProcess({});
  child.kill('SIGTERM');
  expect(await eventually(() => !existsSync(dirname(server.dataDirectory ?? '')))).toBe(true);
  expect(processStart(server.pid ?? 0)).toBeUndefined();
});

test('kill -9 of owner and watchdog: the next sweep ends the server and removes the folder', async () => {
  const { child, server } = await ownerProcess({});
  process.kill(server.watchdog ?? 0, 'SIGKILL');
  await killHard(child);
  await sweep();
  expect(processStart(server.pid ?? 0)).toBeUndefined();
  expect(existsSync(dirname(server.dataDirectory ?? ''))).toBe(false);
});

test('a sweep leaves the servers of living processes alone', async () => {
  await using mine = await startPostgres({ source: 'embedded' });
  const { child, server } = await ownerProcess({});
  await sweep();
  expect(await query(mine.url, 'select 1 as one')).toHaveLength(1);
  expect(await query(server.url, 'select 1 as one')).toHaveLength(1);
  child.stdin?.end();
  expect(await eventually(() => !existsSync(dirname(server.dataDirectory ?? '')))).toBe(true);
});

test('kill -9 of the owner of a persisted folder stops the server and keeps the rows', async () => {
  using folder = temporaryFolder();
  const { child, server } = await ownerProcess({ durable: false, persist: folder.path });
  await query(server.url, 'create table kept as select 42 as answer');
  await killHard(child);
  expect(await eventually(() => processStart(server.pid ?? 0) === undefined)).toBe(true);
  await using next = await startPostgres({ durable: false, persist: folder.path });
  expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});
