import type { Sql } from 'postgres';
import { DbError } from '../errors/db-error.ts';
import { HISTORY_FORMAT } from '../history/schema.ts';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';

/** Everything that the history holds of one domain, as one JSON text, written and read again by PostgreSQL: `{ format, tables: { name:
 *  rows } }`. Numbers that the server gives out are left out: in another database another domain has them. Equal rows give equal texts
 *  where the time zone is UTC. The history tables must be there. */
export async function readHistoryRows(sql: Sql, domain: string): Promise<string> {
  const tables = (await historyTables(sql)).map(({ name, counter }) => {
    const order = counter === null ? 'to_jsonb(r)::text COLLATE "C"' : `r.${quoteIdentifier(counter)}`;
    const row = counter === null ? 'to_jsonb(r)' : `to_jsonb(r) - ${quoteLiteral(counter)}`;
    return `${quoteLiteral(name)}, (SELECT coalesce(jsonb_agg(${row} ORDER BY ${order}), '[]')
      FROM migrations.${quoteIdentifier(name)} AS r WHERE domain = ${quoteLiteral(domain)})`;
  });
  const [row] = await sql.unsafe<{ text: string }[]>(
    `SELECT jsonb_build_object('format', ${quoteLiteral(HISTORY_FORMAT)}, 'tables', jsonb_build_object(${tables.join(', ')}))::text AS text`,
  );
  return row?.text ?? '';
}

/** Inserts what `readHistoryRows` gave, in its order.
 *  @throws {DbError} DB_HISTORY_NEWER for a history of another engine */
export async function insertHistoryRows(sql: Sql, text: string): Promise<void> {
  const { format, tables } = JSON.parse(text) as {
    format: string;
    tables: Readonly<Record<string, readonly unknown[]>>;
  };
  const here = new Map((await historyTables(sql)).map((table) => [table.name, table]));
  const strange = Object.keys(tables).find((name) => !here.has(name));
  if (Number(format) > Number(HISTORY_FORMAT) || strange !== undefined) {
    const what = strange === undefined ? `a history of format ${format}` : `a history table ${strange}`;
    throw new DbError('DB_HISTORY_NEWER', { why: `the backup has ${what}, this engine knows none` });
  }
  for (const { name, columns } of here.values()) {
    if ((tables[name] ?? []).length === 0) continue;
    const list = columns.map(quoteIdentifier).join(', ');
    const table = `migrations.${quoteIdentifier(name)}`;
    await sql`
      INSERT INTO ${sql.unsafe(`${table} (${list}) SELECT ${list} FROM jsonb_populate_recordset(NULL::${table}`)},
        ${text}::text::jsonb -> 'tables' -> ${name}::text)`;
  }
}

interface HistoryTable {
  readonly name: string;
  /** All but the counter. */
  readonly columns: readonly string[];
  /** The column that the server fills by itself. NULL: none. */
  readonly counter: string | null;
}

/** The tables of the history that have rows of domains, by name. */
async function historyTables(sql: Sql): Promise<readonly HistoryTable[]> {
  return await sql<HistoryTable[]>`
    SELECT c.relname AS name, json_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attidentity = '') AS columns,
      min(a.attname::text) FILTER (WHERE a.attidentity <> '') AS counter
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'migrations'::regnamespace AND c.relkind = 'r'
    GROUP BY c.oid, c.relname HAVING bool_or(a.attname = 'domain') ORDER BY c.relname`;
}
