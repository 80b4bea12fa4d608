import type { Sql } from 'postgres';
import { DbError } from '../errors/db-error.ts';
import { quoteIdentifier } from '../objects/quote.ts';

/** Tools whose record of applied migrations can be read. */
export const LEDGERS = {
  drizzle: { table: 'drizzle.__drizzle_migrations', columns: ['hash', 'created_at'] },
  'node-pg-migrate': { table: 'public.pgmigrations', columns: ['name', 'run_on'] },
} as const;

export type LedgerTool = keyof typeof LEDGERS;

/** A migration that another tool has applied. */
export interface LedgerRow {
  /** Name in the other tool. NULL: drizzle 0.x, which kept none. */
  readonly name: string | null;
  /** `YYYYMMDDHHMMSS` of the moment the migration was written. NULL: the tool keeps none. */
  readonly stamp: string | null;
  /** SHA-256 of the text that was applied, hex. NULL: the tool keeps none. */
  readonly hash: string | null;
}

/** Reads another tool's ledger, oldest first; both formats of drizzle. Read-only.
 *  @throws {DbError} DB_LEDGER where the table is not there or has other columns, DB_USAGE for a bad table name */
export async function readLedger(sql: Sql, tool: LedgerTool, table: string): Promise<readonly LedgerRow[]> {
  const parts = table.split('.');
  if (parts.length !== 2 || parts.includes(''))
    throw new DbError('DB_USAGE', { why: `--table: expected schema.table, got ${table}` });
  const found = await sql<{ name: string }[]>`
    SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass(${parts.map(quoteIdentifier).join('.')}) AND attnum > 0 AND NOT attisdropped`;
  const columns = new Set(found.map(({ name }) => name));
  const missing = LEDGERS[tool].columns.filter((column) => !columns.has(column));
  if (missing.length > 0) {
    const got = columns.size === 0 ? 'no such table' : `columns ${[...columns].join(', ')}`;
    throw new DbError('DB_LEDGER', {
      why: `expected a table ${table} with ${LEDGERS[tool].columns.join(', ')}, got ${got}`,
      changed: 'nothing was changed',
    });
  }
  return tool === 'drizzle' ? await drizzle(sql, parts, columns.has('name')) : await nodePgMigrate(sql, parts);
}

/** 0.x keeps the moment in milliseconds, 1.0 also the folder's name. */
async function drizzle(sql: Sql, parts: readonly string[], hasName: boolean): Promise<readonly LedgerRow[]> {
  return await sql<LedgerRow[]>`
    SELECT ${hasName ? sql`name` : sql`NULL`} AS name, hash,
      to_char(to_timestamp(created_at::numeric / 1000) AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS') AS stamp
    FROM ${sql(parts[0] ?? '')}.${sql(parts[1] ?? '')} ORDER BY created_at, id`;
}

/** Its file names begin with milliseconds or with a date; files that were renamed for us keep the words. */
async function nodePgMigrate(sql: Sql, parts: readonly string[]): Promise<readonly LedgerRow[]> {
  return await sql<LedgerRow[]>`
    SELECT name, NULL AS hash, NULL AS stamp FROM ${sql(parts[0] ?? '')}.${sql(parts[1] ?? '')} ORDER BY run_on, id`;
}
