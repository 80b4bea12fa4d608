import type { Sql } from 'postgres';
import { quoteIdentifier } from '../objects/quote.ts';
import { LOCK_MODES, stronger } from './lock-modes.ts';
import type { LockedTable } from './lock-tables.ts';
import type { NamedLock } from './needed-locks.ts';

/** A lock on a table that exists. */
export interface TableLock extends LockedTable {
  /** As text: it is unsigned. */
  readonly oid: string;
}

/** Finds the existing tables behind named locks, one lock a table, in name order: every migrator takes them in the same order.
 *  Names that do not exist yet are left out, for nobody can hold them. */
export async function resolveLocks(sql: Sql, wanted: readonly NamedLock[]): Promise<readonly TableLock[]> {
  if (wanted.length === 0) return [];
  const payload = wanted.map(({ of, schema, name, mode }) => ({
    of,
    name: schema === null ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
    mode: LOCK_MODES.indexOf(mode),
  }));
  const rows = await sql<{ oid: string; table: string; mode: number }[]>`
    WITH wanted AS (SELECT w.of, to_regclass(w.name)::oid AS oid, w.mode FROM jsonb_to_recordset(${JSON.stringify(payload)}::text::jsonb) AS w(of text, name text, mode int)),
    tables AS (
      SELECT oid, mode FROM wanted WHERE of <> 'index'
      UNION ALL SELECT i.indrelid, w.mode FROM wanted w JOIN pg_index i ON i.indexrelid = w.oid WHERE w.of = 'index'
      UNION ALL SELECT k.confrelid, w.mode FROM wanted w JOIN pg_constraint k ON k.conrelid = w.oid AND k.contype = 'f' WHERE w.of = 'dependents')
    SELECT t.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS "table", t.mode
    FROM tables t JOIN pg_class c ON c.oid = t.oid AND c.relkind IN ('r', 'p') JOIN pg_namespace n ON n.oid = c.relnamespace`;
  const strongest = new Map<string, TableLock>();
  for (const { oid, table, mode } of rows) {
    const named = LOCK_MODES[mode] ?? 'ACCESS EXCLUSIVE';
    const known = strongest.get(table);
    strongest.set(table, { oid, table, mode: known === undefined ? named : stronger(known.mode, named) });
  }
  return [...strongest.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
}
