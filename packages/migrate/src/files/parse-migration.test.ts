import { beforeAll, describe, expect, test } from 'vitest';
import { DbError } from '../errors/db-error.ts';
import { loadGrammar } from '../sql/parse.ts';
import { migrationFile } from './migration-file.ts';
import { parseMigration } from './parse-migration.ts';

beforeAll(loadGrammar);

const parse = (sql: string) =>
  parseMigration(migrationFile({ name: '1_a', path: 'm/1_a/migration.sql', sql, down: null }));
const fault = (sql: string) => {
  try {
    parse(sql);
  } catch (error) {
    if (error instanceof DbError) return error;
    throw error;
  }
  throw new Error('expected a DbError');
};

test('line ends and a byte order mark do not change the checksum', () => {
  const sums = ['SELECT 1;\nSELECT 2;\n', '\uFEFFSELECT 1;\r\nSELECT 2;\r\n', 'SELECT 1;\rSELECT 2;\r'].map(
    (sql) => parse(sql).checksum,
  );
  expect(new Set(sums).size).toBe(1);
});

test('statements are split by the grammar: dollar quotes, comments, breakpoints and empty statements', () => {
  const { statements } = parse(
    "-- é\nCREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$BEGIN RETURN ';'; END$$;\n--> statement-breakpoint\n;;\n/* ; */ SELECT ';' AS \"é;\";",
  );
  expect(statements.map(({ line, kind }) => [line, kind])).toEqual([
    [2, 'CreateFunctionStmt'],
    [5, 'SelectStmt'],
  ]);
  expect(statements[1]?.text).toBe('SELECT \';\' AS "é;"');
});

describe('header words', () => {
  test('are read from comments anywhere in the file, each in its one spelling', () => {
    const { header } = parse(
      '-- A title.\n-- db: no-transaction\n-- db: allow INDEX_DROP: it repeats another\n-- db: lock-budget 90\n-- db: after-backfill a\n-- db: after-backfill b\n-- db: irreversible: rows are gone\n-- db: contract\nSELECT 1;',
    );
    expect(header).toEqual({
      noTransaction: true,
      inBatches: false,
      irreversible: 'rows are gone',
      allow: { INDEX_DROP: 'it repeats another' },
      contract: true,
      lockBudgetSeconds: 90,
      replaces: [],
      afterBackfill: ['a', 'b'],
    });
  });
  test('inside a string literal are text, not words', () => {
    expect(parse("SELECT '\n-- db: no-transaction\n';").header.noTransaction).toBe(false);
  });
  test.each([
    '-- DB: no-transaction',
    '--- db: contract',
    '/* db: no-transaction */',
    '-- db no-transaction',
    '-- bd: after-backfill x',
  ])('`%s` is refused: it would be an ordinary comment', (comment) => {
    expect(fault(`${comment}\nSELECT 1;`).code).toBe('DB_FILE_HEADER');
  });
  test.each([
    'no-transaction lock-budget 3',
    'no-transactions',
    'irreversible',
    'allow X',
    'lock-budget soon',
    'after-backfill',
  ])('`%s` is refused: a typo must not switch a guard off', (word) => {
    expect(fault(`-- db: ${word}\nSELECT 1;`).code).toBe('DB_FILE_HEADER');
  });
});

test('a syntax error names file, line and column, and shows the place', () => {
  const error = fault('SELECT 1;\nSELECT é FORM x;\n');
  expect(error.code).toBe('DB_FILE_SYNTAX');
  expect(error.facts.at).toBe('m/1_a/migration.sql:2:15');
  expect(error.facts.why).toContain('SELECT é FORM x;\n              ^');
});

test.each(["SELECT 'open", 'SELECT $$open', '/* open', 'DROP TABEL x'])(
  'a down with a syntax error is refused: %s',
  (down) => {
    const file = migrationFile({
      name: '1_a',
      path: 'm/1_a/migration.sql',
      sql: 'SELECT 1',
      down: `SELECT 1;\n${down}`,
    });
    expect(() => parseMigration(file)).toThrow(
      expect.objectContaining({
        code: 'DB_FILE_SYNTAX',
        facts: expect.objectContaining({ at: expect.stringMatching(/^m\/1_a\/down.sql:2:/) }),
      }),
    );
  },
);

test.each([
  ['CREATE INDEX CONCURRENTLY i ON t (a);', 'DB_FILE_MIXED'],
  ['DROP INDEX CONCURRENTLY i;', 'DB_FILE_MIXED'],
  ['REINDEX INDEX CONCURRENTLY i;', 'DB_FILE_MIXED'],
  ['VACUUM t;', 'DB_FILE_MIXED'],
  ['ALTER TABLE t DETACH PARTITION p CONCURRENTLY;', 'DB_FILE_MIXED'],
  ['CREATE DATABASE x;', 'DB_FILE_MIXED'],
  ['COPY t FROM STDIN;', 'DB_FILE_COPY'],
  ['BEGIN; SELECT 1; COMMIT;', 'DB_FILE_COMMIT'],
  ['-- nothing here\n', 'DB_FILE_EMPTY'],
  [' \n', 'DB_FILE_EMPTY'],
])('%s is refused before anything runs (%s)', (sql, code) => {
  expect(fault(sql).code).toBe(code);
});

test('ANALYZE and a plain index run in a transaction', () => {
  expect(parse('ANALYZE t; CREATE INDEX i ON t (a);').statements).toHaveLength(2);
});
