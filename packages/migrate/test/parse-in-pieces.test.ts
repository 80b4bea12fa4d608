import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { essence } from '../src/sql/essence.ts';
import { loadGrammar, parseSql } from '../src/sql/parse.ts';

beforeAll(loadGrammar);

const ANY = /-|\*/;
const parsed = (text: string, pieceLength: number) => {
  const all = parseSql(text, ANY, pieceLength);
  if (!all.ok) return all;
  return { ...all, statements: all.statements.map((one) => ({ text: one.text, line: one.line, tree: essence(one) })) };
};
const whole = (text: string) => parsed(text, Number.POSITIVE_INFINITY);

/** Whatever has a semicolon at the end of a line that ends no statement, or could be taken for something else when cut there. */
const STATEMENTS = [
  '',
  'SELECT 1',
  "SELECT 'é😀;\n'",
  "INSERT INTO t VALUES ('a;\n'),\n(E'b\\';\n')",
  'UPDATE t SET "a;\n" = 1',
  "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $x$BEGIN\nRETURN ';';\nEND;\n$x$",
  'CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC\nSELECT 1;\nSELECT CASE WHEN true THEN 1 END;\nEND',
  'CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1;\nSELECT 2;\n)',
  '/* a;\n /* b;\n */ */ SELECT 2',
  '-- a;\n-- b;\nSELECT 3 -- c;\n + 4 --;\n',
  "SELECT E'a' -- ;\n'b\\';\n'",
  'COPY t FROM STDIN',
  'BEGIN',
];
const BROKEN = [
  'SELECT FORM x y',
  "SELECT 'open",
  'SELECT $$open',
  'SELECT "open',
  '/* open',
  'END)',
  'é €',
  "E'\\u12'",
];
const ENDS = [';\n', ';', '; \t\n', '\n;\n', ';\n--> statement-breakpoint\n', '; -- db: x;\n', ';\n\n\n', '\n'];

const texts = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...STATEMENTS) }, fc.constantFrom(...BROKEN)),
      fc.constantFrom(...ENDS),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.flat().join(''));

test('piece by piece a text gives the statements, lines, trees, comments and the fault that it gives as a whole', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 300 }), (text, pieceLength) => {
      expect(parsed(text, pieceLength)).toEqual(whole(text));
    }),
    { numRuns: 1000 },
  );
});

test('real histories give the same piece by piece', async () => {
  const folder = join(import.meta.dirname, '../../db');
  let files = 0;
  for await (const file of glob('{migrations,initdb}/**/*.sql', { cwd: folder })) {
    files += 1;
    const text = await readFile(join(folder, file), 'utf8');
    for (const pieceLength of [1, 100, 1000]) expect(parsed(text, pieceLength), file).toEqual(whole(text));
  }
  expect(files).toBeGreaterThan(45);
});

test('a fault deep in a large text is found at its line and column', () => {
  const text = `${'SELECT 1;\n'.repeat(20_000)}SELECT é FORM x;\n`;
  expect(parseSql(text)).toEqual({
    ok: false,
    fault: {
      message: 'syntax error at or near "x"',
      line: 20_001,
      column: 15,
      excerpt: 'SELECT é FORM x;\n              ^',
    },
  });
});
