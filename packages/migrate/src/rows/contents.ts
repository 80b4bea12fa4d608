import type { Sql } from 'postgres';
import { quoteLiteral } from '../objects/quote.ts';

/** What stands in a table, by fingerprints. */
export interface TableContents {
  /** Qualified and quoted. */
  readonly name: string;
  readonly rows: number;
  /** Its primary key as SQL text; empty where it has none. */
  readonly key: string;
  /** By pg_attribute.attnum, which a rename does not change. */
  readonly columns: ReadonlyMap<number, ColumnContents>;
}

export interface ColumnContents {
  readonly name: string;
  readonly type: string;
  /** MD5 of all values, each beside the primary key of its row. */
  readonly byKey: string;
  /** MD5 of all values, in their own order. */
  readonly values: string;
}

/** By oid, which a rename does not change. */
export type Contents = ReadonlyMap<number, TableContents>;

interface Shape {
  readonly oid: number;
  readonly name: string;
  /** SQL text of a row's key; empty where there is none. */
  readonly key: string;
  readonly columns: readonly { readonly number: number; readonly name: string; readonly type: string }[];
}

/** Reads every row of the tables of some schemas, partitions by themselves: for scratch databases. */
export async function readContents(sql: Sql, schemas: readonly string[]): Promise<Contents> {
  const shapes = await sql.unsafe<{ shape: Shape }[]>(shapesQuery(schemas));
  if (shapes.length === 0) return new Map();
  const rows = await sql.unsafe<{ oid: number; rows: number; hashes: readonly string[] | null }[]>(
    shapes.map(({ shape }) => hashesQuery(shape)).join('\nUNION ALL\n'),
  );
  const found = new Map(rows.map((row) => [row.oid, row]));
  return new Map(
    shapes.map(({ shape }): [number, TableContents] => {
      const { rows: count = 0, hashes = [] } = found.get(shape.oid) ?? {};
      const columns = shape.columns.map(({ number, name, type }, place): [number, ColumnContents] => [
        number,
        { name, type, byKey: hashes?.[2 * place] ?? '', values: hashes?.[2 * place + 1] ?? '' },
      ]);
      return [shape.oid, { name: shape.name, rows: count, key: shape.key, columns: new Map(columns) }];
    }),
  );
}

function shapesQuery(schemas: readonly string[]): string {
  return `
    SELECT jsonb_build_object('oid', c.oid::bigint, 'name', format('%I.%I', n.nspname, c.relname),
      'key', coalesce((SELECT string_agg('t.' || quote_ident(a.attname) || '::text', ' || '','' || ' ORDER BY u.place)
        FROM pg_constraint k, unnest(k.conkey) WITH ORDINALITY AS u(number, place) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number
        WHERE k.conrelid = c.oid AND k.contype = 'p'), ''),
      'columns', (SELECT coalesce(jsonb_agg(jsonb_build_object('number', a.attnum, 'name', quote_ident(a.attname),
        'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum), '[]')
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS shape
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN (${['', ...schemas].map(quoteLiteral).join(', ')}) AND c.relkind = 'r' ORDER BY 1`;
}

function hashesQuery({ oid, name, key, columns }: Shape): string {
  const hashes = columns.flatMap((column) => {
    const value = `coalesce(t.${column.name}::text, '\\N')`;
    return [key === '' ? value : `${key} || '=' || ${value}`, value].map(
      (text) => `md5(string_agg(${text}, E'\\n' ORDER BY ${text} COLLATE "C"))`,
    );
  });
  return `SELECT ${oid}::int AS oid, count(*)::int AS rows, to_jsonb(ARRAY[${hashes.join(', ')}]::text[]) AS hashes FROM ONLY ${name} AS t`;
}
