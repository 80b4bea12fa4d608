import type { Sql } from 'postgres';
import { type SqlNode, wholeNode } from '../sql/parse.ts';
import { asMigration } from './as-migration.ts';
import { at, list, q, suffixed } from './names.ts';
import type { StoredAdoption } from './store.ts';

/** What is in something that an adoption made, and that goes when it is taken back. */
export interface Written {
  /** `table users` or `column orders.note`, by the declared names. */
  readonly object: string;
  readonly rows: number;
  /** Table to which the rows are copied, qualified and quoted: whole rows of a table; of a column its values with the primary key, or with
   *  whole rows where there is none. NULL: there are none. */
  readonly keptIn: string | null;
  /** Query that gives these rows. */
  readonly query: string;
}

/** Counts, by table and column that the recorded undo takes away, what has been written there since. What a column has had from its begin
 *  by its default, or by the legacy columns that it stands for, does not count. Read-only; the grammar must be loaded. */
export async function writtenSince(
  sql: Sql,
  domain: string,
  schema: string,
  { work, undo }: StoredAdoption,
): Promise<readonly Written[]> {
  const made = undo.flatMap(madeObjects);
  const found: Written[] = [];
  for (const { table, column } of made) {
    const adopted = work.tables.find(({ name }) => name === table);
    if (column === null || adopted === undefined) {
      if (column === null) found.push(...(await ofTable(sql, domain, schema, table)));
      continue;
    }
    const place = work.keepInPlace ? at(adopted.from, adopted.legacyName) : at(schema, table);
    const fill = work.fills.find((one) => one.table === table && one.column === column);
    found.push(...(await ofColumn(sql, domain, { table, column, place, without: fill?.value })));
  }
  return found;
}

interface Made {
  readonly table: string;
  /** NULL: the whole table. */
  readonly column: string | null;
}

/** What a statement of the undo takes away with rows or values in it. */
function madeObjects(text: string): readonly Made[] {
  return asMigration([text]).statements.flatMap((statement): readonly Made[] => {
    const { kind } = statement;
    if (kind !== 'DropStmt' && kind !== 'AlterTableStmt') return [];
    const node = wholeNode(statement);
    if (kind === 'DropStmt')
      return node['removeType'] === 'OBJECT_TABLE' ? droppedTables(node).map((table) => ({ table, column: null })) : [];
    const table = String((node['relation'] as SqlNode | undefined)?.['relname'] ?? '');
    return (node['cmds'] as readonly { readonly AlterTableCmd: SqlNode }[]).flatMap(({ AlterTableCmd: one }) =>
      one['subtype'] === 'AT_DropColumn' ? [{ table, column: String(one['name']) }] : [],
    );
  });
}

function droppedTables(node: SqlNode): readonly string[] {
  const objects = node['objects'] as readonly {
    readonly List?: { readonly items: readonly { readonly String?: { readonly sval?: string } }[] };
  }[];
  return objects.flatMap(({ List }) => List?.items.at(-1)?.String?.sval ?? []);
}

/** A part of another table is in that one's rows. */
async function ofTable(sql: Sql, domain: string, schema: string, table: string): Promise<readonly Written[]> {
  const place = at(schema, table);
  const [row] = await sql<{ there: boolean }[]>`
    SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(${place}) AND relkind IN ('r', 'p') AND NOT relispartition) AS there`;
  return row?.there === true
    ? [await counted(sql, `table ${table}`, `SELECT * FROM ${place}`, `adopt_${domain}_${table}`)]
    : [];
}

interface MadeColumn {
  readonly table: string;
  readonly column: string;
  readonly place: string;
  /** The value that it has without anybody's writing. Undefined: its default. */
  readonly without: string | undefined;
}

async function ofColumn(
  sql: Sql,
  domain: string,
  { table, column, place, without }: MadeColumn,
): Promise<readonly Written[]> {
  const [about] = await sql<{ value: string | null; type: string; key: string[] | null }[]>`
    SELECT CASE WHEN a.atthasmissing THEN format('(%L::%s[])[1]', a.attmissingval::text, format_type(a.atttypid, NULL))
      ELSE pg_get_expr(d.adbin, d.adrelid) END AS value, format_type(a.atttypid, a.atttypmod) AS type, (SELECT json_agg(k.attname) FROM pg_index i
      JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey::int2[]) WHERE i.indrelid = a.attrelid AND i.indisprimary) AS key
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = to_regclass(${place}) AND a.attname = ${column} AND NOT a.attisdropped AND a.attgenerated = ''`;
  if (about === undefined) return [];
  const columns = about.key === null ? 't.*' : list([...new Set([...about.key, column])]);
  const value = without ?? about.value;
  // As JSON, for there are types that have no comparison.
  const differs =
    value === null
      ? `t.${q(column)} IS NOT NULL`
      : `to_jsonb(t.${q(column)}) IS DISTINCT FROM to_jsonb((${value})::${about.type})`;
  const query = `SELECT ${columns} FROM ${place} AS t WHERE ${differs}`;
  return [await counted(sql, `column ${table}.${column}`, query, `adopt_${domain}_${table}_${column}`)];
}

async function counted(sql: Sql, object: string, query: string, base: string): Promise<Written> {
  const [row] = await sql.unsafe<{ rows: number }[]>(`SELECT count(*)::float8 AS rows FROM (${query}) AS written`);
  const rows = row?.rows ?? 0;
  return { object, rows, query, keptIn: rows === 0 ? null : await freePlace(sql, base) };
}

/** An earlier undo may have left one. */
async function freePlace(sql: Sql, base: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const place = at('migrations', suffixed(base, number === 1 ? '_undone' : `_undone_${number}`));
    const [row] = await sql<{ free: boolean }[]>`SELECT to_regclass(${place}) IS NULL AS free`;
    if (row?.free === true) return place;
  }
}

/** Statements, ahead of the undo in its transaction, that copy what was written; where nothing was, they make sure of it. */
export function keepingTexts(written: readonly Written[]): readonly string[] {
  return written.map(({ object, query, keptIn }) => {
    if (keptIn !== null) return `CREATE TABLE ${keptIn} AS ${query}`;
    const message = `rows were written into ${object} just now: run it again`
      .replaceAll("'", "''")
      .replaceAll('%', '%%');
    return `DO $undo$ BEGIN IF EXISTS (${query}) THEN RAISE EXCEPTION '${message}'; END IF; END $undo$`;
  });
}

/** What is told of it. */
export function keptNotes(written: readonly Written[]): readonly string[] {
  return written.flatMap(({ object, rows, keptIn }) =>
    keptIn === null ? [] : [`${rows} rows of ${object}, which goes, are kept in ${keptIn}`],
  );
}
