import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readLintFile } from '../src/lint/lint-file.ts';
import { type LintFinding, lintFiles } from '../src/lint/lint-files.ts';
import type { LintFile } from '../src/lint/rule.ts';
import { loadGrammar } from '../src/sql/parse.ts';

beforeAll(loadGrammar);

const FOLDER = join(import.meta.dirname, 'lint-set');

/** A migration as somebody wrote it, with what a reviewer would object to: in its first line, `hazards:` or `harmless`. */
interface Labelled {
  readonly name: string;
  readonly hazards: readonly string[];
  readonly found: readonly LintFinding[];
}

function parsed(path: string, text: string, runner: LintFile['runner']): LintFile {
  const answer = readLintFile({ path, text, runner, schema: runner === 'engine' ? 'app' : null });
  if (!answer.ok) throw new Error(`${path}: ${answer.finding.message}`);
  return answer.file;
}

function labelled(name: string): Labelled {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  const [history = '', migration = ''] = text.split('-- ===== migration\n');
  const [, codes] = /^-- (?:hazards: (.+)|harmless)$/m.exec(history) ?? [];
  const runner = history.includes('-- runner: engine') ? 'engine' : 'plain';
  const files = [parsed('before', history, runner), parsed('migration', migration, runner)];
  const { findings } = lintFiles(files, ({ path }) => path === 'migration');
  return { name, hazards: codes?.split(', ') ?? [], found: findings };
}

test('of a labelled set of migrations at least 95 of 100 hazards are found, and at most 2 of 100 harmless files are objected to', () => {
  const set = globSync('*.sql', { cwd: FOLDER }).sort().map(labelled);
  const hazards = set.flatMap(({ name, hazards: codes, found }) =>
    codes.map((code) => ({ name, code, isFound: found.some((finding) => finding.code === code) })),
  );
  const harmless = set.filter(({ hazards: codes }) => codes.length === 0);
  const alarms = harmless.filter(({ found }) => found.length > 0);
  const beyond = set.flatMap(({ name, hazards: codes, found }) =>
    codes.length === 0 ? [] : found.filter(({ code }) => !codes.includes(code)).map(({ code }) => `${name}: ${code}`),
  );
  const missed = hazards.filter(({ isFound }) => !isFound);
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  process.stdout.write(
    [
      `lint: ${set.length} labelled files, ${harmless.length} harmless`,
      `  caught ${hazards.length - missed.length} of ${hazards.length} hazards (${percent(hazards.length - missed.length, hazards.length)})`,
      `  false alarms in ${alarms.length} of ${harmless.length} harmless files (${percent(alarms.length, harmless.length)})`,
      `  ${beyond.length} findings beyond the labels of the others`,
      ...missed.map(({ name, code }) => `  missed ${name}: ${code}`),
      ...alarms.map(
        ({ name, found }) => `  alarm ${name}: ${found.map(({ code, message }) => `${code} ${message}`).join('; ')}`,
      ),
      ...beyond.map((line) => `  beyond ${line}`),
      '',
    ].join('\n'),
  );
  expect(set.length).toBeGreaterThanOrEqual(100);
  expect(harmless.length / set.length).toBeGreaterThanOrEqual(1 / 3);
  expect((hazards.length - missed.length) / hazards.length).toBeGreaterThanOrEqual(0.95);
  expect(alarms.length / harmless.length).toBeLessThanOrEqual(0.02);
});
