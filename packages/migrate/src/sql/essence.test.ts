import { beforeAll, expect, test } from 'vitest';
import { essence } from './essence.ts';
import { loadGrammar, parseSql } from './parse.ts';

beforeAll(loadGrammar);

const essences = (sql: string) => {
  const parsed = parseSql(sql);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.statements.map(essence);
};

test.each([
  [
    "CREATE INDEX i ON t (a) WHERE s IN ('x', 'y')",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a) WHERE s IN ('x','y')",
  ],
  ["CREATE INDEX i ON t (a) WHERE s = ANY (ARRAY['x'])", "CREATE INDEX i ON t (a)\n WHERE s = ANY (ARRAY['x'])"],
  [
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
    'CREATE FUNCTION f() RETURNS int VOLATILE LANGUAGE sql AS $$SELECT 1$$',
  ],
  ["INSERT INTO t VALUES ('x')", "INSERT INTO t\nVALUES ('x')"],
])('%s is equal wherever and however it is written', (one, other) => {
  expect(new Set(essences(`${one};\n${one};\n${other};`)).size).toBe(1);
});

test.each([
  ["CREATE INDEX i ON t (a) WHERE s IN ('x')", "CREATE INDEX i ON t (a) WHERE s IN ('y')"],
  ["INSERT INTO t VALUES ('x')", "INSERT INTO t VALUES ('y')"],
])('%s is not %s', (one, other) => {
  expect(new Set(essences(`${one};\n${other}`)).size).toBe(2);
});
