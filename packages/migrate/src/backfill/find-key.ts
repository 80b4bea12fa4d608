import type { Sql } from 'postgres';
import type { Backfill, KeyType } from './backfill.ts';

const TYPES: readonly KeyType[] = ['uuid', 'bigint', 'integer', 'smallint', 'text', 'timestamptz', 'date', 'numeric'];

/** The column by whose ranges a table is walked in batches: the first of its primary key, else of another index that covers every
 *  row, unique ones first. NULL: it has none that can be walked. */
export async function findKey(sql: Sql, table: string): Promise<Backfill['key'] | null> {
  const [row] = await sql<{ column: string; type: KeyType }[]>`
    SELECT a.attname AS column, t.type FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attnotnull
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
    CROSS JOIN LATERAL (SELECT CASE a.atttypid WHEN 'timestamptz'::regtype THEN 'timestamptz' WHEN 'varchar'::regtype THEN 'text'
      ELSE format_type(a.atttypid, NULL) END AS type) AS t
    WHERE i.indrelid = to_regclass(${table}) AND i.indisvalid AND i.indpred IS NULL AND t.type IN ${sql(TYPES)}
    ORDER BY i.indisprimary DESC, i.indisunique DESC, i.indnkeyatts, i.indexrelid LIMIT 1`;
  return row ?? null;
}
