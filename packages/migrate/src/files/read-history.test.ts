import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHistory } from './read-history.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'read history-'));
});
afterAll(() => rm(root, { recursive: true }));

async function folder(name: string, migrations: Readonly<Record<string, string>>): Promise<string> {
  for (const [migration, sql] of Object.entries(migrations)) {
    await mkdir(join(root, name, migration), { recursive: true });
    await writeFile(join(root, name, migration, 'migration.sql'), sql);
  }
  return join(root, name);
}

test('files come in name order, with their down where one is there', async () => {
  const path = await folder('good', { '20260102000000_b': 'SELECT 2', '20260101000000_a': 'SELECT 1' });
  await writeFile(join(path, '20260101000000_a', 'down.sql'), 'SELECT -1');
  const files = await readHistory(path, root);
  expect(files.map(({ name, down }) => [name, down?.sql ?? null])).toEqual([
    ['20260101000000_a', 'SELECT -1'],
    ['20260102000000_b', null],
  ]);
});

test.each([
  ['DB_FILE_NAME', { '001_init': 'SELECT 1' }],
  ['DB_FILE_NAME', { '20260101000000_Upper': 'SELECT 1' }],
  ['DB_FILE_NAME', { [`20260101000000_${'x'.repeat(60)}`]: 'SELECT 1' }],
  ['DB_FILE_EMPTY', { '20260101000000_a': '' }],
  ['DB_FILE_LARGE', { '20260101000000_a': `SELECT 1; --${'x'.repeat(10 * 1024 * 1024)}` }],
] as const)('%s', async (code, migrations) => {
  const path = await folder(`${code}-${Object.keys(migrations)[0]}`, migrations as Record<string, string>);
  await expect(readHistory(path, root)).rejects.toMatchObject({ code });
});

test('a down without an up is named', async () => {
  const path = await folder('alone', { '20260101000000_a': 'SELECT 1' });
  await mkdir(join(path, '20260102000000_b'));
  await writeFile(join(path, '20260102000000_b', 'down.sql'), 'SELECT 1');
  await expect(readHistory(path, root)).rejects.toMatchObject({
    code: 'DB_DOWN_ALONE',
    exit: 4,
    facts: { at: 'alone/20260102000000_b' },
  });
});

test('a folder that is not there is named', async () => {
  await expect(readHistory(join(root, 'nowhere'), root)).rejects.toMatchObject({
    code: 'DB_FOLDER_MISSING',
    facts: { at: 'nowhere' },
  });
});
