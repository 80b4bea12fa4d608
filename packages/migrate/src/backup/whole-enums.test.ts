import { beforeAll, expect, test } from 'vitest';
import { loadGrammar, parseSql } from '../sql/parse.ts';
import { wholeEnums } from './whole-enums.ts';

beforeAll(loadGrammar);

/** What runs of a history. */
function run(text: string): readonly string[] {
  const parsed = parseSql(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  const instead = wholeEnums(parsed.statements);
  return parsed.statements.flatMap(
    (statement) => instead.get(statement) ?? (instead.has(statement) ? [] : [statement.text]),
  );
}

test('values that are added later are there from the beginning, in their places', () => {
  expect(
    run(`CREATE TYPE a.mood AS ENUM ('bad', 'good'); SELECT 1; ALTER TYPE a.mood ADD VALUE 'best';
      ALTER TYPE a.mood ADD VALUE IF NOT EXISTS 'fair' BEFORE 'good'; ALTER TYPE a.mood ADD VALUE 'it''s' AFTER 'good'`),
  ).toEqual([`CREATE TYPE "a"."mood" AS ENUM ('bad', 'fair', 'good', 'it''s', 'best')`, 'SELECT 1']);
});

test('renames of values and types are followed', () => {
  expect(
    run(`CREATE TYPE a.mood AS ENUM ('bad', 'good'); ALTER TYPE a.mood RENAME VALUE 'bad' TO 'worst'; ALTER TYPE a.mood RENAME TO spirit;
      ALTER TYPE a.spirit ADD VALUE 'fair' AFTER 'worst'`),
  ).toEqual([
    `CREATE TYPE "a"."mood" AS ENUM ('bad', 'fair', 'good')`,
    `ALTER TYPE a.mood RENAME VALUE 'bad' TO 'worst'`,
    'ALTER TYPE a.mood RENAME TO spirit',
  ]);
});

test('a value that was there under the name before is added when it was', () => {
  const text = `ALTER TYPE mood ADD VALUE 'bad'`;
  expect(run(`CREATE TYPE mood AS ENUM ('bad'); ALTER TYPE mood RENAME VALUE 'bad' TO 'poor'; ${text}`).at(-1)).toBe(
    text,
  );
});

test('a type that was dropped and made again has its own values', () => {
  expect(
    run(
      `CREATE TYPE mood AS ENUM ('a'); DROP TYPE mood; CREATE TYPE mood AS ENUM ('b'); ALTER TYPE mood ADD VALUE 'c'`,
    ),
  ).toEqual([`CREATE TYPE "mood" AS ENUM ('a')`, 'DROP TYPE mood', `CREATE TYPE "mood" AS ENUM ('b', 'c')`]);
});
