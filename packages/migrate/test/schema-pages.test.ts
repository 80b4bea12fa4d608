import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const FIRST = '20260101000000_shop';
const SECOND = '20260102000000_notes';
const UP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.plans (id text PRIMARY KEY);
  COMMENT ON TABLE shop.plans IS 'One row per plan | that is sold.';
  CREATE TABLE shop.orders (id bigint NOT NULL, at date NOT NULL, plan text REFERENCES shop.plans ON DELETE SET NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE shop.orders_2026 PARTITION OF shop.orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  COMMENT ON TABLE shop.orders IS 'One row per order.';
  CREATE VIEW shop.sold AS SELECT plan, count(*) FROM shop.orders GROUP BY plan;`;

const newest = testServers().at(-1)?.url ?? '';

const docs = (project: Project, ...more: readonly string[]) =>
  runMain(['docs', '--out', 'docs', '--scratch-url', newest, ...more], project.root);

async function withPages(project: Project): Promise<void> {
  await project.writeConfig();
  const file = join(project.root, 'db.config.ts');
  const text = await readFile(file, 'utf8');
  const generated = `generated: { schema: { folder: 'docs/schema', source: () => 'src' }, command: 'db docs' },`;
  await writeFile(file, text.replace('export default {', `export default { ${generated}`));
  await mkdir(join(project.root, 'src'));
  await writeFile(
    join(project.root, 'src/schema.ts'),
    "/** What a shop sells. */\nexport const shop = pgSchema('shop');\n/** How often each plan\n * was sold. */\nexport const sold = shop.view('sold');\n",
  );
}

test('a page has the diagram and a sentence for each table and view, and its seal tells without a server when it is out of date', async () => {
  await using project = await createProject({ [FIRST]: UP });
  await withPages(project);
  expect((await docs(project, '--check')).stdout).toContain('docs/schema/shop.md: out of date');
  expect((await docs(project)).exit).toBe(0);
  const index = await readFile(join(project.root, 'docs/schema/README.md'), 'utf8');
  expect(index).toContain('- [shop](shop.md): What a shop sells.\n');
  const file = join(project.root, 'docs/schema/shop.md');
  const page = await readFile(file, 'utf8');
  expect(page).toContain('  plans |o--o{ orders : "plan, on delete set null"');
  expect(page).toContain('| `plans` | One row per plan \\| that is sold. |');
  expect(page).toContain('| `sold` | view | How often each plan was sold. |');
  expect(page).not.toContain('orders_2026');
  const check = async () => (await runMain(['docs', '--out', 'docs', '--check'], project.root)).exit;
  expect(await check()).toBe(0);

  await writeFile(file, page.replace('One row per order.', 'One row.'));
  expect(await check()).toBe(2);
  await writeFile(file, page);
  await writeFile(join(project.root, 'src/schema.ts'), "/** Sold. */\nexport const sold = shop.view('sold');\n");
  expect(await check()).toBe(2);
  await docs(project);
  expect(await check()).toBe(0);
  await project.write(SECOND, 'CREATE TABLE shop.notes (id int)');
  expect(await check()).toBe(2);
  const { stdout, stderr } = await docs(project);
  expect(stdout).toContain('docs/schema/shop.md: written');
  expect(stderr).toContain('nothing says what one row of shop.notes is');
  expect(await check()).toBe(0);
});
