import { beforeAll, expect, test } from 'vitest';
import { namesValue, usesNewValue } from './names-value.ts';
import { loadGrammar } from './parse.ts';

beforeAll(loadGrammar);

test.each([
  ["ALTER TABLE t ALTER c SET DEFAULT 'new'::state", 'new', true],
  ["ALTER TABLE t ALTER c SET DEFAULT '{old,new}'::state[]", 'new', true],
  [`ALTER TABLE t ALTER c SET DEFAULT '{"it''s \\"new\\"",old}'::state[]`, `it's "new"`, true],
  ["CREATE FUNCTION f() RETURNS state LANGUAGE sql AS $$ SELECT 'new'::state $$", 'new', true],
  ["ALTER TABLE t ALTER c SET DEFAULT '{newer}'::state[]", 'new', false],
  ['ALTER TABLE new ADD COLUMN new text', 'new', false],
])('%s uses %s: %s', (statement, value, used) => {
  expect(namesValue(statement, value)).toBe(used);
  expect(usesNewValue(["ALTER TYPE state ADD VALUE 'other'", statement])).toBe(false);
  expect(usesNewValue([`ALTER TYPE state ADD VALUE '${value.replace("'", "''")}'`, statement])).toBe(used);
});
