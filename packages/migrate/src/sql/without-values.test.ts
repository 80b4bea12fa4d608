import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from './parse.ts';
import { withoutValues } from './without-values.ts';

beforeAll(loadGrammar);

test.each([
  ["SELECT * FROM t WHERE a = 'sécret' AND b = 42", 'SELECT * FROM t WHERE a = $1 AND b = $2'],
  ["ALTER ROLE r PASSWORD 'secret'", 'ALTER ROLE r PASSWORD $1'],
  ["NOTIFY c, 'secret'", 'NOTIFY c, $1'],
  ['DO $$BEGIN PERFORM 1; END$$', 'DO $1'],
  ["COMMENT ON TABLE t IS E'secret\\n'", 'COMMENT ON TABLE t IS $1'],
  ['SELECT 1 -- secret\n  /* secret */ + 2.5', 'SELECT $1 + $2'],
  ["SELECT U&'secret', X'0F', $1", 'SELECT $2, $3, $1'],
  ["SELECT 'cut at the length that the server ke", '(not shown)'],
])('no value is shown of %s', (text, shown) => {
  expect(withoutValues(text).query).toBe(shown);
});

test('equal shapes have equal fingerprints', () => {
  const [one, other, third] = ['SELECT a FROM t WHERE b = 1', "select a from t where b = 'x'", 'SELECT b FROM t'].map(
    (text) => withoutValues(text).fingerprint,
  );
  expect(one).toBe(other);
  expect(third).not.toBe(one);
});
