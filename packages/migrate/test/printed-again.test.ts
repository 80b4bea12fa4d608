import { testServers } from '@repo/local-postgres/vitest';
import fc from 'fast-check';
import type { Sql } from 'postgres';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareCatalogs, loadGrammar, readCatalog } from '../src/index.ts';
import { emptyDatabase } from './support/database.ts';

beforeAll(loadGrammar);

const TABLE = `
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('new', 'paid');
CREATE TABLE shop.t (v varchar, w varchar(5), c char(3), x text, n numeric(10, 2), i int, b bigint, s smallint, f float8, d date,
  local timestamp, span interval, j jsonb, xs text[], vs varchar[], e shop.state, u uuid, yes boolean);
CREATE FUNCTION shop.g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`;

/** Conditions whose first print PostgreSQL does not give again, and others that it does. */
const CONDITIONS: readonly string[] = [
  "t.v IN ('a', 'b''c', 'é')",
  "t.w NOT IN ('a', 'b')",
  "t.c IN ('a', 'b')",
  "t.x IN ('a, b', 'AND')",
  "t.e IN ('new', 'paid')",
  't.v = ANY (t.vs)',
  "t.v = ANY (ARRAY['a', t.x])",
  "t.x = ALL (ARRAY[t.v, t.w, 'c'])",
  't.b IN (1, 2, -3)',
  't.n IN (1, 2.5)',
  't.s = ANY (ARRAY[1, t.i]::bigint[])',
  "t.xs && ARRAY['a', t.x, NULL]",
  "t.vs = ARRAY[t.v, 'b']::varchar(5)[]",
  "ARRAY[['a', t.v], ['b', t.w]]::text[] = t.xs",
  't.xs <> ARRAY[]::text[]',
  't.i BETWEEN 1 AND 9',
  't.n NOT BETWEEN -1 AND 1',
  "t.d BETWEEN SYMMETRIC '2026-01-01' AND t.d + 1",
  "t.v LIKE 'a%' ESCAPE '\\'",
  "t.w SIMILAR TO '(a|b)%'",
  "t.local AT TIME ZONE 'utc' > '2026-01-01 00:00+00'",
  "t.span > '36 hours' AND extract(epoch FROM t.span) > 1.5",
  "coalesce(t.v, 'none') <> ''",
  "nullif(t.w, '') IS NULL",
  "CASE t.v WHEN 'a' THEN t.yes WHEN 'b' THEN t.i > 1 ELSE false END",
  "CASE WHEN t.i BETWEEN 1 AND 2 AND t.yes THEN 'a' ELSE t.w END IN ('a', 'b')",
  "t.j ->> 'kind' IN ('a', 'b')",
  't.j @> \'{"a": [1]}\'',
  't.yes',
  't.yes IS NOT TRUE',
  '(t.i, t.b) < (1, 2)',
  't.i IS DISTINCT FROM t.b',
  "t.v || t.w || 'z' > t.x",
  "length(trim(both ' ' FROM t.v)) > 0",
  "t.v::char(2) IN ('a', 'b')",
  "t.i::text IN ('1', '2')",
  "lower(t.v) = ANY (string_to_array('a,b', ',')::varchar[])",
  't.f > 1e-7',
  't.i / 2 * 3 - -4 > 0',
  "t.u = '00000000-0000-0000-0000-000000000000'",
];

/** Lists of them by AND and OR, within each other, with brackets wherever a person may put them. */
const { condition } = fc.letrec<{ condition: string; list: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...CONDITIONS),
    tie('list'),
    tie('condition').map((inner) => `NOT (${inner})`),
  ),
  list: fc
    .tuple(fc.constantFrom(' AND ', ' OR '), fc.array(tie('condition'), { minLength: 2, maxLength: 4 }), fc.boolean())
    .map(([word, conditions, inBrackets]) => (inBrackets ? `(${conditions.join(word)})` : conditions.join(word))),
}));

/** Whatever can hold a condition. */
const make = (text: string) => `
  ALTER TABLE shop.t ADD CONSTRAINT k CHECK (${text});
  CREATE INDEX n ON shop.t ((${text})) WHERE ${text};
  CREATE VIEW shop.o AS SELECT i, ${text} AS holds FROM shop.t WHERE ${text};
  CREATE POLICY p ON shop.t USING (${text}) WITH CHECK (${text});
  CREATE TRIGGER g BEFORE INSERT ON shop.t FOR EACH ROW WHEN (${text.replaceAll(/\bt\./g, 'NEW.')}) EXECUTE FUNCTION shop.g()`;
const DROP = `
  ALTER TABLE shop.t DROP CONSTRAINT k; DROP INDEX shop.n; DROP VIEW shop.o; DROP POLICY p ON shop.t; DROP TRIGGER g ON shop.t`;

/** The statements that make it all again, as PostgreSQL prints it. */
async function printed(sql: Sql): Promise<string> {
  const [row] = await sql<{ statements: string }[]>`
    SELECT concat_ws(';', 'ALTER TABLE shop.t ADD CONSTRAINT k ' || pg_get_constraintdef(k.oid), pg_get_indexdef('shop.n'::regclass),
      'CREATE VIEW shop.o AS ' || pg_get_viewdef('shop.o'::regclass), pg_get_triggerdef(g.oid),
      format('CREATE POLICY p ON shop.t USING (%s) WITH CHECK (%s)', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))) AS statements
    FROM pg_constraint k, pg_trigger g, pg_policy p WHERE k.conname = 'k' AND NOT g.tgisinternal`;
  return row?.statements ?? '';
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('whatever a condition says, what is made again from its print is no difference', async () => {
    await using db = await emptyDatabase(server);
    await db.sql.unsafe(TABLE);
    const changed = new Set<string>();
    await fc.assert(
      fc.asyncProperty(condition, async (text) => {
        await db.sql.unsafe(make(text));
        const before = await readCatalog(db.sql, ['shop']);
        await db.sql.unsafe(`${DROP}; ${await printed(db.sql)}`);
        const after = await readCatalog(db.sql, ['shop']);
        await db.sql.unsafe(DROP);
        for (const [object, definition] of after) if (before.get(object) !== definition) changed.add(object);
        expect(compareCatalogs(before, after)).toEqual([]);
      }),
      { numRuns: 60, examples: CONDITIONS.map((text): [string] => [text]) },
    );
    // The texts themselves did change: the test has felt what it is about.
    expect([...changed].sort()).toEqual([
      'constraint shop.t k',
      'index shop.n',
      'policy shop.t p',
      'trigger shop.t g',
      'view shop.o',
    ]);
  });
});
