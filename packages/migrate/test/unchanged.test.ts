import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { knownUnchanged, type Project, rememberUnchanged } from '../src/author/unchanged.ts';
import type { DomainConfig } from '../src/config.ts';

async function createProject(): Promise<
  AsyncDisposable & { project: Project; write(path: string, text: string): Promise<void> }
> {
  const root = await mkdtemp(join(tmpdir(), 'unchanged-'));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await write('node_modules/x', '');
  await write('db.config.ts', "export default { domains: [{ load: () => import('./src/domain.ts') }] };");
  await write('drizzle/shop.config.ts', "export default { schema: './src/schema.ts' };");
  await write('src/domain.ts', "import { objects } from '../src/objects.ts';");
  await write('src/objects.ts', 'export const objects = [];');
  await write('src/schema.ts', "export * from './tables/orders.ts';");
  await write('src/tables/orders.ts', 'export const orders = 1;');
  await write('migrations/20260101000000_a/migration.sql', '-- A.\n-- Purpose: say.\n\nCREATE TABLE a ();\n');
  await write('migrations/20260101000000_a/snapshot.json', '{}');
  const domain = { name: 'shop', migrations: 'migrations', generator: 'drizzle/shop.config.ts' } as DomainConfig;
  return {
    project: { root, configFile: join(root, 'db.config.ts'), domains: [domain] },
    write,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

test('nothing is taken for unchanged before a run has said so, nor for a domain of which it did not', async () => {
  await using one = await createProject();
  const { project } = one;
  const known = (...names: string[]) => knownUnchanged(project.configFile, names);
  expect(known()).toBeNull();
  const other = { name: 'other', migrations: 'other', generator: 'drizzle/other.config.ts' } as DomainConfig;
  const two = { ...project, domains: [other, ...project.domains] };
  rememberUnchanged(two, project.domains);
  expect(known('shop')).toEqual(['shop']);
  expect(known()).toBeNull();
  expect(known('nobody')).toBeNull();
  rememberUnchanged(two, two.domains);
  expect(known()).toEqual(['other', 'shop']);
  expect(knownUnchanged(join(project.root, 'another.config.ts'), [])).toBeNull();
});

test.each([
  ['a table in a module that the schema exports', 'src/tables/orders.ts', 'export const orders = 2;'],
  ['an object', 'src/objects.ts', 'export const objects = [1];'],
  [
    'the configuration',
    'db.config.ts',
    "export default { domains: [{ load: () => import('./src/domain.ts'), name: 1 }] };",
  ],
  [
    'the generator’s configuration',
    'drizzle/shop.config.ts',
    "export default { schema: './src/schema.ts', casing: 'x' };",
  ],
  ['a statement of the history', 'migrations/20260101000000_a/migration.sql', '-- A.\n\nCREATE TABLE b ();\n'],
  ['a snapshot', 'migrations/20260101000000_a/snapshot.json', '{"id":1}'],
  ['a new migration', 'migrations/20260101000001_b/migration.sql', 'CREATE TABLE b ();\n'],
])('%s that changes is seen, and that it is as before, too', async (_, path, text) => {
  await using one = await createProject();
  rememberUnchanged(one.project, one.project.domains);
  await one.write(path, text);
  expect(knownUnchanged(one.project.configFile, [])).toBeNull();
  rememberUnchanged(one.project, one.project.domains);
  expect(knownUnchanged(one.project.configFile, [])).toEqual(['shop']);
});

test('a purpose written into the header changes nothing', async () => {
  await using one = await createProject();
  rememberUnchanged(one.project, one.project.domains);
  await one.write('migrations/20260101000000_a/migration.sql', '-- A.\n-- Purpose: a reason.\n\nCREATE TABLE a ();\n');
  expect(knownUnchanged(one.project.configFile, [])).toEqual(['shop']);
});
