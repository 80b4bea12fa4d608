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
  /** The sum of a hash of each value beside the primary key of its row. */
  readonly byKey: string;
  /** The sum of a hash of each value. */
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

interface Hash {
  readonly oid: number;
  readonly number: number;
  readonly rows: number;
  readonly byKey: string;
  readonly values: string;
}

/** Reads every row of the tables of some schemas, partitions by themselves: for scratch databases. */
export async function readContents(sql: Sql, schemas: readonly string[]): Promise<Contents> {
  const shapes = await sql.unsafe<{ shape: Shape }[]>(shapesQuery(schemas));
  if (shapes.length === 0) return new Map();
  const hashes = await sql.unsafe<Hash[]>(shapes.map(({ shape }) => hashesQuery(shape)).join('\nUNION ALL\n'));
  const found = new Map(hashes.map((hash) => [`${hash.oid} ${hash.number}`, hash]));
  return new Map(
    shapes.map(({ shape: { oid, name, key, columns } }): [number, TableContents] => {
      const contents = columns.map(({ number, ...column }): [number, ColumnContents] => {
        const { byKey = '', values = '' } = found.get(`${oid} ${number}`) ?? {};
        return [number, { ...column, byKey, values }];
      });
      return [oid, { name, rows: found.get(`${oid} 0`)?.rows ?? 0, key, columns: new Map(contents) }];
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

/** A row for each column, by its number, and one of number 0 for the table; none where it holds no rows. The sum of the hashes does not
 *  ask for an order, which sorting each column would cost. */
function hashesQuery({ oid, name, key, columns }: Shape): string {
  const values = columns.map(({ number, name: column }) => `(${number}, coalesce(t.${column}::text, '\\N'))`);
  const keyed = key === '' ? 'v.value' : `${key} || '=' || v.value`;
  return `SELECT ${oid}::int AS oid, v.number, count(*)::int AS rows, sum(hashtextextended(${keyed}, 0))::text AS "byKey",
    sum(hashtextextended(v.value, 0))::text AS values
    FROM ONLY ${name} AS t, LATERAL (VALUES ${["(0, '')", ...values].join(', ')}) AS v (number, value) GROUP BY v.number`;
}
