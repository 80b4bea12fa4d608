import type { Sql } from 'postgres';

export interface Column {
  readonly name: string;
  /** As PostgreSQL prints it. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface Key {
  readonly kind: 'primary' | 'unique' | 'foreign';
  readonly columns: readonly string[];
  /** Of a foreign key: the table it refers to. NULL for the others. */
  readonly refersTo: string | null;
  /** Of a foreign key: what a deleted parent does to the row. */
  readonly onDelete: 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';
}

export interface Relation {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized view';
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
}

/** Tables and views of one schema with their columns and keys, by name. */
export async function readRelations(sql: Sql, schema: string): Promise<readonly Relation[]> {
  const [row] = await sql<{ relations: readonly Relation[] }[]>`
    SELECT coalesce(jsonb_agg(jsonb_build_object('name', c.relname, 'columns', columns.list, 'keys', coalesce(keys.list, '[]'),
      'kind', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' ELSE 'materialized view' END)
      ORDER BY c.relname COLLATE "C"), '[]') AS relations
    FROM pg_class c
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull)
        ORDER BY a.attnum) AS list
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('refersTo', parent.relname,
        'kind', CASE k.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' ELSE 'foreign' END,
        'columns', (SELECT jsonb_agg(a.attname ORDER BY n.place) FROM unnest(k.conkey) WITH ORDINALITY AS n(number, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number),
        'onDelete', CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
          WHEN 'r' THEN 'restrict' ELSE 'no action' END) ORDER BY k.conname COLLATE "C") AS list
      FROM pg_constraint k LEFT JOIN pg_class parent ON parent.oid = k.confrelid
      WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f')) AS keys
    WHERE c.relnamespace = to_regnamespace(${schema}) AND c.relkind IN ('r', 'v', 'm')`;
  return row?.relations ?? [];
}
