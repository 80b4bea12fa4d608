import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { commit, commitAll, git } from './support/git.ts';
import { createProject } from './support/project.ts';
import { runMain, startMain } from './support/run-main.ts';

const A = '20260101000000_orders';
const B = '20260102000000_note';
const ORDERS = 'CREATE SCHEMA shop;\nCREATE TABLE shop.orders (id bigint PRIMARY KEY, note text);\n';
const NOT_NULL = '-- A note.\n\nALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL;\n';

/** A folder with files, and no configuration. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lint-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function projectOnMain(migrations: Readonly<Record<string, string>>) {
  const project = await createProject(migrations);
  await project.writeConfig();
  commitAll(project.root);
  return project;
}

test('only migrations that are not on the base branch are looked at, with the tables of those that are', async () => {
  await using project = await projectOnMain({ [A]: ORDERS });
  git(project.root, 'switch', '--quiet', '--create', 'note');
  await project.write(B, NOT_NULL);
  const { exit, stdout, stderr } = await runMain(['lint'], project.root);
  expect(exit).toBe(2);
  expect(stdout).toContain(`migrations/${B}/migration.sql:3 error LINT_NOT_NULL_SCANS`);
  expect(stdout).toContain('ADD CONSTRAINT "orders_note_not_null" CHECK ("note" IS NOT NULL) NOT VALID;');
  expect(stdout).toContain('1 file: 1 error, 0 warnings');
  expect(stderr).toContain('files that are not in main');
  commit(project.root, 'note');
  git(project.root, 'switch', '--quiet', 'main');
  git(project.root, 'merge', '--quiet', 'note');
  expect((await runMain(['lint'], project.root)).stdout).toContain('0 files: 0 errors');
  expect((await runMain(['lint', '--all'], project.root)).exit).toBe(2);
});

test('an allow with a reason accepts a finding; one that nothing needs is a finding', async () => {
  await using project = await projectOnMain({ [A]: ORDERS });
  await project.write(B, `-- db: allow LINT_NOT_NULL_SCANS: the table has nine rows\n${NOT_NULL}`);
  const accepted = await runMain(['lint', '--json'], project.root);
  expect(accepted.exit).toBe(0);
  expect(JSON.parse(accepted.stdout)).toMatchObject({
    version: 1,
    command: 'lint',
    ok: true,
    domains: [{ domain: 'shop', findings: [], allowed: [{ reason: 'the table has nine rows' }] }],
  });
  await project.write(B, `-- db: allow LINT_RENAME: of old\n-- db: allow LINT_NOT_NULL_SCANS: small\n${NOT_NULL}`);
  const unused = await runMain(['lint', '--format', 'json'], project.root);
  expect(unused.exit).toBe(2);
  expect(JSON.parse(unused.stdout)).toMatchObject({
    code: 'DB_FINDINGS',
    domains: [{ findings: [{ code: 'LINT_UNUSED_ALLOW', message: 'nothing in this file is LINT_RENAME' }] }],
  });
});

test('a warning fails with --strict alone', async () => {
  await using project = await projectOnMain({ [A]: ORDERS });
  await project.write(B, '-- A code.\n\nALTER TABLE shop.orders ADD COLUMN code varchar(8);\n');
  expect((await runMain(['lint'], project.root)).exit).toBe(0);
  expect((await runMain(['lint', '--strict'], project.root)).exit).toBe(2);
});

test('a folder of another project is looked at without a configuration, in the order of its names, ways back left out', async () => {
  await using folder = await folderOf({
    'sql/V2__note.sql': 'ALTER TABLE orders ADD COLUMN note text NOT NULL;',
    'sql/V10__index.sql': 'CREATE INDEX orders_note ON orders (note);',
    'sql/V1__orders.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY);',
    'sql/U2__note.sql': 'ALTER TABLE orders DROP COLUMN note;',
    'dbmate/1_a.sql': '-- migrate:up\nCREATE TABLE a (id bigint PRIMARY KEY);\n-- migrate:down\nDROP TABLE a;\n',
  });
  const { exit, stdout } = await runMain(['lint', 'sql'], folder.path);
  expect(exit).toBe(2);
  const places = stdout.match(/^sql\S+ (?:error|warning) \S+/gm);
  expect(places).toEqual([
    'sql/V2__note.sql:1 error LINT_COLUMN_NOT_NULL',
    'sql/V2__note.sql:1 warning LINT_NO_LOCK_TIMEOUT',
    'sql/V10__index.sql:1 error LINT_INDEX_BLOCKS',
  ]);
  expect((await runMain(['lint', 'dbmate'], folder.path)).exit).toBe(0);
  const one = await runMain(['lint', 'sql/V10__index.sql', '--json'], folder.path);
  expect(JSON.parse(one.stdout)).toMatchObject({ plain: { files: 1, findings: [{ code: 'LINT_INDEX_BLOCKS' }] } });
  expect((await runMain(['lint', 'nothing'], folder.path)).stderr).toContain('no such file or folder');
  expect((await runMain(['lint'], folder.path)).exit).toBe(64);
});

test('a file that is no SQL is a finding with its place, and the others are looked at', async () => {
  await using folder = await folderOf({ '1.sql': 'CREATE TABEL a ();', '2.sql': 'TRUNCATE a CASCADE;' });
  const { exit, stdout } = await runMain(['lint', '.'], folder.path);
  expect(exit).toBe(2);
  expect(stdout).toContain('1.sql:1 error DB_FILE_SYNTAX');
  expect(stdout).toContain('2.sql:1 error LINT_TRUNCATE_CASCADE');
});

test('annotations escape what GitHub would take for its own signs', async () => {
  await using folder = await folderOf({ 'a,b:c.sql': 'ALTER TABLE t\n  ALTER COLUMN c SET NOT NULL;' });
  const { stdout } = await runMain(['lint', '.', '--format', 'github'], folder.path);
  expect(stdout).toMatch(/^::error file=a%2Cb%3Ac\.sql,line=1,title=LINT_NOT_NULL_SCANS::nobody can use t .*%0A/m);
});

interface Sarif {
  readonly version: string;
  readonly $schema: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
    }[];
  }[];
}

test('SARIF 2.1.0: each result names a rule of the run, a level, a text, and a place as a relative URI', async () => {
  await using folder = await folderOf({ 'a folder/1.sql': 'CREATE TABLE t (id serial);\nDROP SCHEMA x CASCADE;' });
  const { stdout } = await runMain(['lint', '.', '--format', 'sarif'], folder.path);
  const sarif = JSON.parse(stdout) as Sarif;
  expect(sarif).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-2.1.0') });
  const [run] = sarif.runs;
  expect(run?.tool.driver.name).toBe('db lint');
  expect(run?.results.map(({ ruleId }) => ruleId)).toContain('LINT_SCHEMA_DROPPED');
  for (const { ruleId, ruleIndex, level, message, locations } of run?.results ?? []) {
    expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(['error', 'warning']).toContain(level);
    expect(message.text).not.toBe('');
    expect(locations[0]?.physicalLocation.artifactLocation.uri).toBe('a%20folder/1.sql');
    expect(locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0);
  }
});

test('without a repository it says so, and looks only when told to go without', async () => {
  await using project = await createProject({ [A]: ORDERS });
  await project.writeConfig();
  const { exit, stderr } = await runMain(['lint'], project.root);
  expect(exit).toBe(64);
  expect(stderr).toContain('no git repository');
  expect((await runMain(['lint', '--no-base'], project.root)).exit).toBe(0);
});

test('a reader that has had enough ends nothing: the exit code stays, and there is no stack', async () => {
  await using folder = await folderOf({ '1.sql': 'ALTER TABLE t ALTER COLUMN c SET NOT NULL;\n'.repeat(3000) });
  const { child, ended } = startMain(['lint', '.'], folder.path);
  child.stdout?.destroy();
  const { exit, stderr } = await ended;
  expect([exit, stderr]).toEqual([2, '']);
});
