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
  /** Of a foreign key: the table it refers to, with its schema where that is another one. NULL for the others. */
  readonly refersTo: string | null;
  /** Of a foreign key: what a deleted parent does to the row. */
  readonly onDelete: 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';
}

export interface Relation {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized view';
  /** COMMENT ON it. NULL: there is none. */
  readonly comment: string | null;
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
}

/** Tables and views of one schema with their columns and keys, by name; partitions are part of their table. */
export async function readRelations(sql: Sql, schema: string): Promise<readonly Relation[]> {
  const [row] = await sql<{ relations: readonly Relation[] }[]>`
    SELECT coalesce(jsonb_agg(jsonb_build_object('name', c.relname, 'columns', coalesce(columns.list, '[]'), 'keys', coalesce(keys.list, '[]'),
      'comment', obj_description(c.oid, 'pg_class'),
      'kind', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END)
      ORDER BY c.relname COLLATE "C"), '[]') AS relations
    FROM pg_class c
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull)
        ORDER BY a.attnum) AS list
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('refersTo',
        CASE WHEN parent.relnamespace = c.relnamespace THEN parent.relname ELSE parent.relnamespace::regnamespace || '.' || parent.relname END,
        'kind', CASE k.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' ELSE 'foreign' END,
        'columns', (SELECT jsonb_agg(a.attname ORDER BY n.place) FROM unnest(k.conkey) WITH ORDINALITY AS n(number, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number),
        'onDelete', CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
          WHEN 'r' THEN 'restrict' ELSE 'no action' END) ORDER BY k.conname COLLATE "C") AS list
      FROM pg_constraint k LEFT JOIN pg_class parent ON parent.oid = k.confrelid
      WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f') AND NOT coalesce(parent.relispartition, false)) AS keys
    WHERE c.relnamespace = to_regnamespace(quote_ident(${schema})) AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition`;
  return row?.relations ?? [];
}
