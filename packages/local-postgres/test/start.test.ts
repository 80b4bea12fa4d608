import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { startPostgres, supportedVersions } from '@repo/local-postgres';
import { describe, expect, test } from 'vitest';
import { processStart } from '../src/owner/process-identity.ts';
import { query } from './helpers/query.ts';

describe.each(supportedVersions)('PostgreSQL %i', (version) => {
  test('starts, is the version it says, UTF8 with locale C in UTC, and takes 200 connections', async () => {
    await using server = await startPostgres({ version, source: 'embedded' });
    const [row] = await query(
      server.url,
      `select current_setting('server_version_num')::int / 10000 as major, getdatabaseencoding() as encoding, datcollate,
         current_setting('timezone') as zone, current_setting('max_connections') as connections, current_setting('fsync') as fsync
       from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({
      major: version,
      encoding: 'UTF8',
      datcollate: 'C',
      zone: 'UTC',
      connections: '200',
      fsync: 'off',
    });
    expect(server).toMatchObject({ version, source: 'embedded' });
  });
});

test('stop() leaves neither process nor folder, and may be called twice', async () => {
  const server = await startPostgres({ source: 'embedded' });
  const { pid = 0, dataDirectory = '' } = server;
  expect(existsSync(dataDirectory)).toBe(true);
  await Promise.all([server.stop(), server.stop()]);
  expect(processStart(pid)).toBeUndefined();
  expect(existsSync(dirname(dataDirectory))).toBe(false);
});

test('nobody gets in over TCP without the password', async () => {
  await using server = await startPostgres({ source: 'embedded' });
  const wrong = new URL(server.url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('settings of the caller win over ours, durable turns fsync on', async () => {
  await using server = await startPostgres({
    source: 'embedded',
    durable: true,
    settings: { max_connections: '20', wal_level: 'logical', search_path: '"a b", public' },
  });
  const [row] = await query(
    server.url,
    `select current_setting('max_connections') as connections, current_setting('wal_level') as wal, current_setting('fsync') as fsync,
       current_setting('search_path') as path`,
  );
  expect(row).toEqual({ connections: '20', wal: 'logical', fsync: 'on', path: '"a b", public' });
});

test('eight servers started at once get eight ports', async () => {
  const servers = await Promise.all(Array.from({ length: 8 }, () => startPostgres({ source: 'embedded' })));
  expect(new Set(servers.map((server) => new URL(server.url).port)).size).toBe(8);
  await Promise.all(servers.map((server) => server.stop()));
});

test('a server taken by URL is used as it is and outlives stop()', async () => {
  await using own = await startPostgres({ source: 'embedded', version: 15 });
  const taken = await startPostgres({ url: own.url, version: 18 });
  expect(taken).toMatchObject({ url: own.url, source: 'url', version: 15 });
  await taken.stop();
  expect(await query(own.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});
