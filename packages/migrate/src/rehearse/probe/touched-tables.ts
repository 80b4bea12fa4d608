import type { Sql } from 'postgres';
import type { Backfill } from '../../backfill/backfill.ts';
import type { ParsedMigration } from '../../files/parse-migration.ts';
import { neededLocks } from '../../lock/needed-locks.ts';
import { resolveLocks } from '../../lock/resolve-locks.ts';
import { touchedObjects } from '../../sql/touches.ts';
import { type ProbeTable, readProbeTable } from './probe-table.ts';

export interface Touched {
  /** The largest of them, at most `max`, largest first. */
  readonly tables: readonly ProbeTable[];
  /** How many more there are. */
  readonly left: number;
}

/** The tables and materialized views that migrations and their backfills touch, by what the statements name and by what they lock.
 *  Where a statement may touch anything, as a DO block, what it names within is not found. */
export async function touchedTables(
  sql: Sql,
  migrations: readonly ParsedMigration[],
  backfills: readonly Backfill[],
  max: number,
): Promise<Touched> {
  const statements = migrations.flatMap((migration) => migration.statements);
  const named = [...touchedObjects(statements)].filter((name) => !name.includes('*')).map(asPath);
  const locked = (await resolveLocks(sql, neededLocks(statements))).map(({ table }) => table);
  const waited = new Set(migrations.flatMap(({ header }) => header.afterBackfill));
  const filled = backfills.filter(({ name }) => waited.has(name)).map(({ table }) => table);
  const rows = await sql<{ relation: string }[]>`
    SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS relation
    FROM jsonb_array_elements_text(${JSON.stringify([...named, ...locked, ...filled])}::text::jsonb) AS t(name)
    JOIN pg_class c ON c.oid = coalesce((SELECT i.indrelid FROM pg_index i WHERE i.indexrelid = to_regclass(t.name)), to_regclass(t.name))
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'migrations')`;
  const found = await Promise.all(rows.map(({ relation }) => readProbeTable(sql, relation)));
  return largest(
    found.filter((table) => table !== null),
    max,
  );
}

/** The largest of some tables, at most `max`. Pure. */
export function largest(found: readonly ProbeTable[], max: number): Touched {
  const tables = found.toSorted((a, b) => b.rows - a.rows);
  return { tables: tables.slice(0, max), left: Math.max(0, tables.length - max) };
}

/** `schema.name` of the grammar, which has no quotes, as a name for to_regclass. */
function asPath(name: string): string {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)].map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}
