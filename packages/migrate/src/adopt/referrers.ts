import type { Sql } from 'postgres';
import { q } from './names.ts';

/** A foreign key to a table, of any table of the database. */
export interface Referrer {
  /** The table that it points to. */
  readonly oid: string;
  /** The table that it belongs to, qualified and quoted. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns there, in the order of `columns`. */
  readonly referencesColumns: readonly string[];
}

/** Foreign keys to one table, or to all. Read-only. */
export async function readReferrers(sql: Sql, oid: string | null = null): Promise<readonly Referrer[]> {
  return await sql<Referrer[]>`
    SELECT k.confrelid::text AS oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table,
      (SELECT json_agg(a.attname ORDER BY o.n) FROM unnest(k.conkey) WITH ORDINALITY o(num, n)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.num) AS columns,
      (SELECT json_agg(a.attname ORDER BY o.n) FROM unnest(k.confkey) WITH ORDINALITY o(num, n)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.num) AS "referencesColumns"
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0 AND (${oid}::text IS NULL OR k.confrelid::text = ${oid})
    ORDER BY k.oid`;
}

/** Whether a row of the table that a foreign key points to is referred to by it. */
export function refersTo({ table, columns, referencesColumns }: Referrer, row: string): string {
  const same = columns.map((column, index) => `c.${q(column)} = ${row}.${q(referencesColumns[index] ?? '')}`);
  return `EXISTS (SELECT FROM ${table} AS c WHERE ${same.join(' AND ')})`;
}
