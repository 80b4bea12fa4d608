import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createTestDatabase } from '@repo/local-postgres';
import { describe, expect, test } from 'vitest';
import { headsFile } from '../scripts/heads.ts';
import { pictureLines, terminalSvg } from '../scripts/start-picture.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = markdownFiles();

/** Every page of the workspace, whatever version control says of it. */
function markdownFiles(): readonly string[] {
  const elsewhere = new Set(['node_modules', 'dist', '.data', '.git', '.turbo', 'coverage']);
  return globSync('**/*.md', { cwd: root, exclude: (path) => elsewhere.has(basename(path)) }).sort();
}

/** The anchors that a page's headings get: lower case, spaces as hyphens, other signs dropped. */
function anchors(text: string): ReadonlySet<string> {
  const headings = [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** What a page has as code: fenced blocks, then spans. */
const code = (text: string) =>
  [...(text.match(/^ *```[\s\S]*?^ *```/gm) ?? []), ...(withoutFences(text).match(/`[^`]+`/g) ?? [])].join('\n');

const withoutFences = (text: string) => text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

function brokenLinks(page: string): readonly string[] {
  const links = [...withoutFences(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? join(root, page) : resolve(root, dirname(page), path);
    if (!existsSync(target) || relative(root, target).startsWith('..')) return true;
    return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).has(anchor);
  });
}

test.each(pages)('every relative link of %s leads somewhere', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test('docs/cli.md and docs/errors.md are what the code prints', () => {
  const args = ['packages/migrate/src/cli/main.js', '--config', 'packages/db/db.config.ts', 'docs', '--check'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: bareEnvironment() });
  expect(stdout).not.toContain('out of date');
  expect(status).toBe(0);
});

test("the heads by which a build's connections say what it knows are those of the histories", async () => {
  expect(read('packages/db/src/client/heads.ts')).toBe(await headsFile());
});

/** Without INIT_CWD, by which a package manager says where a person stands: `--out` is relative to it. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return { PATH: dirname(process.execPath) };
}

test('every error code that a page names exists', () => {
  const known = new Set(read('docs/errors.md').match(/\bDB_[A-Z_]+/g));
  const variables = new Set(['DB_PORT', 'DB_RESET_HOSTS']);
  const unknown = pages.flatMap((page) =>
    (read(page).match(/(?<![A-Z_])DB_[A-Z_]*[A-Z]\b/g) ?? [])
      .filter((code) => !known.has(code) && !variables.has(code) && !code.startsWith('DB_CLIENT_'))
      .map((code) => `${page}: ${code}`),
  );
  expect(unknown).toEqual([]);
});

describe('every script that a page names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const builtIn = new Set(['install', 'exec', 'fetch', 'add', 'run', 'deploy']);
  const commands = new Set([...read('docs/cli.md').matchAll(/^## ([\w-]+)$/gm)].map(([, name]) => name));

  test.each(pages)('%s', (page) => {
    const text = code(read(page));
    const named = [
      ...text.matchAll(/(?<![\w/@-])pnpm (?:--silent )?([a-z][\w:]*\w)/g),
      ...text.matchAll(/npm run (?:--silent )?([a-z][\w:]*\w)/g),
    ].map(([, name = '']) => name);
    const missing = named.filter((name) => !(name in scripts) && !builtIn.has(name));
    expect(missing).toEqual([]);
  });

  test('and every `pnpm db <command>`', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/pnpm (?:--silent )?db ([a-z][a-z-]*[a-z])/g)].map(([, command = '']) => ({
        page,
        command,
      })),
    );
    expect(named.filter(({ command }) => !commands.has(command))).toEqual([]);
  });
});

test('docs/schema is what a migrated database and the comments in the schema give', async () => {
  await using database = await createTestDatabase();
  const args = ['--config', 'packages/db/db.config.ts', 'docs', '--check', '--force', '--scratch-url', database.url];
  const { status, stdout, stderr } = spawnSync(process.execPath, ['packages/migrate/src/cli/main.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: bareEnvironment(),
  });
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: expect.not.stringContaining('out of date') });
});

test('the picture of a start shows its table and no password', () => {
  const printed = 'talk\ndomain  rows\nbot     <7>\n\nDATABASE_URL=postgres://postgres:Secret1@127.0.0.1:1/repo\n';
  const picture = terminalSvg(pictureLines(printed));
  expect(picture).toContain('bot     &lt;7&gt;');
  expect(picture).toContain('postgres://postgres:********@127.0.0.1:1/repo');
  expect(picture).not.toContain('Secret1');
});

test('the README is not longer than 300 lines, AGENTS.md not than 80', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(301);
  expect(read('AGENTS.md').split('\n').length).toBeLessThanOrEqual(81);
});
