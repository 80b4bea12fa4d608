import type { Sql } from 'postgres';
import { relationsOf } from './contents.ts';

/** Takes away what would slow the loading of rows down or refuse some: foreign keys, constraints that do not hold for old rows,
 *  indexes, triggers. @returns the statements that bring all of it back, in order */
export async function readyToLoad(sql: Sql, schema: string): Promise<readonly string[]> {
  const hindrances = await sql.unsafe<Hindrance[]>(hindrancesQuery(schema));
  const away = hindrances.toSorted((a, b) => a.goes - b.goes).map((one) => one.away);
  if (away.length > 0) await sql.unsafe(away.join(';\n'));
  return hindrances
    .toSorted((a, b) => a.comes - b.comes)
    .flatMap(({ back, comment }) => (comment === null ? [back] : [back, comment]));
}

interface Hindrance {
  readonly away: string;
  readonly back: string;
  /** The comment that goes with it. NULL: it has none. */
  readonly comment: string | null;
  /** Turn in which it goes: keys before the indexes that they need. */
  readonly goes: number;
  /** Turn in which it comes back: indexes before keys. */
  readonly comes: number;
}

function hindrancesQuery(schema: string): string {
  return `
WITH tables AS MATERIALIZED (
  SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relispartition FROM ${relationsOf(schema, ['r', 'p'])}),
indexes AS MATERIALIZED (
  SELECT c.oid, c.oid::regclass AS name, c.relname, c.reloptions, t.name AS of_table, obj_description(c.oid, 'pg_class') AS comment
  FROM pg_index i JOIN tables t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
  -- What no definition says would be lost.
  WHERE t.relkind = 'r' AND NOT t.relispartition AND c.reltablespace = 0 AND NOT i.indisreplident AND NOT i.indisclustered
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0))
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', t.name, k.conname) AS away,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.name, k.conname, pg_get_constraintdef(k.oid)) AS back,
  format('COMMENT ON CONSTRAINT %I ON %s IS ', k.conname, t.name) || quote_literal(obj_description(k.oid, 'pg_constraint')) AS comment,
  0 AS goes, 1 AS comes
FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid
WHERE k.conparentid = 0 AND k.coninhcount = 0 AND (k.contype = 'f' OR k.contype IN ('c', 'n') AND NOT k.convalidated)
UNION ALL
SELECT CASE WHEN k.oid IS NULL THEN format('DROP INDEX %s', i.name) ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.of_table, k.conname) END,
  CASE WHEN k.oid IS NULL THEN pg_get_indexdef(i.oid) ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.of_table, k.conname, pg_get_constraintdef(k.oid)) END,
  CASE WHEN k.oid IS NULL THEN format('COMMENT ON INDEX %s IS ', i.name) || quote_literal(i.comment)
    ELSE format('COMMENT ON CONSTRAINT %I ON %s IS ', k.conname, i.of_table) || quote_literal(obj_description(k.oid, 'pg_constraint')) END, 1, 0
FROM indexes i LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')
-- Of a key, only what its definition says can come back, and nothing may lean on it, as a view's GROUP BY does.
WHERE k.oid IS NULL OR k.contype <> 'x' AND i.reloptions IS NULL AND i.comment IS NULL AND i.relname = k.conname
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid AND d.deptype <> 'i')
UNION ALL
SELECT format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', t.name, g.tgname),
  format('ALTER TABLE ONLY %s ENABLE%s TRIGGER %I', t.name, CASE g.tgenabled WHEN 'R' THEN ' REPLICA' WHEN 'A' THEN ' ALWAYS' ELSE '' END, g.tgname),
  NULL, 2, 2
FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'`;
}
