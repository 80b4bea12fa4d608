import type { Sql } from 'postgres';
import { relationsOf } from './contents.ts';

/** Takes away what would slow the loading of rows down or refuse some: foreign keys, constraints that do not hold for old rows,
 *  indexes without a constraint, triggers. @returns the statements that bring all of it back, in order */
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
  SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relispartition FROM ${relationsOf(schema, ['r', 'p'])})
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', t.name, k.conname) AS away,
  format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.name, k.conname, pg_get_constraintdef(k.oid)) AS back,
  format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, t.name, nullif(obj_description(k.oid, 'pg_constraint'), '')) AS comment,
  0 AS goes, 1 AS comes
FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid
WHERE k.conparentid = 0 AND k.coninhcount = 0 AND (k.contype = 'f' OR k.contype IN ('c', 'n') AND NOT k.convalidated)
UNION ALL
SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid),
  format('COMMENT ON INDEX %s IS %L', i.indexrelid::regclass, nullif(obj_description(i.indexrelid, 'pg_class'), '')), 1, 0
FROM pg_index i JOIN tables t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
-- What an index definition does not say would be lost.
WHERE t.relkind = 'r' AND NOT t.relispartition AND c.reltablespace = 0 AND NOT i.indisreplident AND NOT i.indisclustered
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')
  AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0)
UNION ALL
SELECT format('ALTER TABLE ONLY %s DISABLE TRIGGER %I', t.name, g.tgname),
  format('ALTER TABLE ONLY %s ENABLE%s TRIGGER %I', t.name, CASE g.tgenabled WHEN 'R' THEN ' REPLICA' WHEN 'A' THEN ' ALWAYS' ELSE '' END, g.tgname),
  NULL, 2, 2
FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'`;
}
