import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const reporter = join(import.meta.dirname, '../src/test/plain-summary.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'summary-'));
  return () => rmSync(folder, { recursive: true });
});

/** The last line of a run over one file. */
function lastLine(source: string): string | undefined {
  writeFileSync(join(folder, 'x.test.js'), source);
  const args = [vitest, 'run', '--root', folder, '--globals', '--reporter', reporter];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return stdout.trimEnd().split('\n').at(-1);
}

const boom = "() => { throw new Error('boom'); }";

test.each([
  [
    'a test each',
    "test('a', () => {}); test('b', () => { expect(1).toBe(2); }); test.skip('c', () => {});",
    '1 passed, 1 failed, 1 skipped',
  ],
  ['a file that cannot be loaded', "import './nowhere.js';", '0 passed, 1 failed, 0 skipped'],
  [
    'a suite whose afterAll throws',
    `describe('s', () => { afterAll(${boom}); test('a', () => {}); });`,
    '1 passed, 1 failed, 0 skipped',
  ],
  [
    'a suite in a suite whose beforeAll throws',
    `describe('o', () => { describe('s', () => { beforeAll(${boom}); test('a', () => {}); }); });`,
    '0 passed, 1 failed, 1 skipped',
  ],
])('the last line of a run counts %s', (_, source, line) => {
  expect(lastLine(source)).toBe(line);
});
