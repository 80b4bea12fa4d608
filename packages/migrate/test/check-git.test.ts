import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrationFile } from '../src/files/migration-file.ts';
import { commitAll, git } from './support/git.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_orders';
const B = '20260102000000_note';
const ORDERS = '-- Orders.\n\nCREATE SCHEMA shop;\nCREATE TABLE shop.orders (id bigint PRIMARY KEY, note text);\n';
const CODE = '-- A code.\n-- db: irreversible: a test\n\nALTER TABLE shop.orders ADD COLUMN code text;\n';

/** A project below this package, so that it finds drizzle-kit, in a repository of its own whose `main` has the first migration. */
async function projectOnMain(): Promise<Project> {
  const project = await createProject({ [A]: `-- db: irreversible: a test\n${ORDERS}` }, [], import.meta.dirname);
  await project.writeConfig();
  await writeFile(join(project.root, 'package.json'), '{ "type": "module" }');
  commitAll(project.root);
  return project;
}

interface Checked {
  readonly exit: number | string | null;
  readonly messages: readonly string[];
  readonly warnings: readonly string[];
}

interface Found {
  readonly message: string;
  readonly code: string;
}

interface Answer {
  readonly findings: readonly Found[];
  readonly domains: readonly { readonly findings: readonly Found[]; readonly warnings: readonly Found[] }[];
}

async function check(
  root: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Checked> {
  const { exit, stdout } = await runMain(['check', '--json', ...args], root, environment);
  const answer = JSON.parse(stdout) as Answer;
  const inWords = ({ code, message }: Found) => `${code} ${message}`;
  return {
    exit,
    messages: [...answer.findings, ...answer.domains.flatMap(({ findings }) => findings)].map(inWords),
    warnings: answer.domains.flatMap(({ warnings }) => warnings.map(inWords)),
  };
}

test('a file that is on the base branch must be there as it was, whatever its line ends; new ones are linted', async () => {
  await using project = await projectOnMain();
  const path = join(project.root, 'migrations', A, 'migration.sql');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replaceAll('\n', '\r\n'));
  await project.write(B, CODE);
  expect(await check(project.root)).toEqual({ exit: 0, messages: [], warnings: [] });
  await writeFile(path, text.replace('Orders.', 'The orders.'));
  const hasty = 'ALTER COLUMN note SET NOT NULL, ADD COLUMN code char(3)';
  await project.write(B, CODE.replace('ADD COLUMN code text', hasty));
  const edited = await check(project.root);
  expect(edited.exit).toBe(2);
  expect(edited.messages).toEqual([
    expect.stringContaining(`migrations/${A}/migration.sql was edited; it is on main`),
    expect.stringContaining(`LINT_NOT_NULL_SCANS migrations/${B}/migration.sql:4: `),
  ]);
  expect(edited.warnings).toEqual([expect.stringContaining('LINT_CHAR')]);
  await rm(join(project.root, 'migrations', A), { recursive: true });
  expect((await check(project.root)).messages).toContainEqual(expect.stringContaining(`${A}/migration.sql is gone`));
});

test('an edit that the configuration declares is none', async () => {
  await using project = await projectOnMain();
  const config = await readFile(join(project.root, 'db.config.ts'), 'utf8');
  const declared = `edits: [{ file: '${A}/*.sql', reason: 'nothing is released' }], load:`;
  await writeFile(join(project.root, 'db.config.ts'), config.replace('load:', declared));
  await project.write(A, `-- db: irreversible: a test\n${ORDERS}-- One more line.\n`);
  expect((await check(project.root)).messages).toEqual([]);
});

test('a baseline may take the place of what it names, and is not linted: its tables were there', async () => {
  await using project = await projectOnMain();
  const { checksum } = migrationFile({
    name: A,
    path: '',
    sql: await readFile(join(project.root, 'migrations', A, 'migration.sql'), 'utf8'),
    down: null,
  });
  await project.remove(A);
  await project.write(
    '20260103000000_baseline',
    `-- db: replaces ${A} ${checksum}\n-- db: irreversible: a test\n${ORDERS.replace('bigint', 'serial')}`,
  );
  expect(await check(project.root)).toEqual({ exit: 0, messages: [], warnings: [] });
});

test('a new file that cannot be run is one finding, though several parts read it', async () => {
  await using project = await projectOnMain();
  await project.write(B, '-- Only words.\n-- Purpose: a test.\n');
  expect((await check(project.root)).messages).toEqual([expect.stringContaining('DB_FILE_EMPTY')]);
});

test('where nothing can be compared with, that is a finding: no such branch, nothing in common, a shallow clone', async () => {
  await using project = await projectOnMain();
  expect((await check(project.root, ['--base', 'release'])).messages).toEqual([
    expect.stringContaining('there is no base branch: looked for release'),
  ]);
  git(project.root, 'commit', '--quiet', '--allow-empty', '--message', 'second');
  git(project.root, 'switch', '--quiet', '--orphan', 'new');
  git(project.root, 'checkout', '--quiet', 'main', '--', '.');
  git(project.root, 'commit', '--quiet', '--message', 'another beginning');
  expect((await check(project.root)).messages).toEqual([expect.stringContaining('no commit is in both')]);
  const clone = await mkdtemp(join(import.meta.dirname, '.project-'));
  try {
    git(clone, 'clone', '--quiet', '--depth=1', '--no-single-branch', `file://${project.root}`, '.');
    expect((await check(clone, ['--base', 'main'])).messages).toEqual([
      expect.stringContaining('the clone is shallow'),
    ]);
  } finally {
    await rm(clone, { recursive: true });
  }
});

test('outside of a repository it says so, and checks the rest only when told to go without', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'no-git-'));
  try {
    await writeFile(join(outside, 'db.config.ts'), 'export default { domains: [] };\n');
    expect((await check(outside)).messages).toEqual([expect.stringContaining('no git repository')]);
    expect((await check(outside, ['--no-base'])).exit).toBe(0);
  } finally {
    await rm(outside, { recursive: true });
  }
});

test('in a git hook, where git says where it works, it looks at the same repository', async () => {
  await using project = await projectOnMain();
  const hook = { GIT_DIR: '/nowhere/.git', GIT_INDEX_FILE: '/nowhere/index', GIT_PREFIX: 'packages/' };
  expect(await check(project.root, [], hook)).toMatchObject({ exit: 0, messages: [] });
});

test('generated files that are not what the code and the migrations give are findings', async () => {
  await using project = await projectOnMain();
  const config = await readFile(join(project.root, 'db.config.ts'), 'utf8');
  const declared = "generated: { pages: 'docs', script: 'first.sql', command: 'npm run pages' },\n  domains:";
  await writeFile(join(project.root, 'db.config.ts'), config.replace('domains:', declared));
  expect((await check(project.root)).messages).toContain('DB_FINDINGS first.sql is out of date: run `npm run pages`');
  await runMain(['script', '--out', 'first.sql'], project.root);
  await runMain(['docs', '--out', 'docs'], project.root);
  expect((await check(project.root)).messages).toEqual([]);
});
