import { beforeAll, expect, test } from 'vitest';
import { batchedUpdate } from './batched-update.ts';
import { loadGrammar, parseSql } from './parse.ts';

beforeAll(loadGrammar);

const read = (sql: string) => {
  const parsed = parseSql(sql);
  const [statement] = parsed.ok ? parsed.statements : [];
  if (statement === undefined) throw new Error('no statement');
  return batchedUpdate(statement);
};

test('a batch is the UPDATE itself, bounded by the key; what is left is what its condition finds', () => {
  const read1 = read(
    `UPDATE ONLY "s"."a table" AS t SET b = (SELECT max(x) FROM s.o WHERE o.k = t.k), c = 'WHERE' WHERE t.b IS NULL -- not done\n OR c = ''`,
  );
  expect(read1).toMatchObject({
    ok: true,
    update: {
      table: '"s"."a table"',
      remaining: `SELECT count(*) FROM ONLY "s"."a table" AS t WHERE (t.b IS NULL -- not done\n OR c = ''\n)`,
    },
  });
  expect(read1.ok && read1.update.batch({ column: 'i"d', type: 'bigint' })).toBe(
    `UPDATE ONLY "s"."a table" AS t SET b = (SELECT max(x) FROM s.o WHERE o.k = t.k), c = 'WHERE' WHERE (t.b IS NULL -- not done\n OR c = ''\n) AND ($1::bigint IS NULL OR "i""d" > $1::bigint) AND "i""d" <= $2::bigint`,
  );
});

test.each([
  ['UPDATE t SET a = 1', /no WHERE/],
  ['UPDATE t SET a = 1 FROM u WHERE t.a = u.a', /FROM/],
  ['UPDATE t SET a = 1 WHERE a = 2 RETURNING a', /RETURNING/],
  ['WITH w AS (SELECT 1) UPDATE t SET a = 1 WHERE a IN (SELECT * FROM w)', /WITH/],
  ['UPDATE t SET a = 1 WHERE CURRENT OF c', /cursor/],
  ['DELETE FROM t WHERE a = 1', /no UPDATE/],
])('%s is refused, and why', (sql, why) => {
  expect(read(sql)).toMatchObject({ ok: false, why: expect.stringMatching(why) });
});
