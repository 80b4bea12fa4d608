import { beforeAll, expect, test } from 'vitest';
import { loadGrammar, parseSql } from './parse.ts';
import { overlap, touchedObjects } from './touches.ts';

beforeAll(loadGrammar);

const touched = (sql: string) => {
  const parsed = parseSql(sql);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return touchedObjects(parsed.statements);
};

test.each([
  ['CREATE TABLE a.t (id int, x int REFERENCES a.u)', ['a.t', 'a.u']],
  ['ALTER TABLE a.t ADD COLUMN y int', ['a.t']],
  ['CREATE INDEX CONCURRENTLY i ON a.t (x)', ['a.t']],
  ['DROP TABLE a.t', ['a.t']],
  ["ALTER TYPE a.e ADD VALUE 'x'", ['a.e']],
  ["COMMENT ON COLUMN a.t.x IS 'y'", ['a.t']],
  ['CREATE VIEW a.v AS SELECT t.x FROM a.t', ['a.t', 'a.v']],
  ['CREATE TRIGGER g BEFORE UPDATE ON a.t FOR EACH ROW EXECUTE FUNCTION a.f()', ['a.f', 'a.t']],
])('%s touches %j', (sql, names) => {
  expect([...touched(sql)].filter((name) => !name.endsWith('.x')).sort()).toEqual(names);
});

test('a DO block may touch anything', () => {
  expect(overlap(touched('DO $$BEGIN END$$'), touched('DROP TABLE a.t'))).toBe(true);
});

test.each([
  'DROP SCHEMA a CASCADE',
  'ALTER SCHEMA a RENAME TO b',
  'GRANT SELECT ON ALL TABLES IN SCHEMA a TO PUBLIC',
  'CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
  'ALTER TABLE t ADD COLUMN x int',
])('%s overlaps a change of a table in schema a', (sql) => {
  expect(overlap(touched(sql), touched('ALTER TABLE a.t ADD COLUMN x int'))).toBe(true);
});

test('a whole schema does not overlap another one', () => {
  expect(overlap(touched('DROP SCHEMA b CASCADE'), touched('ALTER TABLE a.t ADD COLUMN x int'))).toBe(false);
});

test('two tables do not overlap', () => {
  expect(overlap(touched('ALTER TABLE a.t ADD COLUMN x int'), touched('ALTER TABLE a.u ADD COLUMN x int'))).toBe(false);
});
