import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testServers } from '@repo/local-postgres/vitest';
import { expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { commit, commitAll, git } from './support/git.ts';
import { type Ended, runMain } from './support/run-main.ts';

const KIT = join(import.meta.dirname, '../node_modules/drizzle-kit/bin.cjs');
const COLUMNS = { left: "left: text('left')", right: "right: integer('right').notNull().default(0)" };
const [{ url: server } = { url: '' }] = testServers();

/** A project on drizzle-kit in a repository of its own, below this package so that it finds the generator. */
interface BranchedProject extends AsyncDisposable {
  readonly root: string;
  schema(...columns: readonly string[]): Promise<void>;
  /** Has drizzle-kit write a migration under a name of its own, and adds what every migration must have. */
  generate(name: string): Promise<void>;
  folders(): Promise<readonly string[]>;
  db(...args: readonly string[]): Promise<Ended>;
  findings(): Promise<readonly string[]>;
}

async function branchedProject(): Promise<BranchedProject> {
  const root = await mkdtemp(join(import.meta.dirname, '.project-'));
  const folders = async () => (await readdir(join(root, 'migrations')).catch(() => [])).sort();
  const write = (file: string, text: string) => writeFile(join(root, file), text);
  const db = (...args: readonly string[]) => runMain(args, root);
  await write('package.json', '{ "type": "module" }');
  await write(
    'db.config.ts',
    `const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
export default { domains: [{ name: 'shop', schema: 'shop', migrations: 'migrations', generator: 'drizzle.config.ts',
  load: async () => ({ schema: await import('./schema.ts'), objects: [], backfills: [], seed }) }] };\n`,
  );
  return {
    root,
    folders,
    db,
    schema: (...columns) =>
      write(
        'schema.ts',
        `import { bigint, integer, pgSchema, text } from 'drizzle-orm/pg-core';\nvoid [integer, text];\nexport const shop = pgSchema('shop');\nexport const orders = shop.table('orders', { id: bigint('id', { mode: 'number' }).primaryKey(), ${columns.join(', ')} });\n`,
      ),
    generate: async (name) => {
      const before = await folders();
      await write(
        'drizzle.config.ts',
        "export default { dialect: 'postgresql', schema: './schema.ts', out: './migrations' };\n",
      );
      await promisify(execFile)(process.execPath, [KIT, 'generate', '--name', name.slice(15)], { cwd: root });
      const [made = ''] = (await folders()).filter((folder) => !before.includes(folder));
      const text = await readFile(join(root, 'migrations', made, 'migration.sql'), 'utf8');
      await write(join('migrations', made, 'migration.sql'), `-- ${name}\n-- db: irreversible: a test\n${text}\n`);
      await rename(join(root, 'migrations', made), join(root, 'migrations', name));
    },
    findings: async () => {
      const { stdout } = await db('check', '--json');
      const answer = JSON.parse(stdout) as { domains: [{ findings: readonly { message: string }[] }] };
      return answer.domains[0].findings.map(({ message }) => message);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** `main` has a second migration, and so has the branch `mine`, which is checked out; both follow the first. */
async function forked(mine: readonly string[], theirs: readonly string[]): Promise<BranchedProject> {
  const project = await branchedProject();
  const { root } = project;
  await project.schema();
  git(root, 'init', '--quiet', '--initial-branch=main');
  await project.generate('20260101000000_orders');
  commitAll(root);
  git(root, 'switch', '--quiet', '--create', 'mine');
  await project.schema(...mine);
  await project.generate('20260102000000_mine');
  commit(root, 'mine');
  git(root, 'switch', '--quiet', 'main');
  await project.schema(...theirs);
  await project.generate('20260103000000_theirs');
  commit(root, 'theirs');
  git(root, 'switch', '--quiet', 'mine');
  return project;
}

/** Merges main as a person does who resolves the schema by hand. */
async function merge({ root, schema }: BranchedProject, ...columns: readonly string[]): Promise<void> {
  try {
    git(root, 'merge', '--quiet', 'main');
  } catch {
    // Both changed the schema in one place.
  }
  await schema(...columns);
  commit(root, 'merged');
}

test('two branches that add a column each: check sees the fork before and after the merge, rebase mends it where no database has it, and both columns arrive', async () => {
  await using project = await forked([COLUMNS.left], [COLUMNS.right]);
  const both = '20260102000000_mine and 20260103000000_theirs both touch shop.orders';
  expect(await project.findings()).toEqual([
    `main has 20260103000000_theirs, which 20260102000000_mine does not know; ${both}: merge main, then run \`pnpm db rebase --domain shop\``,
  ]);
  expect((await project.db('rebase')).stderr).toMatch(
    /merge it first\n.*\n {2}fix: merge the base branch, .* keep the folders/,
  );
  await using tried = await emptyDatabase(server);
  expect(await project.db('migrate', '--url', tried.url)).toMatchObject({ exit: 0 });
  await merge(project, COLUMNS.left, COLUMNS.right);
  expect(await project.findings()).toEqual([
    `a fork: 20260102000000_mine and 20260103000000_theirs both follow 20260101000000_orders; ${both}: run \`pnpm db rebase --domain shop\``,
  ]);

  const applied = await project.db('rebase', '--yes', '--url', tried.url);
  expect(applied).toMatchObject({ exit: 4, stderr: expect.stringContaining('DB_REBASE_APPLIED') });
  const shown = await project.db('rebase');
  expect(shown.exit).toBe(3);
  expect(shown.stdout).toMatch(/20260102000000_mine would be \d{14}_mine; its snapshot follows the base/);
  expect(shown.stdout).toContain(`read both: ${both}`);
  expect(await project.folders()).toContain('20260102000000_mine');

  const done = await project.db('rebase', '--yes', '--json');
  expect(JSON.parse(done.stdout)).toMatchObject({ ok: true, domains: [{ written: true, ahead: 0 }] });
  const folders = await project.folders();
  expect(folders.slice(0, 2)).toEqual(['20260101000000_orders', '20260103000000_theirs']);
  expect(folders[2]).toMatch(/^20\d{12}_mine$/);
  expect(await project.findings()).toEqual([]);
  expect((await project.db('rebase')).stdout).toContain('nothing to do');

  await using database = await emptyDatabase(server);
  expect(await project.db('migrate', '--url', database.url)).toMatchObject({ exit: 0 });
  const columns = await database.sql`SELECT column_name FROM information_schema.columns WHERE table_name = 'orders'`;
  expect(columns.map(({ column_name }) => column_name).sort()).toEqual(['id', 'left', 'right']);
}, 180_000);

test('what both branches changed is refused, and nothing is changed', async () => {
  await using project = await forked([COLUMNS.left], ["left: integer('left')"]);
  await merge(project, COLUMNS.left);
  const before = await project.folders();
  const clash = await project.db('rebase', '--yes');
  expect(clash).toMatchObject({ exit: 4, stderr: expect.stringContaining('both change col shop.orders.left') });
  expect(await project.folders()).toEqual(before);
}, 180_000);
