import type { Sql } from 'postgres';
import { quoteLiteral } from '../objects/quote.ts';
import type { Backfill, KeyType } from './backfill.ts';

const TYPES: readonly KeyType[] = ['uuid', 'bigint', 'integer', 'smallint', 'text', 'timestamptz', 'date', 'numeric'];

/** The column by whose ranges a table is walked in batches: the first of its primary key, else of another index that covers every
 *  row, unique ones first. NULL: it has none that can be walked. */
export async function findKey(sql: Sql, table: string): Promise<Backfill['key'] | null> {
  const [row] = await sql.unsafe<{ column: string; type: KeyType }[]>(
    `SELECT a.attname AS column, t.type ${walkableIndexes('to_regclass($1)')}
    ORDER BY i.indisprimary DESC, i.indisunique DESC, i.indnkeyatts, i.indexrelid LIMIT 1`,
    [table],
  );
  return row ?? null;
}

/** From FROM on: the indexes `i` of a table by whose first column `a`, of type `t.type`, it can be walked. `table`: SQL of its oid. */
export function walkableIndexes(table: string): string {
  return `FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attnotnull
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
    CROSS JOIN LATERAL (SELECT CASE a.atttypid WHEN 'timestamptz'::regtype THEN 'timestamptz' WHEN 'varchar'::regtype THEN 'text'
      ELSE format_type(a.atttypid, NULL) END AS type) AS t
    WHERE i.indrelid = ${table} AND i.indisvalid AND i.indpred IS NULL AND t.type IN (${TYPES.map(quoteLiteral).join(', ')})`;
}
