import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runMain } from './support/run-main.ts';

const CONTRACT = 'packages/db/migrations/20260201000000_contract';
/** A workspace with a schema, an app that uses it, and one that does not; nothing of it is installed but drizzle and the compiler. */
const FILES = {
  'pnpm-workspace.yaml': 'packages: [packages/*, apps/*]\n',
  'packages/db/package.json': JSON.stringify({ name: '@shop/db', type: 'module', exports: './schema.ts' }),
  'packages/db/db.config.ts': `const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
export default { domains: [{ name: 'shop', schema: 'shop', migrations: 'migrations', generator: 'drizzle.config.ts',
  load: async () => ({ schema: await import('./schema.ts'), objects: [], backfills: [], seed }) }] };`,
  'packages/db/drizzle.config.ts': "export default { dialect: 'postgresql', schema: './schema.ts' };",
  'packages/db/schema.ts': `import { integer, pgSchema, text } from 'drizzle-orm/pg-core';
const shop = pgSchema('shop');
const other = pgSchema('other');
export const orders = shop.table('orders', { id: integer().primaryKey(), total: integer() });
export const invoices = shop.table('invoices', { id: integer().primaryKey(), oldNote: text('old_note'), paid: integer() });
export const receipts = shop.table('receipts', { id: integer().primaryKey(), total: integer('sum') });
export const elsewhere = other.table('invoices', { id: integer().primaryKey(), oldNote: text('old_note') });`,
  'packages/db/backfills/fill.ts': "export const batch = 'UPDATE shop.orders SET note = 1';",
  'apps/api/package.json': JSON.stringify({ name: 'api', type: 'module', dependencies: { '@shop/db': 'workspace:*' } }),
  'apps/other/package.json': JSON.stringify({ name: 'other', type: 'module' }),
  'apps/other/src/main.ts': "export const query = 'SELECT note FROM shop.orders';",
};

/** Line by line: the code, and what is said of it where it names what goes. */
const APP: readonly (readonly [string, RegExp?])[] = [
  ["import { elsewhere, invoices as bills, orders, receipts } from '@shop/db';"],
  ["import { eq, sql } from 'drizzle-orm';"],
  ["import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';"],
  ['declare const db: PostgresJsDatabase;'],
  ['export const a = () => db.select({ id: bills.id }).from(bills);'],
  ['export const b = () => db.select().from(bills);', /select\(\) reads every declared column/],
  ['export const c = () => db.select({ note: bills.oldNote }).from(bills);', /names the column as \.oldNote/],
  ['export const d = () => db.insert(bills).values({ id: 1 });', /an insert names every declared column/],
  ["export const e = () => db.update(bills).set({ oldNote: 'x' });", /reads or writes oldNote/],
  [
    'export const f = () => db.update(bills).set({ paid: 1 }).returning();',
    /returning\(\) reads every declared column/,
  ],
  ['export const g = () => db.update(bills).set({ paid: 1 }).returning({ id: bills.id });'],
  ['export const h = (row: typeof bills.$inferSelect) => row.oldNote;', /reads or writes oldNote/],
  ['export const i = ({ oldNote }: typeof bills.$inferSelect) => oldNote;', /reads or writes oldNote/],
  ['export const j = () => db.select().from(elsewhere).where(eq(elsewhere.oldNote, "x"));'],
  ['export const k = () => db.execute(sql`SELECT old_note FROM shop.invoices`);', /SQL names old_note/],
  ['export const l = () => db.execute(sql`SELECT old_note FROM other.invoices`);'],
  [`export const m = (n: number) => sql\`coalesce(old_note, \${n})\`;`, /a fragment of SQL names old_note/],
  ['export const n = () => sql`old_note DESC NULLS`;', /a fragment of SQL names old_note/],
  ["export const o = () => 'UPDATE shop.orders SET note = 1';", /SQL names note/],
  ['export const p = () => sql`SELECT 1 FROM shop.orders AS o WHERE o."note" IS NULL`;', /SQL names note/],
  ["export const q = () => 'a note on orders';"],
  ["export const r = () => db.execute(sql`SELECT 'note' FROM shop.orders`);"],
  ['export const s = () => orders.total;'],
  // The column that goes was renamed in the database alone: the key is the new one's.
  ['export const u = () => receipts.total;'],
  ['export const v = () => sql`SELECT total FROM shop.receipts`;', /SQL names total/],
];

let root: string;
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: root, stdio: 'pipe' });

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'contract-uses-'));
  await write(FILES);
  await write({
    'packages/db/migrations/20260101000000_first/migration.sql':
      'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY)',
    'packages/db/migrations/20260101000000_first/down.sql': 'DROP SCHEMA shop CASCADE',
    'apps/api/src/main.ts': APP.map(([code]) => code).join('\n'),
    'apps/api/src/main.test.ts': 'export const t = () => "SELECT note FROM shop.orders";',
  });
  const here = join(import.meta.dirname, '..');
  for (const at of ['packages/db', 'apps/api']) {
    await mkdir(join(root, at, 'node_modules/@shop'), { recursive: true });
    for (const name of ['drizzle-orm', 'drizzle-kit'])
      await symlink(join(here, 'node_modules', name), join(root, at, 'node_modules', name));
  }
  await symlink(join(root, 'packages/db'), join(root, 'apps/api/node_modules/@shop/db'));
  git('init', '-q', '-b', 'main');
  git('add', '-A', '-f', 'packages', 'apps');
  git('commit', '-qm', 'first');
  git('checkout', '-qb', 'drop');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('`db check` names each place where code names what a new contract migration takes away, and no other', async () => {
  await write({
    [`${CONTRACT}/migration.sql`]:
      '-- db: contract\nALTER TABLE shop.orders DROP COLUMN note;\nALTER TABLE shop.invoices DROP COLUMN old_note;\nALTER TABLE shop.receipts DROP COLUMN total;',
    [`${CONTRACT}/down.sql`]: 'SELECT 1',
  });
  const args = ['--config', join(root, 'packages/db/db.config.ts'), 'check', '--json', '--base', 'main'];
  const { exit, stdout, stderr } = await runMain(args, root);
  expect(exit, stderr).toBe(2);
  const findings: { code: string; message: string }[] = JSON.parse(stdout).domains[0].findings;
  const said = findings.filter(({ code }) => code === 'DB_CONTRACT_USED').map(({ message }) => message);
  expect(said).toHaveLength(3);
  const places = said
    .join('\n')
    .split('\n')
    .map((line) => line.trim());
  for (const [at, [code, expected]] of APP.entries()) {
    const found = places.filter((line) => line.startsWith(`apps/api/src/main.ts:${at + 1}:`));
    expect({ code, found }).toEqual({ code, found: expected === undefined ? [] : [expect.stringMatching(expected)] });
  }
  expect(
    places.filter((line) => /^(?:apps|packages)\/.*:\d+:/.test(line) && !line.startsWith('apps/api/src/main.ts')),
  ).toEqual([expect.stringMatching(/^packages\/db\/schema\.ts:5: the schema declares old_note/)]);
});

test('code that names nothing of it, and contracts that the base branch has, give no finding', async () => {
  await write({ 'apps/api/src/main.ts': "import { orders } from '@shop/db';\nexport const s = () => orders.total;" });
  await write({ [`${CONTRACT}/migration.sql`]: '-- db: contract\nALTER TABLE shop.orders DROP COLUMN note;' });
  const args = ['--config', join(root, 'packages/db/db.config.ts'), 'check', '--json', '--base', 'main'];
  expect((await runMain(args, root)).stdout).not.toContain('DB_CONTRACT_USED');
});
